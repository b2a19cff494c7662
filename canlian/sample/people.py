"""Made-up persons: citizen numbers of an area that does not exist, names joined from syllables."""

from calendar import isleap
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

from canlian.sample.shape import Shape
from contracts.registry import CategoryText
from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId
from kernel.disability import Category

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_GIVEN = "安柏采辰初丹恩方歌禾嘉可兰木宁乔如山棠文溪晓言远云泽知竹子青石星雨禹舟"
_SEQUENCES = 1000


@dataclass(slots=True)
class Act:
    """What was done to a certificate, and with which category and grade it ended.

    applied: whether it came of an application whose steps are told, and not the act itself.
    """

    action: str
    day: date
    category: CategoryText
    grade: int
    mode: str = "office"
    reason: str = ""
    applied: bool = False


@dataclass(slots=True)
class Person:
    """A made-up person. acts: in order; none for a person without a certificate.

    settled: the certificate stays as it was on any day of the sample's years, so that programmes may count
    on it. household: number within the sample, from 0.
    """

    id_number: str = field(repr=False)
    name: str = field(repr=False)
    born: date
    sex: str
    village: str
    registered_on: date
    phone: str = field(default="", repr=False)
    bank_account: str = field(default="", repr=False)
    acts: list[Act] = field(default_factory=list)
    settled: bool = True
    household: int = -1

    def certified_before(self, year: int) -> bool:
        """Whether a certificate was held when the year began, and is settled."""
        return self.settled and bool(self.acts) and self.acts[0].day.year < year

    @property
    def severe(self) -> bool:
        return bool(self.acts) and self.acts[-1].grade <= 2  # noqa: PLR2004 - grades 1 and 2

    def certificate_number(self, act: Act) -> str:
        """The number that the certificate bears after the act."""
        return CertificateNumber(CitizenId(self.id_number), Category(act.category), act.grade).value


def day_in(random: Random, first: date, last: date) -> date:
    """A day of a span, both ends included."""
    return first + timedelta(days=random.randrange((last - first).days + 1))


def pick_age(random: Random, bands: dict[str, float]) -> int:
    """An age in years, from bands such as {"18-45": 0.3}."""
    band = random.choices(list(bands), list(bands.values()))[0]
    youngest, _, oldest = band.partition("-")
    return random.randint(int(youngest), int(oldest))


def chance(shape: Shape, topic: str) -> Random:
    """A source of chance for one topic, so that a change of another one leaves it alone."""
    return Random(f"{shape.seed}:{topic}")  # noqa: S311 - makes up persons, not secrets


class Crowd:
    """All persons of a sample, each with a citizen number of their own."""

    def __init__(self, shape: Shape, villages: list[str]) -> None:
        self.persons: list[Person] = []
        self._area = shape.id_area
        self._villages = villages
        self._random = chance(shape, "people")
        self._taken: set[tuple[date, int]] = set()

    def add(self, born_year: int, registered_on: date) -> Person:
        """A new person, born on some day of that year."""
        random = self._random
        born = date(born_year, 1, 1) + timedelta(days=random.randrange(365 + isleap(born_year)))
        sequence = random.randrange(_SEQUENCES)
        while (born, sequence) in self._taken:
            sequence = (sequence + 1) % _SEQUENCES
        self._taken.add((born, sequence))
        stem = f"{self._area}{born:%Y%m%d}{sequence:03d}"
        person = Person(
            id_number=stem + ric.calc_check_digit(f"{stem}0"),
            name=random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=random.choice((1, 2, 2)))),
            born=born,
            sex="male" if sequence % 2 else "female",
            village=random.choice(self._villages),
            registered_on=registered_on,
            # 120… is no mobile prefix and 990000… no bank's: neither reaches anybody.
            phone=f"120{random.randrange(10**8):08d}" if random.random() < 0.6 else "",  # noqa: PLR2004
            bank_account=f"990000{random.randrange(10**13):013d}",
        )
        self.persons.append(person)
        return person
