"""Runs: drawn up once, approved by a second person, paid once."""

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy import tables
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.handlers import instruct as instructing
from services.subsidy.handlers import plan
from tests.services.subsidy import factories
from tests.services.subsidy.steps import (
    approve,
    balances,
    events,
    find,
    freeze,
    give_accounts,
    instruct,
    pay,
    settle,
)
from tests.support.bank import Bank
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE


def place(subsidy: Harness, *numbers: int, region: str = VILLAGE) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(number, region=region) for number in numbers])


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_a_run_shows_its_progress(subsidy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    monkeypatch.setattr(instructing, "LINES_PER_STEP", 2)
    place(subsidy, 1, 2, 3)
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
    assert (run["state"], run["lines"], run["list_hash"]) == ("planning", 0, None)

    subsidy.run_jobs()

    frozen = find(subsidy, run["run_id"])
    assert (frozen["state"], frozen["lines"], frozen["amount"]) == ("frozen", 3, "6000.00")
    approved = approve(subsidy, frozen)
    assert (approved["state"], approved["paid_lines"], approved["approved_by"]) == ("approved", 0, "checker")
    assert balances(subsidy)["payable:county:care"] == ("0.00", "6000.00")
    give_accounts(subsidy)
    instructed = instruct(subsidy, run)
    assert (instructed["state"], instructed["paid_lines"]) == ("instructed", 0)
    assert balances(subsidy)["payable:county:care"] == ("6000.00", "6000.00")
    assert balances(subsidy)["transit:county:care"] == ("0.00", "6000.00")
    paid = settle(subsidy, run, Bank())
    assert (paid["state"], paid["paid_lines"]) == ("paid", 3)
    assert balances(subsidy)["transit:county:care"] == ("6000.00", "6000.00")


def test_planning_again_returns_the_open_run(subsidy: Harness) -> None:
    place(subsidy, 1)
    first = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

    planning = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
    subsidy.run_jobs()
    place(subsidy, 2)
    frozen = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker("another"))

    assert planning["run_id"] == frozen["run_id"] == first["run_id"]
    assert (frozen["state"], frozen["lines"]) == ("frozen", 1)


def test_doing_everything_twice_changes_nothing(subsidy: Harness) -> None:
    place(subsidy, 1, 2)
    paid = pay(subsidy, "care")
    recorded = len(subsidy.events())

    again = pay(subsidy, "care")

    assert again == paid
    assert len(subsidy.events()) == recorded
    assert len(subsidy.rows(tables.runs)) == 1


def test_what_is_granted_later_is_paid_in_a_run_of_its_own(subsidy: Harness) -> None:
    place(subsidy, 1)
    first = pay(subsidy, "care")
    place(subsidy, 2)

    second = pay(subsidy, "care")

    assert second["run_id"] != first["run_id"]
    assert second["lines"] == 1
    assert len(events(subsidy, messages.PaymentMade)) == 2
    assert subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker()) == second


def test_nothing_to_pay_makes_no_run(subsidy: Harness) -> None:
    with pytest.raises(Refused) as refused:
        subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

    assert code_of(refused) == "subsidy.nothing_to_pay"
    assert subsidy.rows(tables.runs) == []


def test_a_run_takes_the_awards_of_its_division_and_the_next_run_the_rest(subsidy: Harness) -> None:
    place(subsidy, 1)
    place(subsidy, 2, 3, region=OTHER_VILLAGE)

    township = freeze(subsidy, "care", region=TOWNSHIP)
    county = freeze(subsidy, "care")

    assert (township["lines"], county["lines"]) == (1, 2)


def test_two_runs_over_the_same_awards_never_take_one_twice(subsidy: Harness) -> None:
    place(subsidy, 1, 2)
    for region in (COUNTY, TOWNSHIP):
        subsidy.call("plan_disbursement", factories.plan("care", region=region), subsidy.maker())

    subsidy.run_jobs()

    assert sorted(row.lines for row in subsidy.rows(tables.runs)) == [0, 2]
    assert {row.state for row in subsidy.rows(tables.runs)} == {"frozen"}


def test_a_later_run_has_only_what_earlier_ones_left_of_an_allotment(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="3000.00")])
    place(subsidy, 1)
    first = freeze(subsidy, "care", region=TOWNSHIP)
    place(subsidy, 2, region=OTHER_VILLAGE)

    second = freeze(subsidy, "care")

    assert first["sources"] == [{"source": "superior", "amount": "2000.00"}]
    assert second["sources"] == [
        {"source": "superior", "amount": "1000.00"},
        {"source": "county", "amount": "1000.00"},
    ]


def test_an_allotment_of_another_year_or_division_is_not_used(subsidy: Harness) -> None:
    subsidy.bulk(
        "record_fund_allotments",
        [
            factories.allotment(ref="A", year="2025"),
            factories.allotment(ref="B", region=OTHER_VILLAGE),
        ],
    )
    place(subsidy, 1)

    assert freeze(subsidy, "care")["sources"] == [{"source": "county", "amount": "2000.00"}]


def test_the_county_has_no_care_rate_before_2024(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1, enrolled_on="2023-12-31")])
    place(subsidy, 2)

    with pytest.raises(Refused) as refused:
        freeze(subsidy, "care", period="2023")

    assert code_of(refused) == "rule.not_in_force"
    assert freeze(subsidy, "care", period="2024")["amount"] == "2000.00"


def test_who_planned_a_run_cannot_approve_it(subsidy: Harness) -> None:
    place(subsidy, 1)
    run = freeze(subsidy, "care")

    with pytest.raises(Refused) as refused:
        approve(subsidy, run, checker="maker")

    assert code_of(refused) == "subsidy.maker_is_checker"
    assert find(subsidy, run["run_id"])["state"] == "frozen"


