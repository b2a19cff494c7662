"""What the registry tells of a person stops, holds, releases or regrades awards, by dated rules."""

import json
from datetime import date
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import person_tables, tables
from services.subsidy.handlers import changes
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, nursing, stop
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_change_cases import with_rules
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.registry_events import identifier


def told(subsidy: Harness, kind: str, number: int = 1, **fields: Any) -> None:
    """One event of the registry about a person of the district."""
    make = getattr(registry_events, kind)
    subsidy.feed("registry", [make(number, **{"region": DISTRICT} | fields)])


def granted(subsidy: Harness) -> None:
    """Somebody of grade 2 in a dibao household draws both subsidies from February 2026 on."""
    live(subsidy)
    assert grant(subsidy, living(), nursing()) == ["created", "created"]


def awards(subsidy: Harness) -> list[tuple[str, str, str, str | None, str | None]]:
    """Scheme, variant, first and last month, and the month from which it is held."""
    return sorted(
        (row.scheme, row.variant, row.period, row.last_period, row.held_from)
        for row in subsidy.rows(tables.awards)
    )


def ends(subsidy: Harness) -> list[tuple[str, str, str]]:
    return sorted(
        (each.scheme, each.reason, each.last_period) for each in events(subsidy, messages.AwardStopped)
    )


