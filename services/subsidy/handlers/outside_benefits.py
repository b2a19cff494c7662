"""Benefits that others give: who keeps one that is lower by now is to be asked to switch (择高)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Invalid, Refusal
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import repository
from services.subsidy.domain.amounts import NOTHING, price
from services.subsidy.domain.award import Benefit
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.outreach import Grounds
from services.subsidy.domain.overlaps import decide_overlaps
from services.subsidy.domain.record import check_same
from services.subsidy.domain.schemes import MARK, Scheme
from services.subsidy.handlers.prospects import Prospect, raise_leads, still_unserved
from services.subsidy.outreach_tables import outside_benefits

Row = dict[str, Any]


def record_outside_benefits(tx: Transaction, message: messages.RecordOutsideBenefits) -> BulkReply:
    """Record what others give; the office's reference is the key. Nothing is granted or stopped by it."""
    bulk = Bulk(message)
    items = list(bulk.items())
    heads = repository.heads(tx, {item.person_id for item in items})
    people = repository.people(tx, set(heads.values()))
    known = _known(tx, {item.ref for item in items})
    last = _last(tx, heads)
    found: dict[tuple[str, str], list[Prospect]] = {}
    new: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.OutsideBenefitItem = entry.item
            person_id = heads[item.person_id]
            if person_id not in people:
                raise repository.unknown_person()
            told = item.model_dump(exclude={"amount"}) | {"amount_fen": Money.yuan(item.amount).fen}
            if (before := known.get(item.ref)) is not None:
                check_same("benefit", {name: before[name] for name in told}, told)
                entry.unchanged(before["benefit_id"])
                continue
            lower = list(_lower(tx, person_id, *people[person_id], item))
            key = person_id, item.benefit
            # One of long ago leads to nothing.
            if item.since >= last.get(key, item.since):
                last[key], found[key] = item.since, lower
            row = told | {"benefit_id": tx.new_id(), "recorded_by": tx.caller.subject, "recorded_at": tx.now}
            known[item.ref] = row
            new.append(row)
            entry.created(row["benefit_id"])
    tx.insert(outside_benefits, new)
    raise_leads(tx, still_unserved(tx, [each for prospects in found.values() for each in prospects]))
    return bulk.reply()


def _known(tx: Transaction, refs: set[str]) -> dict[str, Row]:
    query = sa.select(outside_benefits).where(outside_benefits.c.ref.in_(refs))
    return {row["ref"]: dict(row) for row in tx.execute(query).mappings()}


def _last(tx: Transaction, heads: Mapping[str, str]) -> dict[tuple[str, str], date]:
    """The last day from which another amount holds, by who stands for the person, and benefit."""
    table = outside_benefits.c
    query = sa.select(table.person_id, table.benefit, sa.func.max(table.since).label("since"))
    query = query.where(table.person_id.in_(heads)).group_by(table.person_id, table.benefit)
    last: dict[tuple[str, str], date] = {}
    for row in tx.execute(query):
        key = heads[row.person_id], row.benefit
        last[key] = max(row.since, last.get(key, row.since))
    return last


def _lower(
    tx: Transaction, person_id: str, region: str, holder: Holder, item: messages.OutsideBenefitItem
) -> Iterator[Prospect]:
    """The schemes that the person is entitled to and that pay more than the benefit.

    Raises Invalid("subsidy.unknown_benefit").
    """
    rules = tx.rules.at(item.since)
    benefit = Benefit(item.benefit, Money.yuan(item.amount))
    for scheme in _schemes(rules.within(RegionCode(region)), item.benefit):
        if (grounds := Grounds.of(scheme, holder, item.since, rules)) is None:
            continue
        try:
            amount, _ = price(scheme, grounds.variant, NOTHING)
            choice = decide_overlaps(scheme, [benefit], (), amount)
        except Refusal:
            continue
        # Who did not want to switch is asked again when the benefit is another amount.
        digest = sha256(f"{grounds.digest} {benefit.code} {benefit.amount}".encode()).hexdigest()
        grounds = replace(grounds, rules=grounds.rules + choice, digest=digest)
        period = Period.of(item.since, scheme.cadence).text
        about = (person_id, region, scheme.code, period, item.since)
        yield Prospect(*about, cause="lower_benefit", grounds=grounds)


def _schemes(rules: RuleView, benefit: str) -> list[Scheme]:
    """The schemes beside which the higher one is drawn. Raises Invalid("subsidy.unknown_benefit")."""
    codes = [key.removesuffix(MARK) for key in rules.keys() if key.endswith(MARK)]  # noqa: SIM118 - no dict
    schemes = [Scheme.of(rules, code) for code in codes]
    stated = [(scheme, scheme.stated(f"overlap.{benefit}")) for scheme in schemes]
    found = [scheme for scheme, rule in stated if rule is not None and rule.text == "choose_higher"]
    if not found:
        raise Invalid(
            "subsidy.unknown_benefit",
            "No scheme chooses the higher of itself and that benefit on that day; give one that a rule of "
            "overlap names.",
            field="benefit",
        )
    return found
