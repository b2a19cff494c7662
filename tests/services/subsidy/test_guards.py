"""Each guard of the money stops its attack, and with the guard taken out the same attack succeeds.

The second half is what makes the first one worth something: an attack that does no harm without its guard
would pass whatever the guard did.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.bank_tables import instructions, pay_accounts, payment_changes
from services.subsidy.domain.run import Run
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.handlers import instruct as instructing
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, events, find, freeze, give_accounts, instruct, pay
from tests.support.migrated import Migrated
from tests.support.platform import COUNTY, Harness
from tests.support.postgres_server import PostgresServer
from tests.support.registry_events import TOWNSHIP, VILLAGE, identifier

ELSEWHERE = "0" * 32


@dataclass(frozen=True)
class Guard:
    """attack: tries the harm, and tells whether it was done. out: SQL or a patch that takes the guard out."""

    attack: Callable[[Harness], bool]
    out: str | Callable[[pytest.MonkeyPatch], None]


def done(subsidy: Harness, *statements: sa.Executable) -> bool:
    """Whether the database lets somebody with a console do this."""
    try:
        with subsidy.runtime.database.write() as connection:
            for statement in statements:
                connection.execute(statement)
    except sa.exc.DBAPIError:
        return False
    return True


def again(subsidy: Harness, table: sa.Table, **changes: Any) -> sa.Executable:
    """The first row of a table once more, with some changes."""
    return sa.insert(table).values(**subsidy.rows(table)[0]._asdict() | changes)


def another_run(subsidy: Harness) -> sa.Executable:
    return again(subsidy, tables.runs, run_id=ELSEWHERE, region=TOWNSHIP)


def list_somebody_twice(subsidy: Harness) -> bool:
    freeze(subsidy, "care")
    line = again(subsidy, tables.run_lines, run_id=ELSEWHERE)
    return done(subsidy, another_run(subsidy), line)


def grant_somebody_twice(subsidy: Harness) -> bool:
    award = again(subsidy, tables.awards, award_id=ELSEWHERE, enrolment_id=ELSEWHERE)
    return done(subsidy, award)


def pay_somebody_twice(subsidy: Harness) -> bool:
    pay(subsidy, "care")
    line = again(subsidy, tables.run_lines, run_id=ELSEWHERE, person_id=ELSEWHERE)
    payment = again(subsidy, tables.payments, payment_id=ELSEWHERE, run_id=ELSEWHERE)
    return done(subsidy, another_run(subsidy), line, payment)


def take_back(subsidy: Harness) -> None:
    """The bank took the first payment back; somebody says so, and nobody has decided yet."""
    pay(subsidy, "care")
    told = subsidy.rows(instructions)[0].id
    item = {"ref": "T", "kind": "take_back", "target_id": told, "reason": "other", "document": "退汇通知"}
    subsidy.bulk("request_payment_changes", [item | {"booked_on": factories.PAY_DAY.isoformat()}])


def pay_again_what_came_back_once(subsidy: Harness) -> bool:
    take_back(subsidy)
    [change] = subsidy.rows(payment_changes)
    once = again(subsidy, tables.payments, payment_id=ELSEWHERE, take_back_id=change.id)
    assert done(subsidy, once)
    return done(subsidy, again(subsidy, tables.payments, payment_id="1" * 32, take_back_id=change.id))


def say_alone_that_money_came_back(subsidy: Harness) -> bool:
    take_back(subsidy)
    return done(subsidy, sa.update(payment_changes).values(state="approved", decided_by="clerk"))


def tell_the_bank_twice(subsidy: Harness) -> bool:
    give_accounts(subsidy)
    instruct(subsidy, approve(subsidy, freeze(subsidy, "care")))
    return done(subsidy, again(subsidy, instructions, id=ELSEWHERE, seq=2))


def approved(subsidy: Harness, run: dict[str, Any], **changes: Any) -> bool:
    with suppress(Refused):
        approve(subsidy, run, **changes)
    return find(subsidy, run["run_id"])["state"] == "approved"


def approve_another_list(subsidy: Harness) -> bool:
    return approved(subsidy, freeze(subsidy, "care"), list_hash="f" * 64)


def add_to_an_approved_list(subsidy: Harness) -> bool:
    give_accounts(subsidy)
    run = approve(subsidy, freeze(subsidy, "care"))
    assert done(subsidy, again(subsidy, tables.run_lines, seq=2, person_id=ELSEWHERE))
    instruct(subsidy, run)
    return bool(events(subsidy, messages.PaymentInstructed))


def approve_one_s_own_list(subsidy: Harness) -> bool:
    run = freeze(subsidy, "care")
    update = sa.update(tables.runs).where(tables.runs.c.run_id == run["run_id"])
    return done(subsidy, update.values(state="approved", approved_by="maker"))


def change_an_account_alone(subsidy: Harness) -> bool:
    give_accounts(subsidy)
    account = pay_accounts.c
    decided = {"decision_ref": "X", "decided_by": "clerk", "requested_by": "clerk"}
    when = subsidy.rows(pay_accounts)[0].recorded_at
    return done(
        subsidy, again(subsidy, pay_accounts, id=ELSEWHERE, ref="X", seq=2, decided_at=when, **decided)
    ) and done(subsidy, sa.update(pay_accounts).where(account.id == ELSEWHERE).values(state="approved"))


def change_the_books(subsidy: Harness) -> bool:
    approve(subsidy, freeze(subsidy, "care"))
    return done(subsidy, sa.update(tables.ledger).values(amount_fen=1))


def overdraw_an_allotment(subsidy: Harness) -> bool:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])
    table = fund_allotments
    return done(subsidy, sa.update(table).values(drawn_fen=table.c.amount_fen + 1))


def any_hash(patch: pytest.MonkeyPatch) -> None:
    original = Run.check_approval
    patch.setattr(
        Run,
        "check_approval",
        lambda run, checker, told: original(replace(run, list_hash=told), checker, told),
    )


def any_checker(patch: pytest.MonkeyPatch) -> None:
    original = Run.check_approval
    patch.setattr(
        Run,
        "check_approval",
        lambda run, checker, told: original(replace(run, planned_by=""), checker, told),
    )


def _no_proof(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(instructing, "_prove", lambda _tx, _run, cursor: cursor.update(proven=True))


GUARDS = [
    Guard(list_somebody_twice, "drop index uq_run_lines_once"),
    Guard(grant_somebody_twice, "drop index uq_awards_once"),
    Guard(pay_somebody_twice, "drop index uq_payments_once"),
    Guard(pay_again_what_came_back_once, "alter table payments drop constraint uq_payments_again"),
    Guard(
        say_alone_that_money_came_back,
        "alter table payment_changes drop constraint ck_payment_changes_two_persons",
    ),
    Guard(tell_the_bank_twice, "drop index uq_instructions_first"),
    Guard(approve_another_list, any_hash),
    Guard(add_to_an_approved_list, _no_proof),
    Guard(approve_one_s_own_list, "alter table runs drop constraint ck_runs_maker_is_not_checker"),
    Guard(change_an_account_alone, "alter table pay_accounts drop constraint ck_pay_accounts_two_persons"),
    Guard(change_the_books, "drop trigger ledger_append_only on ledger"),
    Guard(
        overdraw_an_allotment,
        "alter table fund_allotments drop constraint ck_fund_allotments_not_overdrawn,"
        " drop constraint ck_fund_allotments_withdrawn",
    ),
]
each_guard = pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.attack.__name__)


def one_in_care(subsidy: Harness) -> Harness:
    subsidy.feed("rehab", [factories.placed_in_care(1)])
    return subsidy


@pytest.mark.system("SUB-12")
@each_guard
def test_the_attack_is_stopped(subsidy: Harness, guard: Guard) -> None:
    assert not guard.attack(one_in_care(subsidy))


@pytest.fixture
def unguarded(
    postgres_server: PostgresServer, migrated_databases: Migrated, tmp_path: Path
) -> Iterator[Harness]:
    """A database of its own, to spoil."""
    with postgres_server.database(migrated_databases.name(SubsidyService)) as url:
        harness = Harness(SubsidyService, url, keys=tmp_path)
        yield one_in_care(harness)
        harness.close()


@each_guard
def test_without_its_guard_the_attack_succeeds(
    unguarded: Harness, monkeypatch: pytest.MonkeyPatch, guard: Guard
) -> None:
    if isinstance(guard.out, str):
        assert done(unguarded, sa.text(guard.out))
    else:
        guard.out(monkeypatch)

    assert guard.attack(unguarded)


def test_the_maker_who_asks_to_approve_is_refused_by_the_rule_and_else_by_the_database(
    unguarded: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = freeze(unguarded, "care")
    assert not approved(unguarded, run, checker="maker")
    any_checker(monkeypatch)

    with pytest.raises(Refused, match="internal_error"):
        approve(unguarded, run, checker="maker")

    assert find(unguarded, run["run_id"])["state"] == "frozen"


@pytest.mark.system("SUB-12")
def test_twenty_plans_at_once_of_the_county_and_a_township_list_everybody_once(unguarded: Harness) -> None:
    unguarded.feed("rehab", [factories.placed_in_care(n, region=VILLAGE) for n in range(2, 20)])

    def click(number: int) -> str:
        region = COUNTY if number % 2 else TOWNSHIP
        told = factories.plan("care", region=region)
        run: str = unguarded.call("plan_disbursement", told, unguarded.maker())["run_id"]
        return run

    with ThreadPoolExecutor(20) as pool:
        runs = set(pool.map(click, range(20)))
        list(pool.map(lambda _: unguarded.run_jobs(), range(2)))

    assert len(runs) == 2
    listed = [row.person_id for row in unguarded.rows(tables.run_lines)]
    assert sorted(listed) == sorted(identifier(number) for number in range(1, 20))