def test_the_database_itself_refuses_a_checker_who_is_the_maker(subsidy: Harness) -> None:
    place(subsidy, 1)
    run = freeze(subsidy, "care")
    cheat = sa.update(tables.runs).where(tables.runs.c.run_id == run["run_id"])

    with (
        pytest.raises(sa.exc.IntegrityError, match="maker_is_not_checker"),
        subsidy.runtime.database.write() as connection,
    ):
        connection.execute(cheat.values(state="approved", approved_by="maker"))


def test_the_database_itself_refuses_to_overdraw_an_allotment(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])
    table = fund_allotments

    with (
        pytest.raises(sa.exc.IntegrityError, match=r"not_overdrawn|withdrawn"),
        subsidy.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(table).values(drawn_fen=table.c.amount_fen + 1))


def test_another_list_than_the_frozen_one_cannot_be_approved(subsidy: Harness) -> None:
    place(subsidy, 1)
    run = freeze(subsidy, "care")

    with pytest.raises(Refused) as refused:
        approve(subsidy, run, list_hash="0" * 64)

    assert code_of(refused) == "subsidy.list_changed"


def test_a_run_that_is_still_planned_cannot_be_approved(subsidy: Harness) -> None:
    place(subsidy, 1)
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

    with pytest.raises(Refused) as refused:
        approve(subsidy, run, list_hash="0" * 64)

    assert code_of(refused) == "subsidy.run_not_frozen"


def test_a_run_is_approved_once(subsidy: Harness) -> None:
    place(subsidy, 1)
    run = freeze(subsidy, "care")
    first = approve(subsidy, run)

    again = approve(subsidy, run)
    with pytest.raises(Refused) as refused:
        approve(subsidy, run, checker="another")

    assert again == first
    assert code_of(refused) == "subsidy.run_not_frozen"
    [approved] = events(subsidy, messages.DisbursementApproved)
    assert (approved.lines, approved.amount) == (1, "2000.00")


def test_the_bank_is_told_nothing_of_a_list_that_was_added_to_after_its_approval(subsidy: Harness) -> None:
    place(subsidy, 1, 2)
    run = freeze(subsidy, "care", region=TOWNSHIP)
    approve(subsidy, run)
    line = subsidy.rows(tables.run_lines)[0]._asdict()
    with subsidy.runtime.database.write() as connection:
        connection.execute(sa.insert(tables.run_lines), {**line, "seq": 3, "person_id": "9" * 32})

    give_accounts(subsidy)

    assert instruct(subsidy, run)["state"] == "instructing"
    assert events(subsidy, messages.PaymentInstructed) == []


def without(subsidy: Harness, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """A rule is missing, until the patch is undone."""
    book = subsidy.runtime.rules
    rules = {each: book.history(each) for each in book.keys() if each != key}  # noqa: SIM118 - no dict
    monkeypatch.setattr(subsidy.runtime, "rules", RuleBook(rules, book.office))


def test_a_plan_that_a_rule_refused_goes_on_when_it_is_asked_for_again(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(subsidy, 1)
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
    without(subsidy, monkeypatch, "care.rate.home")
    subsidy.run_jobs()
    assert find(subsidy, run["run_id"])["state"] == "planning"
    monkeypatch.undo()

    again = freeze(subsidy, "care")

    assert (again["run_id"], again["state"], again["lines"]) == (run["run_id"], "frozen", 1)


def test_an_instruction_that_a_rule_refused_goes_on_when_it_is_given_again(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(subsidy, 1)
    run = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)
    without(subsidy, monkeypatch, "payment.layout")
    assert instruct(subsidy, run)["state"] == "instructing"
    assert instruct(subsidy, run)["state"] == "instructing"
    monkeypatch.undo()

    assert instruct(subsidy, run)["state"] == "instructed"
    assert len(events(subsidy, messages.PaymentInstructed)) == 1


@pytest.mark.parametrize(
    "method",
    [
        "find_disbursement",
        "trial_balance",
        "list_bank_batches",
        "approve_disbursement",
        "instruct_disbursement",
    ],
)
def test_a_run_of_another_division_answers_as_one_that_does_not_exist(subsidy: Harness, method: str) -> None:
    place(subsidy, 1)
    run = freeze(subsidy, "care")
    hash_ = {"list_hash": run["list_hash"]} if method == "approve_disbursement" else {}
    caller = subsidy.caller("maker", "checker", "auditor", region="360121000000")

    told = []
    for run_id in (run["run_id"], "0" * 32):
        with pytest.raises(Refused) as refused:
            subsidy.call(method, {"run_id": run_id, **hash_}, caller)
        told.append(str(refused.value))

    assert told[0] == told[1]
    assert told[0].startswith("subsidy.unknown_run")


def test_an_unknown_run_is_not_found(subsidy: Harness) -> None:
    with pytest.raises(Refused) as refused:
        find(subsidy, "0" * 32)

    assert code_of(refused) == "subsidy.unknown_run"


def test_each_line_keeps_the_rate_it_was_computed_by(subsidy: Harness) -> None:
    place(subsidy, 1)
    freeze(subsidy, "care")

    [line] = subsidy.rows(tables.run_lines)

    assert '"rule": "care.rate.home", "value": "2000.00"' in line.decision


def test_a_hash_belongs_to_one_list_only(subsidy: Harness) -> None:
    place(subsidy, 1)
    place(subsidy, 2, region=OTHER_VILLAGE)
    township = freeze(subsidy, "care", region=TOWNSHIP)

    assert township["list_hash"] != freeze(subsidy, "care")["list_hash"]
