"""The cycle's machine is worth something: with a guard taken out, a story that it could tell fails.

The story is told by hand, so that each mutant takes a second and no luck.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.follow import Follower
from chassis.rpc import Refused
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import (
    bank_repository,
    change_repository,
    difference_repository,
    due_repository,
    receipt_repository,
    tables,
)
from services.subsidy.domain import ledger
from services.subsidy.domain.funding import Funding
from services.subsidy.handlers import funds, offsets
from services.subsidy.service import SubsidyService
from tests.services.subsidy.cycle.ending import finish
from tests.services.subsidy.cycle.machine import Cycle
from tests.services.subsidy.test_guards import any_checker, any_hash
from tests.support.migrated import Migrated
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

Patch = Callable[[pytest.MonkeyPatch], None]


def story(cycle: Cycle) -> None:
    """Everything that can happen to four people, once."""
    cycle.begin(accounts=3, late=True, months=2)
    tell = _steps(cycle)
    for step in tell:
        step()
        cycle.the_books_are_right()
    finish(cycle)


def _steps(cycle: Cycle) -> Iterator[Callable[[], None]]:
    yield lambda: cycle.allot(fen=50_001, where=0)
    yield lambda: cycle.regrade(which=0, days_ago=40, grade=1)
    yield cycle.hear_again
    yield cycle.recompute
    yield lambda: cycle.plan(back=0, where=0)
    yield lambda: cycle.doom(left=45)
    yield cycle.work
    yield cycle.work
    yield lambda: cycle.reject(which=0)
    yield lambda: cycle.plan(back=0, where=0)
    yield cycle.work
    yield lambda: cycle.approve(which=0, hand="maker", right=True)
    yield lambda: cycle.approve(which=0, hand="checker", right=False)
    yield lambda: cycle.approve(which=0, hand="checker", right=True)
    yield lambda: cycle.pay(back=0, returned=9)  # the bank returns the first two lines
    yield lambda: cycle.deliver(which=0)
    yield lambda: cycle.grant(which=3, back=0)
    yield lambda: cycle.pay(back=0, returned=0)  # another run of the same month
    yield lambda: cycle.change_payment(which=0, back=False, sure=True)
    yield lambda: cycle.change_payment(which=0, back=True, sure=True)
    yield lambda: cycle.wait(days=62)
    yield lambda: cycle.pay(back=0, returned=0)
    yield lambda: cycle.rate(grade=2, month=2, which=3)  # a lower rate, known late: all owe
    yield cycle.recompute
    yield lambda: cycle.settle(which=0, act="pay_back", part=3)
    yield lambda: cycle.pay(back=1, returned=0)
    yield lambda: cycle.click_again(fresh=True)
    yield lambda: cycle.merge(which=1, kept=0, days_ago=0)
    yield cycle.recompute
    yield lambda: cycle.die(which=0, days_ago=75)


# The mutants -----------------------------------------------------------------------------------------


def event_lost(patch: pytest.MonkeyPatch) -> None:
    _recording(patch, lambda event: 0 if isinstance(event, messages.PaymentReturned) else 1)


def event_told_twice(patch: pytest.MonkeyPatch) -> None:
    _recording(patch, lambda event: 2 if isinstance(event, messages.PaymentMade) else 1)


def _recording(patch: pytest.MonkeyPatch, times: Callable[[object], int]) -> None:
    original = Transaction.record

    def record(tx: Transaction, event: Any, cause: Any = None) -> None:
        for _ in range(times(event)):
            original(tx, event, cause)

    patch.setattr(Transaction, "record", record)


def fen_lost_in_shares(patch: pytest.MonkeyPatch) -> None:
    draw = Funding.draw

    def rounded_off(funding: Funding, amount: Money, region: Any) -> Any:
        [*before, (source, last)] = draw(funding, amount, region).items()
        return dict([*before, (source, last - Money(1))])

    patch.setattr(Funding, "draw", rounded_off)


def everything_kept_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(offsets, "withheld", lambda amount, debt, _cap: min(debt, amount - Money(1)))


def news_taken_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Follower, "_new", lambda _follower, _applied, events: (list(events), False))


def receipt_taken_again(patch: pytest.MonkeyPatch) -> None:
    add, known, instructed = (getattr(receipt_repository, name) for name in ("add", "known", "instructed"))
    added: set[str] = set()

    def add_and_note(tx: Transaction, told: Any, receipt_id: str) -> None:
        add(tx, told, receipt_id)
        added.add(told.hash)

    def known_once(tx: Transaction, file_hash: str) -> Any:
        if file_hash not in added:
            return None
        added.remove(file_hash)
        return known(tx, file_hash)

    patch.setattr(receipt_repository, "add", add_and_note)
    patch.setattr(receipt_repository, "known", known_once)
    patch.setattr(
        receipt_repository, "instructed", lambda tx, batch_id: (instructed(tx, batch_id)[0], set[str]())
    )


def allotment_not_given_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(funds, "refund", lambda *_: None)


def return_not_booked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "taken_back", lambda *_: [])


def certificates_never_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(change_repository, "without_certificate", lambda *_: [])


def second_record_paid_too(patch: pytest.MonkeyPatch) -> None:
    nobody = sa.union_all(sa.select(tables.awards.c.award_id).where(sa.false()))
    patch.setattr(due_repository, "behind_kin", lambda *_: nobody)


def given_up_counted_as_had(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(difference_repository, "_given_up", sa.false)


def listed_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(due_repository, "taken", lambda *_: set[str]())


def told_the_bank_again(patch: pytest.MonkeyPatch) -> None:
    owed = bank_repository.owed
    patch.setattr(bank_repository, "owed", lambda *args: [each for each in owed(*args) for _ in range(2)])


ON_SQLITE: list[Patch] = [
    *(event_lost, event_told_twice, fen_lost_in_shares, everything_kept_back, news_taken_again),
    *(receipt_taken_again, allotment_not_given_back, return_not_booked, certificates_never_looked_at),
    *(second_record_paid_too, any_hash, any_checker),
]
"""Where a constraint of the database stands behind the code as well, the machine hears of a fault."""

ON_POSTGRESQL: dict[Patch, str] = {
    listed_again: "drop index uq_run_lines_once",
    told_the_bank_again: "drop index uq_instructions_first",
    any_checker: "alter table runs drop constraint ck_runs_maker_is_not_checker",
}
"""With the constraint taken out too, nothing is left but the machine."""

CAUGHT = (AssertionError, pytest.fail.Exception, Refused, sa.exc.IntegrityError)


@pytest.fixture
def on_sqlite(migrated_files: Migrated, tmp_path: Path) -> Callable[[], Harness]:
    file = tmp_path / "x.db"
    migrated_files.copy_file(SubsidyService, file)
    return lambda: Harness(SubsidyService, f"sqlite:///{file}", keys=tmp_path / "keys")


@pytest.fixture
def on_postgresql(
    postgres_server: PostgresServer, migrated_databases: Migrated, tmp_path: Path
) -> Iterator[Callable[[], Harness]]:
    with postgres_server.database(migrated_databases.name(SubsidyService)) as url:
        yield lambda: Harness(SubsidyService, url, keys=tmp_path / "keys")


def tell(opener: Callable[[], Harness], sql: str = "") -> None:
    cycle = Cycle(opener)
    try:
        if sql:
            with cycle.office.subsidy.runtime.database.write() as connection:
                connection.execute(sa.text(sql))
        story(cycle)
    finally:
        cycle.office.close()


def test_the_story_is_true_of_what_we_have(on_sqlite: Callable[[], Harness]) -> None:
    tell(on_sqlite)


@pytest.mark.parametrize("mutant", ON_SQLITE, ids=lambda mutant: mutant.__name__)
def test_the_story_fails_with_a_mutant(
    on_sqlite: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, mutant: Patch
) -> None:
    mutant(monkeypatch)
    with pytest.raises(CAUGHT):
        tell(on_sqlite)


@pytest.mark.parametrize("mutant", ON_POSTGRESQL, ids=lambda mutant: mutant.__name__)
def test_the_story_fails_with_a_mutant_that_no_constraint_stops(
    on_postgresql: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, mutant: Patch
) -> None:
    mutant(monkeypatch)
    with pytest.raises(CAUGHT):
        tell(on_postgresql, ON_POSTGRESQL[mutant])
