"""Recording claims (补贴申请) that are handed in, at home or at any other window."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis import clock
from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Invalid
from kernel.regions import RegionCode
from kernel.workdays import Workdays
from services.subsidy import claim_repository, repository
from services.subsidy.claim_repository import Filed, Request
from services.subsidy.claim_tables import PROOF, claims
from services.subsidy.domain.claim import check_hand_in, handed_in
from services.subsidy.domain.claim_grounds import first_period
from services.subsidy.domain.claim_guardian import Guardianship, Named, guardian_obstacle
from services.subsidy.domain.claim_proof import check_proof, normal_proof
from services.subsidy.domain.claim_state import Office
from services.subsidy.domain.record import check_past, check_same
from services.subsidy.domain.schemes import OFFICE, Scheme
from services.subsidy.handlers.claim_clocks import facts_of
from services.subsidy.handlers.leads import mark_applied


@dataclass
class Desk:
    """What is known when the command begins, kept up with each claim. opened: person and scheme.

    proofs: blind index of each number as it was stated. taken: scheme, period and proof.
    """

    known: dict[str, Filed]
    heads: Mapping[str, str]
    homes: Mapping[str, str]
    opened: set[tuple[str, str]]
    guardianships: Mapping[str, Guardianship]
    proofs: Mapping[str, str]
    taken: set[tuple[str, str, str]]
    workdays: Workdays
    rows: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Desk":
        """Read what the records are about."""
        items = list(bulk.items())
        named = {item.guardianship_id for item in items if item.guardianship_id is not None}
        guardianships = claim_repository.guardianships(tx, named)
        wards = {each.person_id for each in guardianships.values()}
        heads = repository.heads(tx, {item.person_id for item in items} | wards)
        known = claim_repository.requests_by_ref(tx, {item.ref for item in items}, heads)
        proofs, taken = _proofs(tx, {item.proof for item in items if item.proof is not None}, known.values())
        opened = claim_repository.open_claims(tx, set(heads))
        return cls(
            known,
            heads,
            claim_repository.homes(tx, set(heads.values())),
            {(heads[person_id], scheme) for person_id, scheme in opened},
            guardianships,
            proofs,
            taken,
            Workdays.of(tx.rules),
        )


def record_claims(tx: Transaction, message: messages.RecordClaims) -> BulkReply:
    """Record claims; the office's reference is the key. A lead of the person and scheme moves on."""
    tx.no_scope("each record is checked against the home of its person or its window")
    bulk = Bulk(message)
    desk, today = Desk.load(tx, bulk), clock.office_day(tx.now)
    for entry in bulk:
        with entry.deciding():
            item: messages.ClaimItem = entry.item
            told = Request.of(item, desk.heads, desk.proofs.get(item.proof or ""))
            home = _home(tx, desk, told)
            if (same := desk.known.get(item.ref)) is not None:
                check_same("claim", same.request, told)
                entry.unchanged(same.id)
                continue
            check_past(item.applied_on, today, "applied_on")
            entry.created(_record(tx, desk, item.ref, told, home))
    tx.insert(claims, desk.rows)
    mark_applied(tx, desk.rows)
    return bulk.reply()


def _proofs(
    tx: Transaction, stated: Collection[str], known: Iterable[Filed]
) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
    """The blind index of each number, that under which a claim has it if one does, and where it is taken."""
    every = {text: PROOF.indexes(tx.vault, normal_proof(text)) for text in stated}
    taken = claim_repository.proven(tx, {index for indexes in every.values() for index in indexes})
    kept = {proof for _, _, proof in taken} | {filed.request.proof for filed in known}
    return {
        text: next((index for index in indexes if index in kept), indexes[0])
        for text, indexes in every.items()
    }, taken


def _home(tx: Transaction, desk: Desk, told: Request) -> str:
    """At a window everybody of the office may apply, and the home takes what a window elsewhere pushed to it;
    else only who lives in the caller's regions. To others, a person is as good as unknown.
    """
    home = desk.homes.get(told.person_id)
    if told.window is None:
        if home is None or not tx.caller.covers(home):
            raise repository.unknown_person()
        return home
    with reading("window"):
        window, office = RegionCode(told.window), RegionCode.parse(tx.office)
        if window.within(office):
            tx.within(told.window)
    if home is None or not (window.within(office) or tx.caller.covers(home)):
        raise repository.unknown_person()
    return home


def _check_window(told: Request, home: str) -> None:
    if told.window is not None and RegionCode(home).within(RegionCode(told.window)):
        raise Invalid(
            "subsidy.window_at_home",
            "The person lives in the division of the window; leave the window out.",
            field="window",
        )


def _record(tx: Transaction, desk: Desk, ref: str, told: Request, home: str) -> str:
    _check_window(told, home)
    with reading("applied_on"):
        rules = tx.rules.at(told.applied_on).within(RegionCode(home))
        away = told.window is not None
        scheme = Scheme.of(rules, told.scheme)
        _check_scheme(scheme, told)
        check_hand_in(told.scheme, told.applicant, told.channel, rules, away=away)
        check_proof(scheme, told.variant, given=told.proof is not None)
        obstacle = guardian_obstacle(told.applicant, _guardian(desk, told), told.applied_on, rules)
        office = Office(rules, desk.workdays, tx.caller.subject)
        progress = handed_in(told.applied_on, office, obstacle, away=away)
    if (told.person_id, told.scheme) in desk.opened:
        raise Conflict(
            "subsidy.claim_open",
            "The person has applied for this and waits for the decision; go on with that claim.",
            field="scheme",
        )
    proof_for = _take_proof(desk, scheme, told)
    desk.opened.add((told.person_id, told.scheme))
    filed = Filed(tx.new_id(), told, home, 0, progress)
    desk.known[ref] = filed
    desk.rows.append(
        {
            "claim_id": filed.id,
            "ref": ref,
            **told.columns(),
            "proof_for": proof_for,
            "region": home,
            **filed.columns(),
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
    )
    tx.record(
        messages.ClaimHandedIn(
            **facts_of(filed), applicant=told.applicant, channel=told.channel, window=told.window
        )
    )
    return filed.id


def _guardian(desk: Desk, told: Request) -> Named | None:
    """The guardian whom the claim names. One of somebody else is as good as unknown."""
    if told.guardianship_id is None:
        return None
    known = desk.guardianships.get(told.guardianship_id)
    return Named(known if known and desk.heads[known.person_id] == told.person_id else None)


def _take_proof(desk: Desk, scheme: Scheme, told: Request) -> str | None:
    """The period in which no other claim may name the same proof. Raises Conflict("subsidy.proof_taken")."""
    if told.proof is None:
        return None
    period = first_period(scheme, told.period, told.applied_on, told.applied_on)
    if (taken := (scheme.code, period, told.proof)) in desk.taken:
        raise Conflict(
            "subsidy.proof_taken",
            f"Another claim of the scheme for {period} names the same; find out whose it is.",
            field="proof",
        )
    desk.taken.add(taken)
    return period


def _check_scheme(scheme: Scheme, told: Request) -> None:
    scheme.variant(told.variant)
    if told.period is not None:
        scheme.period(told.period)
    if scheme.opened_by.text != OFFICE:
        raise Invalid(
            "subsidy.opened_by_enrolment",
            f"Scheme {scheme.code} is granted by enrolling in its programme; enrol the person there.",
            field="scheme",
        )
