"""The shape of a sample: how many of what. The figures stand in <name>.yaml beside this module, and the
records that are told one by one in <name>.records.yaml.

Persons, households and records are made up from the shape and its seed; nobody in them exists.
"""

from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from canlian.sample.registry_shape import AssessmentDay, Count, Network, Told
from contracts.message import Message, MoneyText, OfficeCode, PeriodText
from contracts.registry import CategoryText

VILLAGES_FROM = 200
"""The last three digits of a village's code are this and its number within the township."""

_FOLDER = Path(__file__).parent
_RECORDS = ".records"
_COUNTS = frozenset(
    {
        *("severe", "mild", "categories", "new", "renewal", "change", "cross_province", "home_visit"),
        *("earlier_renewal", "deceased", "later_new", "later_cancelled"),
        *("persons", "twice", "certificate", "diagnosis", "modes", "households", "certified"),
    }
)


class Township(Message):
    """code: its three digits within the county, a sample code."""

    code: str = Field(pattern=r"^\d{3}$")
    name: str


class Certified(Message):
    """Who holds a certificate at the end of the year, and the acts that made it so.

    first_years: years of the first certificates of those without an act in the year; not longer ago than a
    certificate is valid. renewal, change, cross_province, home_visit: acts of the year. deceased: cancelled
    certificates beside the stock. later_*: acts of the next year, which must not count.
    """

    severe: Count
    mild: Count
    categories: dict[CategoryText, Count]
    first_years: tuple[int, int]
    ages: dict[str, float]
    new: Count
    renewal: Count
    change: Count
    cross_province: Count
    home_visit: Count
    earlier_renewal: Count = 0
    deceased: Count = 0
    later_new: Count = 0
    later_cancelled: Count = 0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(self.categories.values()) != self.severe + self.mild:
            raise ValueError("categories must sum to severe + mild")
        return self


class Given(Message):
    """An item of a programme, given to the first or last persons enrolled, and to `twice` of them twice."""

    item: str
    persons: Count
    of: Literal["first", "last"] = "first"
    twice: Count = 0


class Programme(Message):
    """Persons taken into a rehabilitation programme in a year, by certificate or by diagnosis alone."""

    programme: str
    year: int
    provider: str
    ages: tuple[int, int]
    certificate: Count = 0
    categories: tuple[CategoryText, ...] = ()
    severe_categories: tuple[CategoryText, ...] = ()
    diagnosis: Count = 0
    diagnosis_levels: tuple[int, int] | None = None
    modes: dict[str, Count] = Field(default_factory=dict)
    items: list[Given]


class Retrofit(Message):
    """Homes retrofitted. with_kind: the homes are taken from those of an earlier entry of that kind."""

    kind: Literal["barrier_free", "age_friendly"]
    batch: Literal["joint", "supplementary"]
    year: int
    households: Count
    townships: tuple[str, ...] = ()
    contractor: str
    with_kind: Literal["barrier_free", "age_friendly"] | None = None


class Training(Message):
    """Persons who asked for training and were trained, in courses of `class_size`."""

    type: Literal["vocational", "practical"]
    year: int
    persons: Count
    townships: tuple[str, ...] = ()
    title: str
    class_size: Count
    certified: Count = 0


class Claimed(Message):
    """How awards are claimed. proof: what the numbers begin with that claims name. posted_days: working days
    of the notice; 0 without one.
    """

    proof: str
    posted_days: Count = 0


class Award(Message):
    """Awards of a year. claimed: each comes of a claim; else the office grants it at once."""

    scheme: str
    variant: str
    year: int
    persons: Count
    ages: tuple[int, int]
    categories: tuple[CategoryText, ...] = ()
    claimed: Claimed | None = None


class Allotment(Message):
    scheme: str
    source: Literal["superior", "county"]
    year: int
    amount: MoneyText
    document: str


class Disbursement(Message):
    scheme: str
    year: int


class Target(Message):
    indicator: str
    dimensions: dict[str, str] = Field(default_factory=dict)
    value: str


class Shape(Message):
    """A sample office.

    seed: the same one makes the same package, byte for byte. id_area: the first six digits of the made-up
    citizen numbers, an area that does not exist.
    """

    name: str
    office: OfficeCode
    period: PeriodText
    zh: str
    en: str
    seed: int
    id_area: str = Field(pattern=r"^99\d{4}$")
    county: str
    townships: list[Township]
    villages: tuple[int, int]
    village_names: list[str]
    household_sizes: list[float]
    household_flags: dict[str, float]
    certified: Certified
    programmes: tuple[Programme, ...] = ()
    retrofits: tuple[Retrofit, ...] = ()
    trainings: tuple[Training, ...] = ()
    awards: tuple[Award, ...] = ()
    allotments: tuple[Allotment, ...] = ()
    disbursements: tuple[Disbursement, ...] = ()
    targets: tuple[Target, ...] = ()
    assessment_day: AssessmentDay | None = None
    network: Network | None = None
    told: Told = Field(default_factory=Told)

    @property
    def year(self) -> int:
        return int(self.period[:4])

    def township(self, name: str) -> str:
        """The township's code of 12 digits. Raises KeyError."""
        code = {township.name: township.code for township in self.townships}[name]
        return f"{self.office}{code}000"

    def place(self, name: str) -> str:
        """The code of the county, of a township, or of its village of a number: 南溪镇/2. Raises KeyError.

        A code stays as it is.
        """
        if name == self.county:
            return f"{self.office}000000"
        if name.isdecimal():
            return name
        town, _, village = name.partition("/")
        code = self.township(town)
        return f"{code[:9]}{VILLAGES_FROM + int(village)}" if village else code


def names() -> list[str]:
    """The samples there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml") if not path.stem.endswith(_RECORDS))


def read_shape(name: str) -> Shape:
    """The shape of a sample. Raises KeyError for a name that is none."""
    if name not in names():
        raise KeyError(name)
    content, told = _read(f"{name}.yaml"), _read(f"{name}{_RECORDS}.yaml")
    return Shape.model_validate(content | {"told": told})


def _read(file: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((_FOLDER / file).read_text("utf-8"))
    return content


def scaled(shape: Shape, times: int) -> Shape:
    """The same office with so many times the persons and records. The name differs, for so do the data.

    Records that are told one by one stay as they are.
    """
    if times == 1:
        return shape
    content = _times(shape.model_dump(), times)
    return Shape.model_validate({**content, "name": f"{shape.name}-x{times}", "told": shape.told})


def _times(value: Any, times: int, counts: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            key: _times(inner, times, counts or (key in _COUNTS and not _is_list(inner)))
            for key, inner in value.items()
        }
    if _is_list(value):
        return [_times(inner, times) for inner in value]
    return value * times if counts and isinstance(value, int) else value


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def published(name: str) -> Path | None:
    """The file with the figures the office has published, where there is one."""
    path = _FOLDER / f"{name}.published.csv"
    return path if path.exists() else None
