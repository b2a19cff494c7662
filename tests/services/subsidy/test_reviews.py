"""Awards are looked at again: listed when due, told when overdue, held by rule, and go on or stop."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import subsidy as messages
from services.subsidy import review_repository, tables
from services.subsidy.handlers import review_clocks
from services.subsidy.review_tables import award_reviews
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, pay_month, stop
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_recompute import new_rate, recomputed
from tests.services.subsidy.test_restart import Killed, kill_at
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.registry_events import identifier

pytestmark = pytest.mark.system("SUB-01")


def look(subsidy: Harness, day: str) -> None:
    """The daily look of a day."""
    with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
        tx.start_job(review_clocks.JOB, key=day, payload={})
    subsidy.run_jobs()


def award_id(subsidy: Harness, number: int = 1) -> str:
    """The person's first award."""
    rows = [row for row in subsidy.rows(tables.awards) if row.person_id == identifier(number)]
    return str(min(row.award_id for row in rows))


def review(subsidy: Harness, day: str = "2026-07-10", /, caller: str | None = None, **changes: Any) -> str:
    """Record a review that finds that the award stands; tells the outcome or the code of the rejection."""
    item = {
        "ref": "FH-1",
        "outcome": "stands",
        "means": "self_report",
        "reviewed_on": day,
        "document": "定期复核表",
    } | changes
    item.setdefault("award_id", award_id(subsidy))
    [outcome] = codes(subsidy.bulk("record_reviews", [item], caller or clerk(subsidy)))
    return outcome


STOP = {"outcome": "to_stop", "reason": "matched", "happened_on": "2026-07-05"}


def listed(subsidy: Harness, caller: str | None = None, **fields: Any) -> list[tuple[str, str, str | None]]:
    told = subsidy.call("list_due_reviews", fields, caller or clerk(subsidy))["reviews"]
    return [(each["person_id"][-1], each["due_on"], each["held_from"]) for each in told]


def lights(subsidy: Harness, day: str) -> list[tuple[int, int, int]]:
    told = subsidy.call("show_review_lights", {"day": day}, clerk(subsidy))["lights"]
    return [(each["yellow"], each["red"], each["held"]) for each in told]


@pytest.fixture
def granted(subsidy: Harness) -> Harness:
    """Granted on 20 March 2026 and paid for February; a review every four months is due by July."""
    state(subsidy, "months", living__review_months="4")
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    return subsidy


@pytest.fixture
def held(granted: Harness) -> Harness:
    """The review was due by July, and the rule holds what is overdue from the next month on."""
    state(granted, "text", living__review_overdue="next_month")
    pay_month(granted, "living", "2026-08")
    look(granted, "2026-08-01")
    return granted


@pytest.mark.parametrize(
    ("day", "light"),
    [
        ("2026-06-30", []),
        ("2026-07-01", [(1, 0, 0)]),
        ("2026-07-31", [(1, 0, 0)]),
        ("2026-08-01", [(0, 1, 0)]),
    ],
)
def test_a_review_is_listed_thirty_days_before_its_last_day_and_turns_red_after_it(
    granted: Harness, day: str, light: list[tuple[int, int, int]]
) -> None:
    look(granted, day)

    assert listed(granted) == ([("1", "2026-07-31", None)] if light else [])
    assert lights(granted, day) == light
    assert len(events(granted, messages.ReviewOverdue)) == sum(red for _, red, _ in light)


def test_what_is_overdue_is_told_once_and_paid_on_where_no_rule_says_otherwise(granted: Harness) -> None:
    for day in ("2026-08-01", "2026-08-02"):
        look(granted, day)

    [overdue] = events(granted, messages.ReviewOverdue)
    assert (overdue.scheme, overdue.overdue_on) == ("living", date(2026, 8, 1))
    assert pay_month(granted, "living", "2026-09")["amount"] == "217.00"


def test_an_award_that_stands_is_off_the_list_until_its_next_review(granted: Harness) -> None:
    look(granted, "2026-07-01")

    assert review(granted) == "created"
    assert review(granted) == "unchanged"
    assert review(granted, document="另一张表") == "subsidy.ref_reused"

    look(granted, "2026-10-30")
    assert listed(granted) == []
    look(granted, "2026-10-31")
    assert listed(granted) == [("1", "2026-11-30", None)]
    [reviewed] = events(granted, messages.AwardReviewed)
    assert (reviewed.outcome, reviewed.means, reviewed.reviewed_on) == (
        "stands",
        "self_report",
        date(2026, 7, 10),
    )


