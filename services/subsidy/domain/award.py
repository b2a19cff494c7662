"""An award: a person, a scheme, a variant and a period, granted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict

Trace = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """What an award is asked for. ref: the office's own number of it."""

    ref: str
    person_id: str
    scheme: str
    variant: str
    period: str
    granted_on: date


@dataclass(frozen=True, slots=True)
class Award:
    """A granted subsidy. Either ref or enrolment_id is set, by what opened it; region is where it counts.

    decision: the rules applied, for the trace.
    """

    id: str
    person_id: str
    scheme: str
    variant: str
    period: str
    region: str
    granted_on: date
    decision: Trace
    ref: str | None = None
    enrolment_id: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What can be granted only once: person, scheme, period."""
        return self.person_id, self.scheme, self.period


class KnownAwards:
    """The awards granted so far, as far as they matter to some claims."""

    def __init__(self, awards: Iterable[Award]) -> None:
        self._by_ref: dict[str, Award] = {}
        self._by_key: dict[tuple[str, str, str], Award] = {}
        for award in awards:
            self.add(award)

    def add(self, award: Award) -> None:
        """Keep an award in mind."""
        self._by_key[award.key] = award
        if award.ref is not None:
            self._by_ref[award.ref] = award

    def same_as(self, claim: Claim) -> Award | None:
        """The award that this claim has led to already, None when it is new.

        Raises Conflict: "subsidy.ref_reused" when the office's number names another award,
        "subsidy.already_granted" when the person has an award of the scheme for the period, but not this one.
        """
        asked = (claim.person_id, claim.scheme, claim.variant, claim.period, claim.granted_on)
        if (award := self._by_ref.get(claim.ref)) is not None:
            if (award.person_id, award.scheme, award.variant, award.period, award.granted_on) != asked:
                raise Conflict(
                    "subsidy.ref_reused",
                    "The number was used for another award; give each award a number of its own.",
                    field="ref",
                )
            return award
        award = self._by_key.get((claim.person_id, claim.scheme, claim.period))
        if award is not None and (award.variant, award.granted_on) != (claim.variant, claim.granted_on):
            raise Conflict(
                "subsidy.already_granted",
                "The person has another award of this scheme for the period; one can be paid only.",
                award_id=award.id,
            )
        return award
