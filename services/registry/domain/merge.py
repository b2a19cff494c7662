"""Merging two records of one person (合并): who leads to whom, and what must be done before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Merge:
    """A request and what became of it. undoes: the identifier of the merge that it undoes, None for a merge.

    undone: whether it is a merge that was undone since.
    """

    person_id: str
    kept_id: str
    undoes: str | None
    requested_on: date
    requested_by: str
    state: str = "requested"
    undone: bool = False

    def check_stands(self) -> None:
        """Whether it is a merge that may be undone. Raises Conflict("registry.merge_state")."""
        if self.undoes is not None or self.state != "approved" or self.undone:
            raise Conflict(
                "registry.merge_state",
                "Only a merge that was approved and stands can be undone.",
                field="merge_ref",
            )


Holding = Literal["certificate", "application", "pair", "visit"]
"""What a person has one of at a time: a certificate neither cancelled nor gone to another office, an
undecided application for one, a helper, a visit of the needs survey that is still to come.
"""

_IN_THE_WAY: Mapping[Holding, tuple[str, str]] = {
    "certificate": ("merged_holds_certificate", "The record to merge holds the certificate; keep that one."),
    "application": ("merged_applies", "The record to merge applies for a certificate; end that first."),
    "pair": ("merged_paired", "The record to merge has a helper; end that pair first."),
    "visit": ("merged_to_be_visited", "The record to merge is to be visited in a survey; end that first."),
}


def check_two(person_id: str, kept_id: str) -> None:
    """Raises Invalid("registry.merged_with_itself")."""
    if person_id == kept_id:
        raise Invalid("registry.merged_with_itself", "Name two different records.", field="kept_id")


def check_holdings(merged: Collection[Holding], kept: Collection[Holding]) -> None:
    """Refuse a merge that would leave one person with two of what one may have, or with one out of reach.

    Raises Conflict: "registry.both_hold_certificates", "registry.merged_holds_certificate",
    "registry.merged_applies", "registry.merged_paired" or "registry.merged_to_be_visited".
    """
    if "certificate" in merged and "certificate" in kept:
        raise Conflict(
            "registry.both_hold_certificates",
            "Both hold a certificate; cancel the one that is not to stay first.",
            field="person_id",
        )
    for holding, (code, problem) in _IN_THE_WAY.items():
        if holding in merged:
            raise Conflict(f"registry.{code}", problem, field="person_id")


class Family:
    """Records that lead to each other. steps: from a merged record to the one that it was merged into.

    A step is a merge that stands, so the way from a record to the one that stands for it may have several.
    """

    def __init__(self, steps: Mapping[str, str]) -> None:
        self._steps = dict(steps)

    def stands_for(self, person_id: str) -> str:
        """The record at the end of the way; the record itself when it leads nowhere."""
        while person_id in self._steps:
            person_id = self._steps[person_id]
        return person_id

    def merge(self, person_id: str, kept_id: str) -> dict[str, str]:
        """Take a step more; returns whom each record leads to of which that changes.

        Both are to lead nowhere, or ``ValueError``: so no way ever comes back to where it began.
        """
        if person_id == kept_id or {person_id, kept_id} & self._steps.keys():
            raise ValueError("only records that lead nowhere are merged")
        followers = self._followers(person_id)
        self._steps[person_id] = kept_id
        return dict.fromkeys((person_id, *followers), kept_id)

    def unmerge(self, person_id: str) -> dict[str, str]:
        """Take a step back; returns whom each record leads to of which that changes: the
        record to itself.
        """
        del self._steps[person_id]
        return dict.fromkeys((person_id, *self._followers(person_id)), person_id)

    def _followers(self, person_id: str) -> list[str]:
        return sorted(each for each in self._steps if self.stands_for(each) == person_id)