def test_an_award_that_is_to_stop_is_stopped_by_the_rule_of_the_reason(granted: Harness) -> None:
    look(granted, "2026-07-01")

    assert review(granted, **STOP) == "created"

    [stopped] = events(granted, messages.AwardStopped)
    assert (stopped.reason, stopped.last_period) == ("matched", "2026-06")
    [row] = granted.rows(tables.award_stops)
    assert (row.reason, row.last_period) == ("matched", "2026-06")
    assert listed(granted) == []
    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(granted, "living", "2026-07")
    shown = granted.call("show_award", {"award_id": award_id(granted)}, clerk(granted))
    assert [(each["outcome"], each["reason"]) for each in shown["reviews"]] == [("to_stop", "matched")]


def test_months_that_waited_for_a_review_are_paid_when_the_award_stands(held: Harness) -> None:
    assert listed(held) == [("1", "2026-07-31", "2026-09")]
    [waits] = events(held, messages.AwardHeld)
    assert (waits.reason, waits.first_period) == ("review_overdue", "2026-09")
    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(held, "living", "2026-09")

    assert review(held, "2026-10-15") == "created"

    [released] = events(held, messages.AwardReleased)
    assert (released.reason, released.first_period) == ("reviewed", "2026-09")
    for month in ("2026-09", "2026-10"):
        assert pay_month(held, "living", month)["amount"] == "217.00"
    told = [(row.action, row.reason) for row in held.rows(tables.award_changes)]
    assert sorted(told) == [("hold", "review_overdue"), ("release", "reviewed")]


def test_months_that_waited_are_paid_up_to_the_last_one_of_an_award_that_is_to_stop(held: Harness) -> None:
    to_stop = STOP | {"happened_on": "2026-10-10"}
    assert review(held, "2026-10-15", **to_stop) == "created"

    assert pay_month(held, "living", "2026-09")["amount"] == "217.00"
    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(held, "living", "2026-10")


def test_who_dies_while_the_review_is_overdue_is_due_the_months_until_then_once_it_is_recorded(
    held: Harness,
) -> None:
    died = registry_events.cancelled(1, region=DISTRICT, reason="death", acted_on=date(2026, 10, 3))
    held.feed("registry", [died])
    look(held, "2026-10-04")
    assert listed(held) == [("1", "2026-07-31", "2026-09")]

    assert review(held, "2026-10-15") == "created"

    for month in ("2026-09", "2026-10"):
        assert pay_month(held, "living", month)["amount"] == "217.00"
    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(held, "living", "2026-11")
    assert review(held, "2026-11-15", ref="FH-2") == "subsidy.award_ended"


def test_the_end_of_a_freeze_does_not_end_the_wait_for_a_review(held: Harness) -> None:
    frozen = registry_events.frozen(1, region=DISTRICT, reason="not_moved", acted_on=date(2026, 8, 10))
    thawed = registry_events.thawed(1, region=DISTRICT, grade=2, acted_on=date(2026, 10, 10))
    held.feed("registry", [frozen, thawed])

    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(held, "living", "2026-09")


def test_a_month_that_waits_is_compared_with_what_is_due_once_the_review_is_recorded(
    granted: Harness,
) -> None:
    state(granted, "text", living__review_overdue="this_month")
    pay_month(granted, "living", "2026-08")
    look(granted, "2026-08-01")
    assert listed(granted) == [("1", "2026-07-31", "2026-08")]
    new_rate(granted, "living.rate.dibao.44", "230.00", "2026-08-01")

    recomputed(granted, "living")
    assert events(granted, messages.DifferenceFound) == []
    assert review(granted, "2026-08-10") == "created"
    recomputed(granted, "living")

    [found] = events(granted, messages.DifferenceFound)
    assert (found.period, found.kind, found.amount) == ("2026-08", "back_pay", "13.00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": "to_stop"}, "subsidy.review_reason"),
        ({"outcome": "to_stop", "reason": "matched"}, "subsidy.review_reason"),
        ({"reason": "matched"}, "subsidy.review_reason"),
        (STOP | {"reason": "boredom"}, "subsidy.unknown_stop_reason"),
        ({"reviewed_on": "2026-03-19"}, "subsidy.review_day"),
        ({"reviewed_on": "2999-07-11"}, "subsidy.review_day"),
        ({"award_id": "9" * 32}, "subsidy.unknown_award"),
        ({"outcome": "perhaps"}, "record.invalid"),
    ],
)
def test_a_wrong_review_is_rejected(granted: Harness, changes: dict[str, Any], code: str) -> None:
    assert review(granted, **changes) == code
    assert granted.rows(award_reviews) == []
    assert granted.rows(tables.award_stops) == []