def look(subsidy: Harness, day: str) -> None:
    """The daily look at certificates on a day."""
    with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
        tx.start_job(changes.JOB, key=day, payload={})
    subsidy.run_jobs()


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("cancelled", {"reason": "death"}, ("death", "2026-04")),
        ("cancelled", {"reason": "standard_not_met"}, ("no_longer_entitled", "2026-04")),
        ("cancelled", {"reason": "withdrawn"}, ("no_longer_entitled", "2026-04")),
        ("cancelled", {"reason": "not_moved"}, ("moved_away", "2026-04")),
        ("moved_out", {}, ("moved_away", "2026-04")),
        ("moved_in", {"region": "440105003001"}, ("moved_away", "2026-04")),
    ],
)
def test_both_subsidies_stop_with_the_month_that_the_rule_of_the_reason_gives(
    subsidy: Harness, kind: str, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    granted(subsidy)

    told(subsidy, kind, **{"acted_on": date(2026, 4, 10)} | fields)

    assert ends(subsidy) == [("living", *expected), ("nursing", *expected)]
    assert {row.last_period for row in subsidy.rows(tables.awards)} == {expected[1]}
    for row in subsidy.rows(tables.award_changes):
        last = json.loads(row.decision)[-1]
        assert last["rule"].endswith(f".stop.{expected[0]}")
        assert last["document"]
        assert "发放至2026-04" in last["zh"]


def test_a_move_within_the_county_changes_nothing(subsidy: Harness) -> None:
    granted(subsidy)
    told(subsidy, "moved_in", region="440106003001", acted_on=date(2026, 4, 10))
    assert ends(subsidy) == []


def test_the_event_that_stopped_an_award_is_named_as_the_cause_and_comes_but_once(subsidy: Harness) -> None:
    granted(subsidy)
    batch = subsidy.feed(
        "registry",
        [registry_events.cancelled(1, region=DISTRICT, reason="death", acted_on=date(2026, 4, 10))],
    )
    subsidy.follower("registry").apply(batch)

    rows = subsidy.rows(tables.award_changes)
    assert [row.cause for row in rows] == [batch[0].id] * 2
    stopped = [row for row in subsidy.event_rows() if row.type == messages.AwardStopped.TYPE]
    assert [row.causation_id for row in stopped] == [batch[0].id] * 2


def test_a_death_known_late_ends_an_award_earlier_than_the_office_had_ended_it(subsidy: Harness) -> None:
    granted(subsidy)
    award_id = events(subsidy, messages.AwardGranted)[0].award_id
    assert stop(subsidy, award_id, reason="request", happened_on="2026-06-10") == ["created"]

    told(subsidy, "cancelled", reason="death", acted_on=date(2026, 4, 10))
    told(subsidy, "cancelled", reason="death", acted_on=date(2026, 5, 10))

    assert ("living", "death", "2026-04") in ends(subsidy)
    assert {row.last_period for row in subsidy.rows(tables.awards)} == {"2026-04"}
    assert len(subsidy.rows(tables.award_changes)) == 2


def test_a_new_grade_is_paid_by_its_own_variant_from_the_month_of_the_new_certificate(
    subsidy: Harness,
) -> None:
    granted(subsidy)

    told(
        subsidy,
        "changed",
        grade=1,
        previous_category="physical",
        previous_grade=2,
        acted_on=date(2026, 5, 20),
    )

    assert awards(subsidy) == [
        ("living", "dibao", "2026-02", None, None),
        ("nursing", "grade_1", "2026-05", None, None),
        ("nursing", "grade_2", "2026-02", "2026-04", None),
    ]
    [regraded] = events(subsidy, messages.AwardRegraded)
    assert (regraded.previous_variant, regraded.variant, regraded.first_period) == (
        "grade_2",
        "grade_1",
        "2026-05",
    )
    assert events(subsidy, messages.AwardStopped) == []


def test_a_grade_that_is_as_old_as_the_award_changes_the_award_itself(subsidy: Harness) -> None:
    granted(subsidy)
    told(
        subsidy, "changed", grade=1, previous_category="physical", previous_grade=2, acted_on=date(2026, 2, 3)
    )
    assert ("nursing", "grade_1", "2026-02", None, None) in awards(subsidy)
    assert len(awards(subsidy)) == 2
    # The file that granted it is still the same, and one of another grade is not.
    assert grant(subsidy, nursing()) == ["unchanged"]
    assert grant(subsidy, nursing() | {"variant": "grade_1"}) == ["subsidy.ref_reused"]


def test_a_grade_that_no_variant_admits_stops_the_award(subsidy: Harness) -> None:
    granted(subsidy)
    told(
        subsidy,
        "changed",
        grade=3,
        previous_category="physical",
        previous_grade=2,
        acted_on=date(2026, 5, 20),
    )
    assert ends(subsidy) == [("nursing", "grade_changed", "2026-05")]


def test_news_that_come_late_regrade_each_award_of_the_months_since(subsidy: Harness) -> None:
    granted(subsidy)
    told(
        subsidy,
        "changed",
        grade=1,
        previous_category="physical",
        previous_grade=2,
        acted_on=date(2026, 6, 20),
    )
    told(
        subsidy,
        "changed",
        grade=2,
        previous_category="physical",
        previous_grade=1,
        acted_on=date(2026, 4, 20),
    )
    nursing_awards = [each for each in awards(subsidy) if each[0] == "nursing"]
    assert nursing_awards == [
        ("nursing", "grade_2", "2026-02", "2026-05", None),
        ("nursing", "grade_2", "2026-06", None, None),
    ]


def test_while_a_grade_is_assessed_anew_the_old_rate_is_paid(subsidy: Harness) -> None:
    granted(subsidy)
    told(subsidy, "frozen", reason="under_review", acted_on=date(2026, 4, 10))
    subsidy.feed("registry", [registry_events.flagged(1, "dibao", "old_carer", region=DISTRICT)])
    assert [each[3:] for each in awards(subsidy)] == [(None, None)] * 2
    look(subsidy, "2026-05-01")
    assert subsidy.rows(tables.award_changes) == []


def test_an_award_is_held_while_the_certificate_did_not_follow_the_hukou_and_goes_on_after(
    subsidy: Harness,
) -> None:
    granted(subsidy)
    told(subsidy, "frozen", reason="not_moved", acted_on=date(2026, 4, 10))
    assert [each[3:] for each in awards(subsidy)] == [(None, "2026-05")] * 2
    for month, due in (("2026-04", True), ("2026-05", False)):
        assert planned(subsidy, month) is due

    told(subsidy, "thawed", acted_on=date(2026, 7, 1))

    assert [each[3:] for each in awards(subsidy)] == [(None, None)] * 2
    assert planned(subsidy, "2026-05")
    assert {each.first_period for each in events(subsidy, messages.AwardHeld)} == {"2026-05"}
    assert {each.first_period for each in events(subsidy, messages.AwardReleased)} == {"2026-05"}


def test_the_end_of_a_freeze_releases_also_the_award_that_another_one_followed(subsidy: Harness) -> None:
    granted(subsidy)
    grade: dict[str, Any] = {"grade": 1, "previous_category": "physical", "previous_grade": 2}
    told(subsidy, "changed", acted_on=date(2026, 6, 2), **grade)
    told(subsidy, "frozen", reason="not_moved", acted_on=date(2026, 3, 10))
    told(subsidy, "thawed", grade=1, acted_on=date(2026, 9, 1))
    assert [each for each in awards(subsidy) if each[0] == "nursing"] == [
        ("nursing", "grade_1", "2026-06", None, None),
        ("nursing", "grade_2", "2026-02", "2026-05", None),
    ]


def test_an_award_that_is_held_when_it_ends_ends_with_the_last_month_before(subsidy: Harness) -> None:
    granted(subsidy)
    told(subsidy, "frozen", reason="not_moved", acted_on=date(2026, 4, 10))
    told(subsidy, "cancelled", reason="not_moved", acted_on=date(2026, 10, 10))
    assert ends(subsidy) == [("living", "moved_away", "2026-04"), ("nursing", "moved_away", "2026-04")]
    for row in subsidy.rows(tables.awards):
        shown = subsidy.call("show_award", {"award_id": row.award_id}, clerk(subsidy))
        assert "自2026-05起暂停的月份不再补发，发放至2026-04" in shown["end_reasons"][-1]["text"]


def test_what_was_not_held_for_a_month_that_is_due_loses_none(subsidy: Harness) -> None:
    granted(subsidy)
    told(subsidy, "cancelled", reason="not_moved", acted_on=date(2026, 10, 10))
    for row in subsidy.rows(tables.awards):
        shown = subsidy.call("show_award", {"award_id": row.award_id}, clerk(subsidy))
        assert [each["rule"] for each in shown["end_reasons"]] == [f"{row.scheme}.stop.moved_away"]
        assert "暂停" not in shown["end_reasons"][0]["text"]


def test_a_household_that_is_no_longer_in_need_ends_the_living_subsidy_only(subsidy: Harness) -> None:
    granted(subsidy)
    subsidy.feed(
        "registry",
        [registry_events.flagged(1, region=DISTRICT).model_copy(update={"changed_on": date(2026, 5, 6)})],
    )
    assert ends(subsidy) == [("living", "no_longer_entitled", "2026-05")]


def test_a_household_taken_into_the_states_care_ends_both_in_the_month_of_the_match(subsidy: Harness) -> None:
    granted(subsidy)
    taken = registry_events.flagged(1, "dibao", "extreme_poverty", region=DISTRICT)
    subsidy.feed("registry", [taken.model_copy(update={"changed_on": date(2026, 5, 6)})])
    assert ends(subsidy) == [("living", "matched", "2026-04"), ("nursing", "matched", "2026-04")]


def test_of_several_reasons_the_one_that_ends_an_award_first_counts(subsidy: Harness) -> None:
    live(subsidy, expires_on=date(2026, 6, 10))
    assert grant(subsidy, living(), nursing()) == ["created", "created"]
    look(subsidy, "2026-06-11")
    taken = registry_events.flagged(1, "dibao", "extreme_poverty", region=DISTRICT)
    subsidy.feed("registry", [taken.model_copy(update={"changed_on": date(2026, 6, 20)})])
    assert {row.last_period for row in subsidy.rows(tables.awards)} == {"2026-05"}
    assert ("nursing", "matched", "2026-05") in ends(subsidy)


def test_a_certificate_that_expired_ends_awards_on_the_day_after_and_once(subsidy: Harness) -> None:
    live(subsidy, expires_on=date(2026, 6, 30))
    assert grant(subsidy, living(), nursing()) == ["created", "created"]
    look(subsidy, "2026-06-30")
    assert ends(subsidy) == []

    look(subsidy, "2026-07-01")
    look(subsidy, "2026-07-02")

    expected = [("living", "certificate_expired", "2026-06"), ("nursing", "certificate_expired", "2026-06")]
    assert ends(subsidy) == expected


def test_an_award_granted_while_its_end_came_in_is_found_by_the_daily_look(subsidy: Harness) -> None:
    granted(subsidy)
    with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
        tx.execute(person_tables.persons.update().values(certified=False, category=None, grade=None))
    look(subsidy, "2026-05-02")
    assert ends(subsidy) == [
        ("living", "no_longer_entitled", "2026-05"),
        ("nursing", "no_longer_entitled", "2026-05"),
    ]


def test_the_same_events_lead_to_the_same_awards_one_by_one_and_all_at_once(subsidy: Harness) -> None:
    for number in (1, 2):
        live(subsidy, number)
        assert grant(subsidy, living(number), nursing(number)) == ["created", "created"]
    fields: dict[str, Any] = {"region": DISTRICT}

    def story(number: int) -> list[Any]:
        grade = {"grade": 1, "previous_category": "physical", "previous_grade": 2}
        return [
            registry_events.frozen(number, reason="not_moved", acted_on=date(2026, 3, 10), **fields),
            registry_events.thawed(number, acted_on=date(2026, 5, 2), **fields),
            registry_events.changed(number, acted_on=date(2026, 6, 2), **grade, **fields),
            registry_events.cancelled(number, reason="standard_not_met", acted_on=date(2026, 8, 2), **fields),
            registry_events.certified(
                number, acted_on=date(2027, 9, 2), expires_on=date(2037, 9, 1), **fields
            ),
        ]

    subsidy.feed("registry", story(1))
    for event in story(2):
        subsidy.feed("registry", [event])

    of: dict[int, list[Any]] = {1: [], 2: []}
    for row in subsidy.rows(tables.awards):
        number = int(row.person_id, 16)
        of[number].append((row.scheme, row.variant, row.period, row.last_period, row.held_from))
    assert sorted(of[1]) == sorted(of[2])
    assert sorted(of[1]) == [
        ("living", "dibao", "2026-02", "2026-08", None),
        ("nursing", "grade_1", "2026-06", "2026-08", None),
        ("nursing", "grade_2", "2026-02", "2026-05", None),
    ]


def test_a_merged_person_is_judged_by_the_record_that_stands_for_both(subsidy: Harness) -> None:
    live(subsidy, 1)
    live(subsidy, 2)
    assert grant(subsidy, living(1)) == ["created"]
    told(subsidy, "merged", 1, kept=2)
    told(subsidy, "cancelled", 1, reason="withdrawn", acted_on=date(2026, 4, 10))
    assert ends(subsidy) == []

    told(subsidy, "cancelled", 2, reason="death", acted_on=date(2026, 4, 10))

    assert ends(subsidy) == [("living", "death", "2026-04")]


def test_yearly_awards_are_left_alone(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    subsidy.bulk("grant_awards", [factories.award(1)])
    subsidy.feed("registry", [registry_events.cancelled(1, reason="death")])
    assert events(subsidy, messages.AwardStopped) == []
    assert subsidy.rows(tables.awards)[0].last_period == "2024"


def test_an_office_that_wants_an_application_grants_anew_after_the_renewal(subsidy: Harness) -> None:
    own = {"living.resume.certificate_expired": ("text", "ask", date(2026, 1, 1))}
    subsidy.runtime.rules = with_rules(subsidy.runtime.rules, own)
    live(subsidy, expires_on=date(2026, 6, 30))
    grant(subsidy, living())
    look(subsidy, "2026-07-01")
    told(subsidy, "renewed", acted_on=date(2026, 9, 3), expires_on=date(2036, 9, 2))
    again = living(ref="SH-2", period="2026-09", applied_on="2026-09-03", granted_on="2026-09-10")
    earlier = again | {"period": "2026-08"}

    assert grant(subsidy, earlier) == ["subsidy.begins_too_early"], (
        "back-pay is off until the office allows it"
    )
    assert grant(subsidy, again) == ["created"]
    assert {identifier(1)} == {row.person_id for row in subsidy.rows(tables.awards)}


def planned(subsidy: Harness, month: str) -> bool:
    """Whether there is something to pay in the month: planned, and taken back by nobody."""
    plan = factories.plan("living", region=DISTRICT, period=month, pay_on=f"{month}-25")
    try:
        run = subsidy.call("plan_disbursement", plan, subsidy.maker(region=DISTRICT))
    except Refused:
        return False
    subsidy.run_jobs()
    return bool(subsidy.call("find_disbursement", {"run_id": run["run_id"]}, clerk(subsidy))["lines"])
