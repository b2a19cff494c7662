"""What an indicator is: which events it is made of, how it is counted, and which cells a snapshot shows.

The definitions themselves are data (rules/catalogue/*.yaml, read by catalogue_file); a new indicator needs no
code. A *fact* has dimensions as detailed as the event told them ("category=visual;grade=1"); a *cut* is one
cell of the snapshot ("grade=1-2") and takes in all facts whose dimensions it selects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from kernel.errors import Invalid, NotFound

Kind = Literal["flow", "stock", "money", "ratio"]
Measure = Literal[
    "events",
    "persons",
    "households",
    "institutions",
    "townships",
    "hours",
    "square_metres",
    "person_times",
    "money",
    "ratio",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
MEASURES: tuple[Measure, ...] = get_args(Measure)
QUANTITIES: tuple[Measure, ...] = ("hours", "square_metres", "person_times")
"""Measures that add up whole numbers which the events tell, as those of money add up amounts."""

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    # Who serves or holds a post is not always registered as a person.
    "persons": ("person_id", "appointment_id", "volunteer_id"),
    "households": ("household_id",),
    "institutions": ("agency_id", "unit_id", "organisation_id", "facility_id"),
}
"""Fields that may tell the subjects of a measure apart."""

SEPARATORS = frozenset(";=,")
"""Stand between dimensions, never in them."""

Dimensions = Mapping[str, str]


def dimensions_text(dimensions: Dimensions) -> str:
    """Dimensions as one canonical text, keys in alphabetical order: "category=visual;grade=1", "" for none.

    Raises Invalid("reporting.dimension_text") for a value that would make the text ambiguous.
    """
    if any(SEPARATORS.intersection(value) for value in dimensions.values()):
        raise Invalid("reporting.dimension_text", 'A dimension holds one of ";=,"; name it without.')
    return ";".join(f"{key}={dimensions[key]}" for key in sorted(dimensions))


def dimensions_of(text: str) -> dict[str, str]:
    """The inverse of dimensions_text."""
    return dict(pair.split("=", 1) for pair in text.split(";")) if text else {}


@dataclass(frozen=True, slots=True)
class EventShape:
    """What the loader must know of an event type: its fields, each with its possible values (None: any).

    subject, day: names of the fields that order and date the event. parts: its lists, with the fields of
    their elements.
    """

    fields: Mapping[str, frozenset[str] | None]
    subject: str
    day: str
    parts: Mapping[str, Mapping[str, frozenset[str] | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is taken from: the event's field, a field of the part, or a constant."""

    origin: Literal["field", "part", "const"]
    name: str

    def read(self, event: object, part: object | None) -> str:
        """The value as text; "none" when the event leaves it open."""
        if self.origin == "const":
            return self.name
        value = getattr(event if self.origin == "field" else part, self.name)
        return "none" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Feed:
    """How one type of event becomes facts of one indicator.

    where: the event counts only when each of these fields has one of the values.
    each: name of a list in the event that gives one fact for every element.
    sign: +1, or -1 for the side that a stock leaves, and for what is taken back.
    subject, day: fields of the event.
    amount: where money or a whole number is read from; None counts one.
    """

    event: str
    where: Mapping[str, frozenset[str]]
    each: str | None
    dimensions: Mapping[str, Source]
    sign: int
    subject: str
    day: str
    amount: Source | None


@dataclass(frozen=True, slots=True)
class Cut:
    """One cell: dimensions as shown, and the fact values taken in ({"grade": {"1", "2"}} for "1-2").

    whole: the other cells of the indicator are parts of this one.
    """

    dimensions: Dimensions
    zh: str
    en: str
    facts: Mapping[str, frozenset[str]]
    whole: bool

    def takes(self, dimensions: Dimensions) -> bool:
        """Whether a fact with these dimensions belongs to the cell."""
        return all(dimensions.get(key) in values for key, values in self.facts.items())


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by name: an indicator and the dimensions shown."""

    indicator: str
    dimensions: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """The two cells that a ratio is made of; its value is in percent, or in the unit of an average.

    A cell of the ratio with dimensions divides the cells with these dimensions too.
    """

    numerator: Cell
    denominator: Cell


@dataclass(frozen=True, slots=True)
class Indicator:
    """One definition. A change of what is counted is a new version.

    sums: dimensions whose cells must add up to the whole. ratio: set for the kind "ratio" alone.
    source: where the office's own report states the figure.
    """

    code: str
    version: int
    aliases: tuple[str, ...]
    zh: str
    en: str
    unit: str
    kind: Kind
    measure: Measure
    source: str
    feeds: tuple[Feed, ...]
    cuts: tuple[Cut, ...]
    sums: tuple[str, ...]
    ratio: Ratio | None

    @property
    def whole(self) -> Cut | None:
        """The cell that the others are parts of, if there is one."""
        return next((cut for cut in self.cuts if cut.whole), None)

    def parts(self, cut: Cut) -> tuple[Cell, ...]:
        """Numerator and denominator of one cell of a ratio; nothing for any other indicator."""
        if self.ratio is None:
            return ()
        return tuple(
            Cell(each.indicator, dimensions_text({**dimensions_of(each.dimensions), **cut.dimensions}))
            for each in (self.ratio.numerator, self.ratio.denominator)
        )

    @property
    def additive(self) -> bool:
        """Whether a cell is the sum of its facts; otherwise distinct subjects or townships are counted."""
        return self.kind in {"stock", "money"} or self.measure in {"events", *QUANTITIES}

    def cut(self, dimensions: Dimensions) -> Cut:
        """The cell with these dimensions. Raises Invalid("reporting.unknown_cell")."""
        for cut in self.cuts:
            if cut.dimensions == dimensions:
                return cut
        shown = ", ".join(dimensions_text(cut.dimensions) or "none" for cut in self.cuts)
        raise Invalid(
            "reporting.unknown_cell",
            f"Indicator {self.code} is not shown by these dimensions; choose one of: {shown}.",
            indicator=self.code,
            field="dimensions",
        )


class Catalogue:
    """All indicators in the order of their codes."""

    def __init__(self, indicators: Sequence[Indicator]) -> None:
        self.indicators = tuple(sorted(indicators, key=lambda indicator: indicator.code))
        self._by_name = {name: each for each in self.indicators for name in (each.code, *each.aliases)}
        self._feeds: dict[str, list[tuple[Indicator, Feed]]] = {}
        for indicator in self.indicators:
            for feed in indicator.feeds:
                self._feeds.setdefault(feed.event, []).append((indicator, feed))

    def find(self, code: str) -> Indicator:
        """The indicator by its code or an alias. Raises NotFound("reporting.unknown_indicator")."""
        try:
            return self._by_name[code]
        except KeyError:
            raise NotFound(
                "reporting.unknown_indicator",
                "There is no indicator of this code; show_catalogue lists them.",
                field="indicator",
            ) from None

    def feeds(self, event_type: str) -> Sequence[tuple[Indicator, Feed]]:
        """What the events of a type feed; empty for a type that no indicator needs."""
        return self._feeds.get(event_type, ())