def test_an_award_of_another_region_is_as_one_that_does_not_exist(granted: Harness) -> None:
    look(granted, "2026-08-01")
    elsewhere = granted.clerk(region="440103000000")

    assert review(granted, caller=elsewhere) == "subsidy.unknown_award"
    assert listed(granted, elsewhere) == []
    told = granted.call("show_review_lights", {"day": "2026-08-01"}, elsewhere)
    assert told["lights"] == []


@pytest.mark.parametrize("role", ["maker", "checker", "auditor"])
def test_only_a_clerk_records_reviews(granted: Harness, role: str) -> None:
    with pytest.raises(Exception, match=r"access\.role"):
        review(granted, caller=granted.caller(role, region=DISTRICT))


def test_a_yearly_award_is_not_reviewed(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    [outcome] = subsidy.bulk("grant_awards", [factories.award(1)])

    assert review(subsidy, caller=subsidy.clerk(), award_id=outcome["id"]) == "subsidy.not_open_ended"


def test_an_award_that_ends_is_off_the_list_the_next_day(granted: Harness) -> None:
    look(granted, "2026-07-01")
    stop(granted, award_id(granted), happened_on="2026-07-05")

    look(granted, "2026-07-06")

    assert listed(granted) == []
    assert review(granted) == "subsidy.award_ended"


def test_a_review_counts_for_the_award_that_followed_with_another_variant(subsidy: Harness) -> None:
    live(subsidy)
    award = living(ref="HL-1", scheme="nursing", variant="grade_2")
    assert grant(subsidy, award) == ["created"]
    state(subsidy, "months", nursing__review_months="4")
    state(subsidy, "text", nursing__review_overdue="next_month")
    look(subsidy, "2026-08-01")
    changed = registry_events.changed(
        1,
        region=DISTRICT,
        acted_on=date(2026, 10, 10),
        grade=1,
        previous_category="physical",
        previous_grade=2,
    )
    subsidy.feed("registry", [changed])
    look(subsidy, "2026-11-01")
    first = min(row.award_id for row in subsidy.rows(tables.awards))

    assert review(subsidy, "2026-11-02", award_id=first) == "created"

    assert listed(subsidy) == []
    assert {row.review_held_from for row in subsidy.rows(tables.awards)} == {None}
    assert len(subsidy.rows(tables.awards)) == 2
    for month in ("2026-09", "2026-10"):
        assert pay_month(subsidy, "nursing", month)["lines"] == 1


def test_many_reviews_are_listed_in_steps_by_the_rule_of_each_division(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_clocks, "AWARDS_PER_STEP", 2)
    state(subsidy, "months", living__review_months__440106="6", living__review_months__440103=None)
    for number in range(1, 6):
        live(subsidy, number)
    assert set(grant(subsidy, *(living(number) for number in range(1, 6)))) == {"created"}

    look(subsidy, "2026-08-31")
    look(subsidy, "2026-10-01")

    assert listed(subsidy) == [(str(number), "2026-09-30", None) for number in range(1, 6)]
    assert len(events(subsidy, messages.ReviewOverdue)) == 5
    page = subsidy.call("list_due_reviews", {"limit": 3}, clerk(subsidy))
    rest = subsidy.call("list_due_reviews", {"limit": 3, "after": page["after"]}, clerk(subsidy))
    assert [len(each["reviews"]) for each in (page, rest)] == [3, 2]
    assert listed(subsidy, due_before="2026-09-30") == []
    assert listed(subsidy, scheme="nursing") == []
    assert listed(subsidy, region="440103000000") == []


@pytest.mark.parametrize("function", ["list_due", "told"])
def test_a_process_that_dies_while_it_looks_does_nothing_twice(
    granted: Harness, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    state(granted, "text", living__review_overdue="next_month")
    with monkeypatch.context() as patch:
        kill_at(patch, review_repository, function, 1)
        with pytest.raises(Killed):
            look(granted, "2026-08-01")

    granted.run_jobs()

    assert listed(granted) == [("1", "2026-07-31", "2026-09")]
    assert len(events(granted, messages.ReviewOverdue)) == len(events(granted, messages.AwardHeld)) == 1


def test_what_was_reviewed_is_never_changed(granted: Harness) -> None:
    assert review(granted) == "created"

    for change in (sa.update(award_reviews).values(outcome="to_stop"), sa.delete(award_reviews)):
        with pytest.raises(sa.exc.DBAPIError), granted.runtime.database.write() as connection:
            connection.execute(change)
