"""Facilities in use (服务设施): opened, altered, closed."""

from dataclasses import dataclass, replace
from datetime import date

from kernel import ladder
from kernel.errors import Invalid
from kernel.ladder import Ladder, Standing
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step. area, rooms: from then on; for alter, else None."""

    area: int | None = None
    rooms: int | None = None


@dataclass(frozen=True, slots=True)
class Facility(Standing):
    """A facility as it is now. area_now: whole square metres."""

    area_now: int
    rooms_now: int


_STEPS = Ladder[Facility](
    "registry.facility",
    {
        "alter": (Step(("in_use",), frozenset({"area"}), frozenset({"rooms"})), None),
        "close": (Step(("in_use",)), "closed"),
    },
)


def opened(kind: str, region: str, day: date, area: int, rooms: int, rules: RuleView) -> Facility:
    """A facility that comes into use. Raises what check_listed raises, Invalid("registry.facility_level")."""
    check_listed(rules, "facility.kinds", kind, "kind")
    if kind in rules["facility.township_kinds"].texts and RegionCode(region).level not in {
        "township",
        "village",
    }:
        raise Invalid(
            "registry.facility_level",
            "A home or station belongs to a township, a village or a community; check kind and region.",
            field="region",
        )
    return Facility("in_use", day, area, rooms)


def decide(facility: Facility, act: Act, rules: RuleView) -> Facility:
    """The facility after the act. Raises what check_step raises."""
    after = _STEPS.decide(facility, act, rules)
    if act.area is None:
        return after
    rooms = facility.rooms_now if act.rooms is None else act.rooms
    return replace(after, area_now=act.area, rooms_now=rooms)
