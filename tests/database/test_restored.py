"""Backups: a follower restored catches up; a source restored is noticed, and a rebuild brings agreement."""

import runpy
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import operator_acts, schema
from chassis.follow import EpochConflict
from services.rehab import tables
from tests.support import registry_events
from tests.support.logged_office import LoggedOffice


def persons(office: LoggedOffice) -> set[str]:
    return {row.person_id for row in office.service("rehab").rows(tables.persons)}


def everybody(*numbers: int) -> set[str]:
    return {registry_events.identifier(number) for number in numbers}


def register(office: LoggedOffice, *numbers: int) -> None:
    office.record("registry", *(registry_events.registered(number) for number in numbers))


def tell_restored(office: LoggedOffice) -> int | None:
    with office.service("registry").runtime.database.write() as connection:
        return operator_acts.begin_epoch(connection, "wang", "a test")


def delivered(office: LoggedOffice, after: int) -> list[Any]:
    """The registry's events as its relay sends them."""
    follower = office.service("rehab").follower("registry")
    return follower.answered(office.ask("rehab", "registry", {"position": after, "limit": 100}))


def test_a_follower_restored_from_a_backup_catches_up(office: LoggedOffice) -> None:
    register(office, 1, 2)
    office.follow("rehab")
    office.back_up("rehab")
    register(office, 3)
    office.follow("rehab")
    office.restore("rehab")
    assert persons(office) == everybody(1, 2)
    register(office, 4)
    office.follow("rehab")
    assert persons(office) == everybody(1, 2, 3, 4)
    assert office.rebuild("rehab", check_only=True).equal


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("lived_on", [1, 3])
def test_a_source_restored_from_a_backup_is_noticed_and_its_followers_are_brought_back(
    office: LoggedOffice, told: bool, lived_on: int
) -> None:
    register(office, 1, 2)
    office.back_up("registry")
    register(office, 3, 4)
    office.follow("rehab")
    office.restore("registry")
    assert tell_restored(office) == 2 if told else True
    register(office, *range(10, 10 + lived_on))
    with pytest.raises(EpochConflict):
        office.follow("rehab")
    assert persons(office) == everybody(1, 2, 3, 4), "a conflicted follower applies nothing"
    found = office.rebuild("rehab", check_only=True)
    assert (found.conflicts, found.equal, found.switched) == (["registry"], False, False)
    assert office.rebuild("rehab").switched
    register(office, 20)
    office.follow("rehab")
    assert persons(office) == everybody(1, 2, *range(10, 10 + lived_on), 20)
    assert office.rebuild("rehab", check_only=True).equal


def test_a_follower_that_a_restored_source_is_ahead_of_goes_on(office: LoggedOffice) -> None:
    register(office, 1, 2)
    office.follow("rehab")
    office.back_up("registry")
    office.restore("registry")
    assert tell_restored(office) == 2
    register(office, 3)
    office.follow("rehab")
    assert persons(office) == everybody(1, 2, 3)
    (checkpoint,) = office.service("rehab").rows(schema.checkpoint)
    assert (checkpoint.epoch, checkpoint.position) == (2, 3)
    (act,) = office.service("registry").rows(schema.operator_act)
    assert (act.act, act.done_by, act.reason) == ("restored", "wang", "a test")


def test_positions_used_again_look_like_duplicates_but_for_the_one_applied_last(
    office: LoggedOffice,
) -> None:
    register(office, 1, 2)
    office.back_up("registry")
    register(office, 3, 4)
    office.follow("rehab")
    office.restore("registry")
    register(office, 10)
    follower = office.service("rehab").follower("registry")
    assert follower.apply(delivered(office, after=2)) == 0, "none is new: the owner is to be asked"
    register(office, 11)
    with pytest.raises(EpochConflict):
        follower.apply(delivered(office, after=2))


def test_what_the_broker_still_holds_of_the_first_life_is_dropped(office: LoggedOffice) -> None:
    register(office, 1)
    office.back_up("registry")
    register(office, 2, 3)
    stale = delivered(office, after=0)
    office.restore("registry")
    tell_restored(office)
    register(office, 10)
    office.follow("rehab")
    follower = office.service("rehab").follower("registry")
    assert follower.apply(stale) == 0
    register(office, 11)
    assert follower.apply([*stale, *delivered(office, after=0), *stale]) == 1
    assert persons(office) == everybody(1, 10, 11)


def test_true_duplicates_and_a_checkpoint_without_an_event_agree(office: LoggedOffice) -> None:
    register(office, 1, 2)
    office.follow("rehab")
    follower = office.service("rehab").follower("registry")
    assert follower.apply(delivered(office, after=0)) == 0
    with office.service("rehab").runtime.database.write() as connection:
        connection.execute(sa.update(schema.checkpoint).values(event_id=None))
    register(office, 3)
    office.follow("rehab")
    assert persons(office) == everybody(1, 2, 3)


def test_a_service_without_events_begins_no_epoch(office: LoggedOffice) -> None:
    assert tell_restored(office) is None


def test_an_emptied_source_empties_what_was_made_from_it(office: LoggedOffice) -> None:
    office.service("registry")
    office.back_up("registry")
    register(office, 1)
    office.follow("rehab")
    office.restore("registry")
    with pytest.raises(EpochConflict):
        office.follow("rehab")
    assert office.rebuild("rehab").switched
    assert persons(office) == set()
    register(office, 2)
    office.follow("rehab")
    assert persons(office) == everybody(2)


def test_a_database_of_the_version_before_gets_what_operators_need(office: LoggedOffice) -> None:
    runtime = office.service("rehab").runtime
    migration = runtime.service.directory() / "migrations" / "0003_add_operator_acts.py"
    with runtime.database.write() as connection:
        for statement in (
            "drop index ix_persons_merged_into",
            "alter table persons drop column merged_into",
            "drop table operator_act",
            "alter table checkpoint drop column event_id",
        ):
            connection.execute(sa.text(statement))
        before = {"before": runpy.run_path(str(migration))["down_revision"]}
        connection.execute(sa.text("update schema_version set version_num = :before"), before)
        if not runtime.database.is_sqlite:
            connection.execute(sa.text("drop function operator_act_append_only"))
    office.close()
    register(office, 1)
    office.follow("rehab")
    assert office.rebuild("rehab", check_only=True).equal
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        office.service("rehab").runtime.database.write() as connection,
    ):
        connection.execute(sa.delete(schema.operator_act))
