"""One dated value of a rule, with its unit and its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from kernel.money import Money

Family = Literal["money", "ratio", "integer", "text", "texts", "switch"]
Certainty = Literal["found", "assumed"]

UNITS: Mapping[str, Family] = MappingProxyType(
    {
        "yuan": "money",
        "yuan_per_person": "money",
        "yuan_per_person_year": "money",
        "yuan_per_person_month": "money",
        "yuan_per_person_day": "money",
        "yuan_per_vehicle_year": "money",
        "yuan_per_household": "money",
        "ratio": "ratio",
        "percent": "ratio",
        "years": "integer",
        "months": "integer",
        "days": "integer",
        "working_days": "integer",
        "count": "integer",
        "text": "text",
        "texts": "texts",
        "switch": "switch",
    }
)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What a rule says from one day on.

    value: as written in the rule file, a tuple for the unit "texts", None where the rule ends. Calculations
    read it through the property that fits the unit; each raises TypeError for any other unit and for an
    ended rule.
    valid_from: first day the value applies to. known_from: first day the office could know it, later than
    valid_from for a retroactive value. document: the law or notice the value comes from.
    certainty: "found" in a source, or "assumed" until someone confirms it.
    title: the rule's name in Chinese, for officials and citizens; empty where the file gives none.
    place: "file:line" of the value; empty for a value that is in no file.
    """

    key: str
    value: str | tuple[str, ...] | None
    unit: str
    valid_from: date
    known_from: date
    document: str
    certainty: Certainty = "found"
    title: str = field(default="", compare=False)
    place: str = field(default="", compare=False)

    @property
    def money(self) -> Money:
        """An amount; per what, the unit says."""
        return Money.yuan(self._written("money"))

    @property
    def ratio(self) -> Fraction:
        """An exact share: 1.5 percent and a ratio of 0.015 both give 3/200."""
        return Fraction(self._written("ratio")) / (100 if self.unit == "percent" else 1)

    @property
    def integer(self) -> int:
        """A whole number of years, months, days or things."""
        return int(self._written("integer"))

    @property
    def text(self) -> str:
        """A word that the code knows, or a text to show."""
        return self._written("text")

    @property
    def texts(self) -> tuple[str, ...]:
        """Words in the order of the file; may be empty."""
        if not isinstance(self.value, tuple) or UNITS.get(self.unit) != "texts":
            raise self._wrong("texts")
        return self.value

    @property
    def switch(self) -> bool:
        """Yes or no."""
        return self._written("switch") == "true"

    def trace(self) -> dict[str, str]:
        """What to store beside a result, so that it can be explained years later."""
        written = ", ".join(self.value) if isinstance(self.value, tuple) else self.value
        return {
            "rule": self.key,
            "value": "ended" if written is None else written,
            "unit": self.unit,
            "from": self.valid_from.isoformat(),
            "document": self.document,
        }

    def _written(self, family: Family) -> str:
        if not isinstance(self.value, str) or UNITS.get(self.unit) != family:
            raise self._wrong(family)
        return self.value

    def _wrong(self, family: Family) -> TypeError:
        state = "has ended" if self.value is None else f"is in {self.unit}"
        return TypeError(f"rule {self.key} {state} and cannot be read as {family}")
