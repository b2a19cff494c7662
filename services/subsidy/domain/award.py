"""An award: a person, a scheme, a variant, and the periods it is paid for; granted once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kernel.errors import Conflict
from kernel.money import Money
from services.subsidy.domain.record import check_same

Trace = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Benefit:
    """A benefit that the office states. amount: for the same period, None where nobody knows it."""

    code: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an award is asked for. ref: the office's own number of it.

    period: the first one. open_ended: whether it goes on until it is stopped. applied_on: the day of hand-in.
    cost, days: what the amount is computed from, where the scheme asks for it. benefits: what others give.
    """

    ref: str
    person_id: str
    scheme: str
    variant: str
    period: str
    granted_on: date
    open_ended: bool = False
    applied_on: date | None = None
    cost: Money | None = None
    days: int | None = None
    benefits: tuple[Benefit, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    """A granted subsidy. Either ref or enrolment_id is set, by what opened it; region is where it counts.

    period, last_period: the first and the last one that is paid; last_period is None until it is stopped, and
    before period when it is never paid. held_from: the first month that waits for the end of a freeze;
    review_held_from: for a review that is overdue. reviewed_on: the day of the last review, or of the grant.
    granted_variant: the one that was granted, where news have put another one in its place; else None.
    household_id: that of the person on the day of the grant, None where it is not known.
    for_household: whether it is granted once to all of the household together.
    sole: whether the person may have no other award of the scheme while this one stands, whatever the period:
    it goes on, or is granted once for ever. decision: the rules applied, for the trace.
    """

    id: str
    person_id: str
    scheme: str
    variant: str
    period: str
    last_period: str | None
    region: str
    granted_on: date
    decision: Trace
    sole: bool = False
    cost: Money | None = None
    days: int | None = None
    applied_on: date | None = None
    ref: str | None = None
    enrolment_id: str | None = None
    held_from: str | None = None
    household_id: str | None = None
    reviewed_on: date | None = None
    review_held_from: str | None = None
    for_household: bool = False
    granted_variant: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What can be granted only once, unless it was never paid: person, scheme, first period."""
        return self.person_id, self.scheme, self.period

    @property
    def never_paid(self) -> bool:
        """Whether it was stopped before its first period: what was granted wrongly may be granted anew."""
        return self.last_period is not None and self.last_period < self.period

    def holds_in(self, first: str, last: str | None) -> bool:
        """Whether it is paid for one of these periods of its kind; last is None for an open end."""
        ends_before = self.last_period is not None and self.last_period < max(first, self.period)
        return not ends_before and (last is None or self.period <= last)

    def holds_back(self, period: str) -> bool:
        """Whether the period waits for the end of a freeze, or for a review."""
        return any(held is not None and held <= period for held in (self.held_from, self.review_held_from))

    def rules_out(self, first: str, last: str | None) -> bool:
        """Whether the person can have no other award of the scheme for these periods."""
        if self.never_paid:
            return False
        granted_for_ever = self.sole and self.last_period is not None
        return granted_for_ever or self.period == first or self.holds_in(first, last)


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of an award. ref: the office's own number of it; last_period: the last one that is paid."""

    id: str
    ref: str
    award_id: str
    reason: str
    happened_on: date
    last_period: str


class KnownAwards:
    """The awards granted so far, as far as they matter to some claims."""

    def __init__(self, awards: Iterable[Award]) -> None:
        self._by_ref: dict[str, Award] = {}
        self._by_person: dict[str, list[Award]] = {}
        self._by_household: dict[tuple[str, str], Award] = {}
        for award in awards:
            self.add(award)

    def add(self, award: Award) -> None:
        """Keep an award in mind."""
        self._by_person.setdefault(award.person_id, []).append(award)
        if award.ref is not None:
            self._by_ref[award.ref] = award
        if award.for_household and award.household_id is not None:
            self._by_household[award.household_id, award.scheme] = award

    def check_household(self, award: Award) -> None:
        """Raises Conflict("subsidy.household_granted") when the household has an award of the scheme."""
        if not award.for_household or award.household_id is None:
            return
        if (before := self._by_household.get((award.household_id, award.scheme))) is not None:
            raise Conflict(
                "subsidy.household_granted",
                "Somebody of the household was granted this; it is granted once for a household.",
                award_id=before.id,
            )

    def named(self, ref: str) -> Award | None:
        """The award with the office's number, None when there is none."""
        return self._by_ref.get(ref)

    def same_as(self, claim: Claim) -> Award | None:
        """The award that this claim has led to already, None when it is new.

        Raises Conflict: "subsidy.ref_reused" when the office's number names another award,
        "subsidy.already_granted" when the person has an award of the scheme for one of the periods, but not
        this one.
        """
        if (award := self.named(claim.ref)) is not None:
            whose, asked = (award.person_id, award.applied_on), (claim.person_id, claim.applied_on)
            granted = replace(award, variant=award.granted_variant or award.variant)
            check_same("award", (*whose, *_matter(granted)), (*asked, *_matter(claim)))
            return award
        for award in self._by_person.get(claim.person_id, ()):
            last = None if claim.open_ended else claim.period
            if award.scheme != claim.scheme or not award.rules_out(claim.period, last):
                continue
            if _matter(award) == _matter(claim):
                return award
            raise Conflict(
                "subsidy.already_granted",
                "The person has another award of this scheme for the period; one can be paid only.",
                award_id=award.id,
            )
        return None

    def schemes_beside(self, claim: Claim) -> list[str]:
        """The other schemes that the person is granted while the claim would hold, in alphabetical order.

        Where one is paid monthly and the other yearly, months count: a year is held from January to December.
        """
        first, last = _months(claim.period, None if claim.open_ended else claim.period)
        return sorted(
            {
                award.scheme
                for award in self._by_person.get(claim.person_id, ())
                if award.scheme != claim.scheme
                and not award.never_paid
                and _meet(_months(award.period, award.last_period), first, last)
            }
        )


def _matter(told: Award | Claim) -> tuple[object, ...]:
    """What is granted, and what its amount is computed from."""
    return told.scheme, told.variant, told.period, told.granted_on, told.cost, told.days


def _months(first: str, last: str | None) -> tuple[str, str]:
    """First and last month of periods that are years, months or days; an open end is later than any month."""
    begin = first[:7] if "-" in first else f"{first}-01"
    if last is None:
        return begin, "9999-12"
    return begin, last[:7] if "-" in last else f"{last}-12"


def _meet(held: tuple[str, str], first: str, last: str) -> bool:
    return held[0] <= last and first <= held[1]
