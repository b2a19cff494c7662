"""Recording home retrofits that were accepted."""

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import rehab as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from services.rehab import repository
from services.rehab.domain.records import Retrofit, check_same
from services.rehab.domain.retrofit import Household, RetrofitRule
from services.rehab.handlers.lookup import dated


def accept_retrofits(tx: Transaction, message: messages.AcceptRetrofits) -> BulkReply:
    """Each reference once, and each household once for a kind."""
    bulk = Bulk(message)
    items: list[messages.RetrofitItem] = list(bulk.items())
    household_ids = {item.household_id for item in items}
    households = repository.households(tx, household_ids)
    known = repository.retrofits(tx, {item.ref for item in items}, household_ids)
    by_ref = {retrofit.ref: retrofit for retrofit in known}
    taken = {retrofit.key for retrofit in known}
    rule_on = dated(tx.rules, RetrofitRule.on)
    made: list[Retrofit] = []
    for entry in bulk:
        with entry.deciding():
            household = _known_household(households, entry.item.household_id)
            retrofit = Retrofit(tx.new_id(), **entry.item.model_dump())
            if same := by_ref.get(retrofit.ref):
                check_same(same, retrofit)
                entry.unchanged(same.id)
                continue
            if retrofit.key in taken:
                raise Conflict(
                    "rehab.already_retrofitted",
                    f"A {retrofit.kind} retrofit of this home was accepted before under another reference.",
                    field="household_id",
                )
            rule_on(retrofit.accepted_on, retrofit.kind).check(household, retrofit.accepted_on)
            by_ref[retrofit.ref] = retrofit
            taken.add(retrofit.key)
            made.append(retrofit)
            tx.record(_accepted(retrofit, household))
            entry.created(retrofit.id)
    repository.add_retrofits(tx, made)
    return bulk.reply()


def _known_household(households: dict[str, Household], household_id: str) -> Household:
    if household_id not in households:
        raise NotFound(
            "rehab.unknown_household",
            "No such household is known here in your regions; the registry's events may not have arrived "
            "yet, so send the record again later.",
            field="household_id",
        )
    return households[household_id]


def _accepted(retrofit: Retrofit, household: Household) -> messages.RetrofitAccepted:
    return messages.RetrofitAccepted.model_validate(
        {
            "region": household.region,
            "retrofit_id": retrofit.id,
            "household_id": retrofit.household_id,
            "batch": retrofit.batch,
            "kind": retrofit.kind,
            "accepted_on": retrofit.accepted_on,
        }
    )
