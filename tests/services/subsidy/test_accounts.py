"""Where people are paid to: sealed, and changed by two people and a wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import clock
from services.subsidy.bank_tables import pay_accounts
from tests.services.subsidy import factories
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.registry_events import identifier

NEW_CARD = "6230000000000000001"

pytestmark = pytest.mark.system("SUB-12")


@pytest.fixture
def known(subsidy: Harness) -> Harness:
    """Two persons, the first with an account."""
    subsidy.feed("registry", [registry_events.registered(1), registry_events.registered(2)])
    record(subsidy, factories.account(identifier(1)))
    return subsidy


def record(subsidy: Harness, *items: dict[str, Any], caller: str | None = None) -> list[str]:
    outcomes = subsidy.bulk("record_pay_accounts", items, caller)
    return [each["error"]["code"] if each["error"] else each["outcome"] for each in outcomes]


def decide(subsidy: Harness, decision: str = "approved", by: str = "checker", **changes: Any) -> list[str]:
    item = {"ref": "JD-1", "account_ref": "BG-1", "decision": decision} | changes
    outcomes = subsidy.bulk("decide_pay_accounts", [item], subsidy.checker(by))
    return [each["error"]["code"] if each["error"] else each["outcome"] for each in outcomes]


def listed(subsidy: Harness, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = subsidy.call("list_pay_accounts", fields, subsidy.auditor())["accounts"]
    return found


def test_accounts_are_sealed_and_shown_masked(known: Harness) -> None:
    [row] = known.rows(pay_accounts)
    [shown] = listed(known)

    number = factories.account_number(identifier(1))
    assert number not in row.number
    assert "王小明" not in row.holder
    assert shown["number"] == f"{number[:4]}{'*' * 11}{number[-4:]}"
    assert shown["state"] == "approved"


def test_the_same_accounts_again_change_nothing_and_a_number_is_one_account(known: Harness) -> None:
    same = factories.account(identifier(1))

    assert record(known, same) == ["unchanged"]
    assert record(known, same | {"number": NEW_CARD}) == ["subsidy.ref_reused"]
    assert record(known, factories.account("9" * 32)) == ["subsidy.unknown_person"]
    elsewhere = known.clerk("360121000000")
    assert record(known, factories.account(identifier(2)), caller=elsewhere) == ["subsidy.unknown_person"]


@pytest.mark.parametrize("holder", ["=cmd|' /C calc'!A0", "+1", "@x", "王|小明", "长" * 31])
def test_a_holder_that_a_spreadsheet_would_run_is_refused(known: Harness, holder: str) -> None:
    assert record(known, factories.account(identifier(2), holder=holder)) == ["subsidy.holder_malformed"]


def test_a_change_waits_for_a_second_person_and_then_for_some_days(known: Harness) -> None:
    record(known, factories.account(identifier(1), ref="BG-1", number=NEW_CARD), caller=known.clerk())

    assert [each["state"] for each in listed(known)] == ["approved", "requested"]
    assert decide(known, by="clerk") == ["subsidy.decided_by_requester"]
    assert decide(known) == ["created"]
    assert decide(known) == ["unchanged"]
    assert decide(known, ref="JD-2") == ["subsidy.account_state"]
    today = clock.office_day(datetime.now(UTC))
    assert listed(known)[1]["usable_from"] == (today + timedelta(days=3)).isoformat()


def test_a_change_of_somebody_elsewhere_is_as_unknown_as_one_that_does_not_exist(known: Harness) -> None:
    record(known, factories.account(identifier(1), ref="BG-1", number=NEW_CARD))
    item = {"ref": "JD-1", "account_ref": "BG-1", "decision": "approved"}
    elsewhere = known.checker(region="360121000000")

    [outcome] = known.bulk("decide_pay_accounts", [item], elsewhere)
    [unknown] = known.bulk("decide_pay_accounts", [item | {"account_ref": "BG-9"}], elsewhere)

    assert outcome["error"] == unknown["error"]


def test_the_database_itself_refuses_a_change_that_one_person_made_alone(known: Harness) -> None:
    record(known, factories.account(identifier(1), ref="BG-1", number=NEW_CARD))
    change = sa.update(pay_accounts).where(pay_accounts.c.ref == "BG-1")
    approved = {"state": "approved", "usable_from": datetime.now(UTC).date()}

    for values, check in (
        (approved, "changes_are_decided"),
        (approved | {"decided_by": "clerk"}, "two_persons"),
    ):
        with pytest.raises(sa.exc.IntegrityError, match=check), known.runtime.database.write() as connection:
            connection.execute(change.values(values))


def test_who_is_paid_to_the_same_card_as_others_is_seen(known: Harness) -> None:
    record(known, factories.account(identifier(2), number=factories.account_number(identifier(1))))

    assert [each["shared_with"] for each in listed(known)] == [1, 1]
