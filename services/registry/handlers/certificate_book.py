"""Acts on certificates as they are written, whoever decides on them: an office, an application, or a clock.

Several acts of one person in one transaction are decided in their order.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import Conflict
from services.registry import repository
from services.registry.domain.certificate import decide
from services.registry.domain.certificate_clocks import ClockTerms, clocks, next_day
from services.registry.domain.certificate_state import Act, Certificate, Terms
from services.registry.handlers.derived_flags import derive_flags
from services.registry.repository import ActContent, Held, Holder, Known
from services.registry.tables import CERTIFICATE_NUMBER, certificate_acts, certificates, persons

_EVENTS: dict[str, type[messages.CertificateEvent]] = {
    "new": messages.CertificateIssued,
    "renewal": messages.CertificateRenewed,
    "change": messages.CertificateChanged,
    "cross_province": messages.CrossProvinceServed,
    "cancel": messages.CertificateCancelled,
    "reissue": messages.CertificateReissued,
    "replacement": messages.CertificateReplaced,
    "reassess": messages.CertificateReassessed,
    "freeze": messages.CertificateFrozen,
    "thaw": messages.CertificateThawed,
    "leave": messages.HukouLeft,
    "move": messages.CertificateMovedIn,
    "move_out": messages.CertificateMovedOut,
    "move_in": messages.CertificateMovedIn,
}


@dataclass(frozen=True, slots=True)
class Told:
    """An act as somebody told it: the number it names, by its blind index and in plain where it is a new one.

    ref: the office's reference, or one with a space in it, which no office can give.
    """

    ref: str
    mode: str
    act: Act
    number_index: str
    number: str | None = field(repr=False)

    def content(self, person_id: str) -> ActContent:
        """What the reference stands for."""
        act = self.act
        return ActContent(
            person_id,
            act.action,
            self.mode,
            act.acted_on,
            self.number_index,
            act.standard,
            act.reason,
            act.assessed_on,
            act.issued_on,
            act.region,
        )


@dataclass
class Book:
    """What is known when the transaction begins, kept up with each act that it records.

    held: by person. stored: persons whose certificate has a row already. terms: rules by the day asked for.
    numbers: by person touched, None where the number stays. history: rows of the acts to write. by: who
    records.
    """

    by: str
    holders: dict[str, Holder]
    acts: dict[str, Known[ActContent]]
    held: dict[str, Held]
    stored: frozenset[str]
    terms: dict[date, tuple[Terms, ClockTerms]] = field(default_factory=dict)
    numbers: dict[str, str | None] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(
        cls,
        tx: Transaction,
        person_ids: Collection[str],
        refs: Collection[str] = (),
        by: str | None = None,
    ) -> Self:
        """Read what is known of the persons, and lock them."""
        holders = repository.lock_holders(tx, person_ids)
        held = repository.certificates_of(tx, person_ids)
        acts = repository.acts_by_ref(tx, refs)
        return cls(by or tx.caller.subject, holders, acts, held, stored=frozenset(held))

    def certificate(self, person_id: str) -> Certificate | None:
        """The person's certificate as it stands; None for one who never had any."""
        held = self.held.get(person_id)
        return held.certificate if held else None

    def rules(self, tx: Transaction, day: date) -> tuple[Terms, ClockTerms]:
        """The rules of a day. Raises NotFound("rule.not_in_force")."""
        if day not in self.terms:
            rules = tx.rules.at(day)
            self.terms[day] = Terms.of(rules), ClockTerms.of(rules)
        return self.terms[day]

    def record(self, tx: Transaction, holder: Holder, told: Told) -> str:
        """Decide the act, keep it, tell of it; returns its identifier.

        Raises what decide and clocks raise, and Conflict("registry.home_already").
        """
        act = told.act
        if act.region == holder.region:
            raise Conflict(
                "registry.home_already",
                "The person lives there already; check the division of the move.",
                field="region",
            )
        held = self.held.get(holder.id)
        before = held.certificate if held else None
        terms, clock_terms = self.rules(tx, act.acted_on)
        after = decide(before, act, terms)
        clocks(after, clock_terms)  # refused here, or the whole transaction would be when it is saved
        now_held = Held(held.id if held else tx.new_id(), holder.id, told.number_index, after)
        self.held[holder.id] = now_held
        if told.number is not None or holder.id not in self.numbers:
            self.numbers[holder.id] = told.number
        act_id = tx.new_id()
        self.acts[told.ref] = Known(act_id, told.content(holder.id))
        self.history.append(self._act_row(tx, act_id, told, now_held, before))
        if act.region is not None:
            left = replace(told, act=replace(act, action="move_out"))
            tx.record(_event(left, holder.region, now_held, before))
            self.moved[holder.id] = act.region
            self.holders[holder.id] = holder = replace(holder, region=act.region)
        tx.record(_event(told, holder.region, now_held, before))
        return act_id

    def _act_row(
        self, tx: Transaction, act_id: str, told: Told, held: Held, before: Certificate | None
    ) -> dict[str, Any]:
        act, after = told.act, held.certificate
        return {
            "id": act_id,
            "ref": told.ref,
            "person_id": held.person_id,
            "certificate_id": held.id,
            "action": act.action,
            "mode": told.mode,
            "acted_on": act.acted_on,
            "number_index": told.number_index,
            "standard": act.standard,
            "reason": act.reason,
            "assessed_on": act.assessed_on,
            "issued_on": act.issued_on,
            "region": act.region,
            "category_before": before.category.value if before else None,
            "grade_before": before.grade if before else None,
            "expires_on_before": before.expires_on if before else None,
            "category_after": after.category.value,
            "grade_after": after.grade,
            "expires_on_after": after.expires_on,
            "status_after": after.status,
            "recorded_by": self.by,
            "recorded_at": tx.now,
        }

    def save(self, tx: Transaction, looked_at: date | None = None) -> None:
        """Write each certificate once, however many acts it saw, all acts, who moved where, and what follows
        for households.

        looked_at: the day until which the clocks of these certificates have been told.
        """
        made: list[dict[str, Any]] = []
        altered: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
        for person_id, number in self.numbers.items():
            held = self.held[person_id]
            columns = self._columns(tx, held, number, looked_at)
            if person_id in self.stored:
                altered[number is not None].append({"key": held.id, **columns})
            else:
                made.append({"id": held.id, "person_id": person_id, **columns})
        tx.insert(certificates, made)
        for rows in filter(None, altered.values()):
            tx.execute(sa.update(certificates).where(certificates.c.id == sa.bindparam("key")), rows)
        tx.insert(certificate_acts, self.history)
        if self.moved:
            _save_moves(tx, self.moved)
        derive_flags(tx, {self.holders[row["person_id"]].household_id for row in self.history})

    def _columns(
        self, tx: Transaction, held: Held, number: str | None, looked_at: date | None
    ) -> dict[str, Any]:
        columns = repository.certificate_columns(held.certificate)
        terms = self.rules(tx, held.certificate.last_act_on)[1]
        columns |= {"due_on": next_day(held.certificate, terms, looked_at), "recorded_at": tx.now}
        if number is not None:
            columns["number"] = CERTIFICATE_NUMBER.seal(tx.vault, held.id, number)
            columns["number_index"] = held.number_index
        return columns


def _save_moves(tx: Transaction, moved: dict[str, str]) -> None:
    known = sa.func.coalesce(persons.c.registered_region, persons.c.region)
    statement = sa.update(persons).where(persons.c.id == sa.bindparam("key"))
    statement = statement.values(registered_region=known, region=sa.bindparam("home"))
    tx.execute(statement, [{"key": person_id, "home": region} for person_id, region in moved.items()])


def _event(told: Told, region: str, held: Held, before: Certificate | None) -> messages.CertificateEvent:
    act = told.act
    facts: dict[str, Any] = {
        "region": region,
        "person_id": held.person_id,
        "certificate_id": held.id,
        "category": held.certificate.category.value,
        "grade": held.certificate.grade,
        "mode": told.mode,
        "acted_on": act.acted_on,
        "expires_on": held.certificate.expires_on,
    }
    if act.action == "change" and before is not None:
        facts |= {"previous_category": before.category.value, "previous_grade": before.grade}
    if act.reason is not None:
        facts["reason"] = act.reason
    return _EVENTS[act.action](**facts)
