"""An award that ended goes on by rule when its person is entitled again, or somebody is told to ask."""

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import subsidy as messages
from services.subsidy import person_tables, tables
from services.subsidy.handlers import copies
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, nursing, pay_month, stop
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_change_cases import with_rules
from tests.services.subsidy.test_changes import awards, look, told
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.registry_events import identifier

EXPIRES = date(2026, 6, 30)
RENEWED: dict[str, Any] = {"acted_on": date(2026, 9, 3), "expires_on": date(2036, 9, 2)}


def office_says(subsidy: Harness, **rules: Any) -> None:
    """Rules of the office, each as [unit, value, from], with __ for the dots."""
    own = {key.replace("__", "."): value for key, value in rules.items()}
    subsidy.runtime.rules = with_rules(subsidy.runtime.rules, own)


def expired(subsidy: Harness, *numbers: int) -> None:
    """Awards of people whose certificate expired at the end of June."""
    for number in numbers or (1,):
        live(subsidy, number, expires_on=EXPIRES)
        assert grant(subsidy, nursing(number)) == ["created"]
    look(subsidy, "2026-07-01")


def asked(subsidy: Harness, **filters: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = subsidy.call("list_leads", filters, clerk(subsidy))["leads"]
    return listed


def dibao(subsidy: Harness, day: date, *flags: Any) -> None:
    event = registry_events.flagged(1, *flags, region=DISTRICT)
    subsidy.feed("registry", [event.model_copy(update={"changed_on": day})])


def test_a_late_renewal_brings_the_award_back_from_its_month_and_links_it_with_the_one_that_ended(
    subsidy: Harness,
) -> None:
    expired(subsidy)

    told(subsidy, "renewed", **RENEWED)

    assert awards(subsidy) == [
        ("nursing", "grade_2", "2026-02", "2026-06", None),
        ("nursing", "grade_2", "2026-09", None, None),
    ]
    first, second = sorted(subsidy.rows(tables.awards), key=lambda row: row.period)
    [_, change] = sorted(subsidy.rows(tables.award_changes), key=lambda row: row.action, reverse=True)
    assert (change.action, change.award_id, change.change_id) == ("resume", first.award_id, second.ref)
    assert second.sole
    [event] = events(subsidy, messages.AwardResumed)
    assert (event.award_id, event.successor_id) == (first.award_id, second.award_id)
    assert (event.reason, event.first_period) == ("certificate_expired", "2026-09")
    last = json.loads(second.decision)[-1]
    assert last["rule"] == "nursing.resume.certificate_expired"
    assert "自2026-09起恢复发放" in last["zh"]
    assert asked(subsidy) == []


def test_the_renewal_told_again_changes_nothing(subsidy: Harness) -> None:
    expired(subsidy)
    renewal = registry_events.renewed(1, region=DISTRICT, **RENEWED)
    batch = subsidy.feed("registry", [renewal])
    subsidy.follower("registry").apply(batch)
    subsidy.feed("registry", [renewal])

    assert len(subsidy.rows(tables.awards)) == 2
    assert len(events(subsidy, messages.AwardResumed)) == 1


def test_the_months_brought_back_are_paid_and_none_between_them(subsidy: Harness) -> None:
    expired(subsidy)
    pay_month(subsidy, "nursing", "2026-06")
    told(subsidy, "renewed", **RENEWED)

    pay_month(subsidy, "nursing", "2026-09")

    assert [each.period for each in events(subsidy, messages.PaymentMade)] == ["2026-06", "2026-09"]
    with pytest.raises(Exception, match=r"subsidy\.nothing_to_pay"):
        pay_month(subsidy, "nursing", "2026-08")


def test_back_pay_that_the_office_allows_is_due_too(subsidy: Harness) -> None:
    office_says(subsidy, nursing__back_pay_months=("months", 2, date(2026, 1, 1)))
    expired(subsidy)
    told(subsidy, "renewed", **RENEWED)
    assert ("nursing", "grade_2", "2026-07", None, None) in awards(subsidy)
    assert pay_month(subsidy, "nursing", "2026-07")["amount"] == "290.00"


def test_the_same_comes_of_the_daily_look_and_of_the_renewal_alone_in_one_batch_or_many(
    subsidy: Harness,
) -> None:
    for number in (1, 2, 3):
        live(subsidy, number, expires_on=EXPIRES)
        assert grant(subsidy, nursing(number)) == ["created"]

    def story(number: int) -> list[Any]:
        own = {"region": DISTRICT}
        late = {"expires_on": date(2027, 3, 31), "acted_on": date(2026, 9, 3)}
        again = {"expires_on": date(2037, 5, 1), "acted_on": date(2027, 5, 2)}
        return [
            registry_events.renewed(number, **own | late),
            registry_events.renewed(number, **own | again),
        ]

    subsidy.feed("registry", story(1))
    for event in story(2):
        subsidy.feed("registry", [event])
    for day, event in zip(("2026-07-01", "2027-04-01"), story(3), strict=True):
        look(subsidy, day)
        subsidy.feed("registry", [event])

    of: dict[int, list[Any]] = {1: [], 2: [], 3: []}
    for row in subsidy.rows(tables.awards):
        of[int(row.person_id, 16)].append((row.period, row.last_period, row.sole))
    expected = [("2026-02", "2026-06", False), ("2026-09", "2027-03", False), ("2027-05", None, True)]
    assert [sorted(each) for each in of.values()] == [expected] * 3


def test_an_award_of_which_no_month_was_due_goes_on_itself(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    dibao(subsidy, date(2026, 1, 6))
    assert awards(subsidy) == [("living", "dibao", "2026-02", "2026-01", None)]
    office_says(subsidy, living__resume__no_longer_entitled=("text", "this_month", date(2026, 1, 1)))

    dibao(subsidy, date(2026, 1, 20), "dibao")

    assert awards(subsidy) == [("living", "dibao", "2026-02", None, None)]
    [event] = events(subsidy, messages.AwardResumed)
    assert (event.award_id, event.first_period) == (event.successor_id, "2026-02")


def test_who_comes_back_to_dibao_is_on_the_list_with_the_reason_until_somebody_grants(
    subsidy: Harness,
) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    dibao(subsidy, date(2026, 5, 6))

    dibao(subsidy, date(2026, 8, 6), "dibao")
    dibao(subsidy, date(2026, 8, 9), "dibao", "old_carer")

    [lead] = asked(subsidy, causes=["ended_award"])
    assert (lead["cause"], lead["run_id"], lead["period"]) == ("ended_award", None, "2026-08")
    assert (lead["person_id"], lead["region"], lead["state"]) == (identifier(1), DISTRICT, "found")
    assert "living.flags_any.dibao" in lead["rules"]
    again: dict[str, Any] = {
        "ref": "SH-2",
        "period": "2026-08",
        "applied_on": "2026-08-10",
        "granted_on": "2026-08-20",
    }
    assert grant(subsidy, living(**again)) == ["created"]
    assert [each["state"] for each in asked(subsidy)] == ["granted"]


def test_who_said_no_is_not_asked_again_while_nothing_is_another(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    dibao(subsidy, date(2026, 5, 6))
    dibao(subsidy, date(2026, 8, 6), "dibao")
    [lead] = asked(subsidy)
    act = {"ref": "JJ-1", "lead_id": lead["lead_id"], "action": "decline", "acted_on": "2026-08-20"}
    assert codes(subsidy.bulk("record_lead_acts", [act], clerk(subsidy))) == ["created"]
    dibao(subsidy, date(2026, 9, 6))
    dibao(subsidy, date(2026, 10, 6), "dibao")
    assert len(asked(subsidy)) == 1


def test_a_death_that_was_recorded_wrongly_is_put_before_the_office(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, nursing()) == ["created"]
    told(subsidy, "cancelled", reason="death", acted_on=date(2026, 4, 10))

    told(subsidy, "certified", acted_on=date(2026, 8, 6), expires_on=date(2036, 8, 5))

    assert [(each["scheme"], each["cause"]) for each in asked(subsidy)] == [("nursing", "ended_award")]
    assert "停发：死亡，已发放至2026-04" in asked(subsidy)[0]["to_check"]
    assert awards(subsidy) == [("nursing", "grade_2", "2026-02", "2026-04", None)]


def test_who_was_merged_into_somebody_dead_by_mistake_is_put_before_the_office(subsidy: Harness) -> None:
    live(subsidy, 1)
    live(subsidy, 2)
    assert grant(subsidy, nursing(1)) == ["created"]
    told(subsidy, "cancelled", 2, reason="death", acted_on=date(2026, 4, 2))
    told(subsidy, "merged", 1, kept=2, merged_on=date(2026, 5, 3))
    [stopped] = events(subsidy, messages.AwardStopped)
    assert stopped.reason == "no_longer_entitled"

    told(subsidy, "unmerged", 1, kept=2, unmerged_on=date(2026, 6, 4))

    assert [(each["person_id"], each["period"]) for each in asked(subsidy)] == [(identifier(1), "2026-06")]


def test_an_end_that_nothing_has_revoked_stands(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, nursing()) == ["created"]
    [row] = subsidy.rows(tables.awards)
    assert stop(subsidy, row.award_id, reason="request") == ["created"]
    told(subsidy, "renewed", **RENEWED)
    assert len(awards(subsidy)) == 1
    assert asked(subsidy) == []


def test_who_has_another_award_of_the_scheme_by_then_gets_no_second_one(subsidy: Harness) -> None:
    expired(subsidy)
    told(subsidy, "renewed", **RENEWED)
    [successor] = [row for row in subsidy.rows(tables.awards) if row.last_period is None]
    assert stop(subsidy, successor.award_id, reason="request", happened_on="2026-10-10") == ["created"]
    told(subsidy, "frozen", reason="under_review", acted_on=date(2026, 10, 12))
    told(subsidy, "thawed", acted_on=date(2026, 11, 2), expires_on=RENEWED["expires_on"])
    assert len(awards(subsidy)) == 2
    assert [each["period"] for each in asked(subsidy)] == ["2026-11"]


def test_who_lives_in_another_county_by_then_is_asked_there(subsidy: Harness) -> None:
    expired(subsidy)
    told(subsidy, "renewed", region="440105003001", **RENEWED)
    assert len(awards(subsidy)) == 1
    assert asked(subsidy) == []
    there = subsidy.call("list_leads", {}, subsidy.clerk(region="440105000000"))["leads"]
    assert [each["region"] for each in there] == ["440105003001"]


def test_an_open_lead_of_who_is_resumed_is_closed(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    dibao(subsidy, date(2026, 5, 6))
    dibao(subsidy, date(2026, 8, 6), "dibao")
    dibao(subsidy, date(2026, 9, 6))
    office_says(subsidy, living__resume__no_longer_entitled=("text", "this_month", date(2026, 10, 1)))
    dibao(subsidy, date(2026, 10, 6), "dibao")
    assert [each["state"] for each in asked(subsidy)] == ["granted"]


def test_a_rebuild_brings_nothing_back_a_second_time(subsidy: Harness) -> None:
    expired(subsidy)
    told(subsidy, "renewed", **RENEWED)
    before = subsidy.rows(tables.awards)
    # What a rebuild does: the copies are made anew, and nothing else is called.
    renewal = registry_events.renewed(1, region=DISTRICT, **RENEWED)
    with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
        tx.execute(sa.delete(person_tables.persons))
        copies.PERSONS.apply(tx, [subsidy.received("registry", renewal, 99)])
    assert subsidy.rows(tables.awards) == before
