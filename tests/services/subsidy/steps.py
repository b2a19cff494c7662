"""What the stories have in common: plan, approve and pay a run."""

from typing import Any, TypeVar

from contracts.message import Event
from tests.services.subsidy import factories
from tests.support.platform import Harness

E = TypeVar("E", bound=Event)


def freeze(subsidy: Harness, scheme: str, **changes: Any) -> dict[str, Any]:
    """A planned and frozen run."""
    run = subsidy.call("plan_disbursement", factories.plan(scheme, **changes), subsidy.maker())
    subsidy.run_jobs()
    return find(subsidy, run["run_id"])


def approve(
    subsidy: Harness, run: dict[str, Any], checker: str = "checker", **changes: Any
) -> dict[str, Any]:
    """A run approved by a second person; not paid yet."""
    fields = {"run_id": run["run_id"], "list_hash": run["list_hash"]} | changes
    return subsidy.call("approve_disbursement", fields, subsidy.checker(checker))


def pay(subsidy: Harness, scheme: str, **changes: Any) -> dict[str, Any]:
    """A run from its plan to its last payment."""
    run = approve(subsidy, freeze(subsidy, scheme, **changes))
    subsidy.run_jobs()
    return find(subsidy, run["run_id"])


def find(subsidy: Harness, run_id: str) -> dict[str, Any]:
    return subsidy.call("find_disbursement", {"run_id": run_id}, subsidy.auditor())


def balances(subsidy: Harness) -> dict[str, tuple[str, str]]:
    """Debit and credit by account."""
    accounts = subsidy.call("trial_balance", {}, subsidy.auditor())["accounts"]
    return {account["account"]: (account["debit"], account["credit"]) for account in accounts}


def events(subsidy: Harness, kind: type[E]) -> list[E]:
    return [event for event in subsidy.events() if isinstance(event, kind)]


def codes(outcomes: list[dict[str, Any]]) -> list[str]:
    """Each outcome, or the code of its rejection."""
    return [outcome["error"]["code"] if outcome["error"] else outcome["outcome"] for outcome in outcomes]
