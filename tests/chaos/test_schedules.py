"""However the broker drops, repeats and reorders events, the follower's copy is what the owner's log says."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from chassis import schema
from chassis.follow import EpochConflict, Follower, Gap
from chassis.stream import Received
from contracts import registry as messages
from tests.support.platform import Harness
from tests.support.sink.service import SinkService, seen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SCHEDULES, CONFLICTS = 1000, 200
POISON = "poison"
EVENTS_MAX = 12
SUBJECTS = 3

REPEATABLE = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
deliveries = st.lists(
    st.lists(st.integers(1, EVENTS_MAX), min_size=1, max_size=EVENTS_MAX), min_size=1, max_size=5
)
"""Batches of positions as the broker hands them out: any order, any repetition, any omission."""


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    SinkService.poison = {POISON}
    harness = Harness(SinkService, f"sqlite:///{tmp_path_factory.mktemp('schedules')}/x.db")
    yield harness
    harness.close()
    SinkService.poison = set()


def stream(harness: Harness, names: list[str], epoch: int = 1) -> list[Received]:
    """The owner's log: one event for each name, on a few subjects in turn."""
    return [
        harness.received(
            "registry",
            messages.RegionRecorded(
                region=f"34152400000{position % SUBJECTS}", name=name, valid_from=date(2024, 1, 1)
            ),
            position,
            epoch,
        )
        for position, name in enumerate(names, start=1)
    ]


def emptied(harness: Harness) -> Follower:
    """A follower of a database as on its first day."""
    with harness.runtime.database.write() as connection:
        for table in (seen, schema.checkpoint, schema.parked_event):
            connection.execute(sa.delete(table))
    return harness.follower("registry")


def deliver(follower: Follower, batch: list[Received], log: list[Received]) -> None:
    """As a subscription does: after a gap, the owner is asked."""
    try:
        follower.apply(batch)
    except Gap:
        event("gap")
        catch_up(follower, log)


def catch_up(follower: Follower, log: list[Received]) -> None:
    follower.apply([received for received in log if received.position > follower.position()])


def content(harness: Harness) -> tuple[list[tuple[int, str]], list[int]]:
    """What was applied, in the order in which it was, and what was set aside."""
    with harness.runtime.database.read() as connection:
        applied = connection.execute(sa.select(seen.c.position, seen.c.name).order_by(seen.c.id)).all()
        aside = schema.parked_event.c.position
        parked = connection.execute(sa.select(aside).order_by(aside)).scalars()
        return [(row.position, row.name) for row in applied], list(parked)


def expected(log: list[Received]) -> tuple[list[tuple[int, str]], list[int]]:
    """The same by hand: a poisoned event is set aside with all later ones of its subject."""
    applied, parked, stopped = [], [], set()
    for received in log:
        assert isinstance(received.event, messages.RegionRecorded)
        if received.event.name == POISON or received.subject in stopped:
            stopped.add(received.subject)
            parked.append(received.position)
        else:
            applied.append((received.position, received.event.name))
    return applied, parked


@given(poisoned=st.sets(st.integers(1, EVENTS_MAX), max_size=1), schedule=deliveries)
@settings(REPEATABLE, max_examples=SCHEDULES)
def test_any_schedule_of_deliveries_gives_what_the_owners_log_says(
    harness: Harness, poisoned: set[int], schedule: list[list[int]]
) -> None:
    names = [POISON if n in poisoned else f"n{n}" for n in range(1, EVENTS_MAX + 1)]
    log = stream(harness, names)
    follower = emptied(harness)
    for positions in schedule:
        deliver(follower, [log[position - 1] for position in positions], log)
    catch_up(follower, log)
    assert content(harness) == expected(log)


@given(kept=st.integers(1, 6), lost=st.integers(1, 5), schedule=deliveries)
@settings(REPEATABLE, max_examples=CONFLICTS)
def test_a_new_epoch_that_contradicts_what_was_applied_is_never_silent(
    harness: Harness, kept: int, lost: int, schedule: list[list[int]]
) -> None:
    """The owner was restored to ``kept`` events, when ``lost`` more had been applied, and began epoch 2."""
    before = stream(harness, [f"n{n}" for n in range(1, kept + lost + 1)])
    after = stream(harness, [f"n{n}" if n <= kept else f"other{n}" for n in range(1, EVENTS_MAX + 1)], 2)
    after[:kept] = [received._replace(epoch=1) for received in after[:kept]]
    follower = emptied(harness)
    deliver(follower, before, before)
    for positions in schedule:  # of what the relay sent once, anything may come again
        follower.apply([before[position - 1] for position in positions if position <= len(before)])
    with pytest.raises(EpochConflict):
        follower.apply(after[kept:])
    assert content(harness) == expected(before), "nothing of the other history was applied"
