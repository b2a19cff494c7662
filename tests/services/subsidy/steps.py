"""What the stories have in common: plan, approve, instruct and pay a run."""

import base64
from typing import Any, TypeVar

from chassis import clock
from contracts.message import Event
from services.subsidy import person_tables, tables
from services.subsidy.bank_tables import pay_accounts
from tests.services.subsidy import factories
from tests.support import registry_events
from tests.support.bank import Bank
from tests.support.platform import Harness

E = TypeVar("E", bound=Event)


def today() -> str:
    """The day at the office."""
    return clock.office_day(clock.now()).isoformat()


def freeze(subsidy: Harness, scheme: str, **changes: Any) -> dict[str, Any]:
    """A planned and frozen run."""
    run = subsidy.call("plan_disbursement", factories.plan(scheme, **changes), subsidy.maker())
    subsidy.run_jobs()
    return find(subsidy, run["run_id"])


def approve(
    subsidy: Harness, run: dict[str, Any], checker: str = "checker", **changes: Any
) -> dict[str, Any]:
    """A run approved by a second person; the bank knows nothing of it yet."""
    fields = {"run_id": run["run_id"], "list_hash": run["list_hash"]} | changes
    return subsidy.call("approve_disbursement", fields, subsidy.checker(checker))


def give_accounts(subsidy: Harness) -> None:
    """An account for everybody who has an award, as the office's file brings them."""
    have = {row.person_id for row in subsidy.rows(pay_accounts)}
    known = {row.person_id for row in subsidy.rows(person_tables.persons)}
    homes = {row.person_id: row.region for row in subsidy.rows(tables.awards) if row.person_id not in have}
    told = [
        registry_events.registered(0, person_id=person_id, region=region)
        for person_id, region in homes.items()
        if person_id not in known
    ]
    if told:
        subsidy.feed("registry", told)
    items = [factories.account(person_id) for person_id in homes]
    for begin in range(0, len(items), 1000):
        outcomes = subsidy.bulk("record_pay_accounts", items[begin : begin + 1000])
        assert {outcome["outcome"] for outcome in outcomes} == {"created"}


def instruct(subsidy: Harness, run: dict[str, Any]) -> dict[str, Any]:
    """A run that the bank was told of; it has not answered yet."""
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, subsidy.maker())
    subsidy.run_jobs()
    return find(subsidy, run["run_id"])


def batches(subsidy: Harness, run: dict[str, Any]) -> list[dict[str, Any]]:
    """The batches of a run."""
    found: list[dict[str, Any]] = subsidy.call(
        "list_bank_batches", {"run_id": run["run_id"]}, subsidy.maker()
    )["batches"]
    return found


def fetch(subsidy: Harness, batch_id: str) -> bytes:
    """The file of a batch."""
    told = subsidy.call("fetch_bank_file", {"batch_id": batch_id}, subsidy.maker())
    return base64.b64decode(told["content"])


def receive(subsidy: Harness, receipt: bytes) -> dict[str, Any]:
    """Bring a receipt of the bank in."""
    fields = {"content": base64.b64encode(receipt).decode()}
    return subsidy.call("record_bank_receipt", fields, subsidy.maker())


def settle(subsidy: Harness, run: dict[str, Any], bank: Bank) -> dict[str, Any]:
    """Let the bank answer all that it was not asked before."""
    for batch in batches(subsidy, run):
        if batch["answered"] == 0:
            receive(subsidy, bank.answer(fetch(subsidy, batch["batch_id"])))
    return find(subsidy, run["run_id"])


def pay(subsidy: Harness, scheme: str, bank: Bank | None = None, **changes: Any) -> dict[str, Any]:
    """A run from its plan to the bank's last answer."""
    run = approve(subsidy, freeze(subsidy, scheme, **changes))
    give_accounts(subsidy)
    return settle(subsidy, instruct(subsidy, run), bank or Bank())


def find(subsidy: Harness, run_id: str) -> dict[str, Any]:
    return subsidy.call("find_disbursement", {"run_id": run_id}, subsidy.auditor())


def balances(subsidy: Harness) -> dict[str, tuple[str, str]]:
    """Debit and credit by account."""
    accounts = subsidy.call("trial_balance", {}, subsidy.auditor())["accounts"]
    return {account["account"]: (account["debit"], account["credit"]) for account in accounts}


def events(subsidy: Harness, kind: type[E]) -> list[E]:
    return [event for event in subsidy.events() if isinstance(event, kind)]


def held(subsidy: Harness, **changes: Any) -> list[dict[str, Any]]:
    """The work list."""
    found: list[dict[str, Any]] = subsidy.call("list_held_payments", changes, subsidy.maker())["held"]
    return found


def codes(outcomes: list[dict[str, Any]]) -> list[str]:
    """Each outcome, or the code of its rejection."""
    return [outcome["error"]["code"] if outcome["error"] else outcome["outcome"] for outcome in outcomes]
