"""What is put up for the public of claims that were approved: whom it names, what it keeps back, and when."""

from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy.claim_tables import claims
from tests.services.subsidy import factories
from tests.services.subsidy.claim_records import (
    DISTRICT,
    HOME,
    at_home,
    at_window,
    claim,
    decided,
    examined,
    handed_in,
    listed,
    live,
    posted,
    step,
    taken,
)
from tests.services.subsidy.steps import events
from tests.support.platform import Harness
from tests.support.registry_events import household, identifier, merged, registered

DAY = "2026-03-12"
CREATED = "created"


def notice(subsidy: Harness, day: str = DAY, caller: str | None = None, **asked: Any) -> dict[str, Any]:
    return subsidy.call("list_notices", {"day": day, **asked}, caller or at_home(subsidy))


def born(subsidy: Harness, number: int, birth_month: str) -> None:
    """A person in hardship of whose birth that much is known."""
    told = registered(number, region=HOME, household_id=identifier(number), birth_month=birth_month)
    home = household(number, "dibao", region=HOME)
    subsidy.feed("registry", [home, told, factories.certified(number, region=HOME)])


def test_a_notice_tells_scheme_amount_and_days_and_nothing_of_the_disability(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    page = notice(subsidy)
    assert page["lines"] == [
        {
            "person_id": identifier(1),
            "region": HOME,
            "scheme": "living",
            "title": "困难残疾人生活补贴",
            "variant": None,
            "variant_title": None,
            "amount": "217.00",
            "cadence": "month",
            "first_day": "2026-03-10",
            "last_day": "2026-03-19",
        }
    ]
    assert (page["unnamed"], page["after"]) == ([], None)
    assert "户籍所在地" in page["objection"]
    assert "个人信息保护法" in page["grounds"]


def test_a_notice_runs_from_its_first_day_to_its_last(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    days = ("2026-03-09", "2026-03-10", "2026-03-19", "2026-03-20")
    assert [len(notice(subsidy, day)["lines"]) for day in days] == [0, 1, 1, 0]
    # What was put up is told of a past day as it was.
    assert decided(subsidy, step("award", "2026-03-20")) == [CREATED]
    assert [len(notice(subsidy, day)["lines"]) for day in days] == [0, 1, 1, 0]


def test_an_objection_takes_it_down_and_its_dismissal_puts_it_up_again(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    assert taken(subsidy, step("object", "2026-03-12")) == [CREATED]
    assert decided(subsidy, step("dismiss", "2026-03-16")) == [CREATED]
    days = ("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-16")
    assert [len(notice(subsidy, day)["lines"]) for day in days] == [1, 0, 0, 1]
    [line] = notice(subsidy, "2026-03-20")["lines"]
    assert (line["first_day"], line["last_day"]) == ("2026-03-10", "2026-03-23")


@pytest.mark.parametrize(
    ("birth_month", "named"), [("2008-02", True), ("2008-03", False), ("2012-05", False)]
)
def test_a_minor_is_counted_and_not_named(subsidy: Harness, birth_month: str, named: bool) -> None:
    """In the month of the birthday the day is not known, and the doubt is for the child."""
    born(subsidy, 1, birth_month)
    posted(subsidy)
    page = notice(subsidy)
    assert len(page["lines"]) == named
    counted = {"scheme": "living", "title": "困难残疾人生活补贴", "minors": 1, "asked": 0}
    assert page["unnamed"] == ([] if named else [counted])


def test_who_was_registered_twice_is_told_by_the_record_that_stands_for_both(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    posted(subsidy, 1, 2)
    born(subsidy, 3, "1979-01")
    born(subsidy, 4, "2015-01")
    subsidy.feed("registry", [merged(1, 3, region=HOME), merged(2, 4, region=HOME)])
    page = notice(subsidy)
    assert [line["person_id"] for line in page["lines"]] == [identifier(3)]
    assert [each["minors"] for each in page["unnamed"]] == [1]


def test_who_asks_not_to_be_named_is_counted_and_nothing_else_changes(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    posted(subsidy, 1, 2)
    before = listed(subsidy)["SQ-1"]
    assert taken(subsidy, step("hide_name", "2026-03-11"), caller=at_home(subsidy)) == [CREATED]
    now = listed(subsidy)["SQ-1"]
    assert now == before | {"name_hidden": True, "last_act_on": "2026-03-11"}
    page = notice(subsidy)
    assert [line["person_id"] for line in page["lines"]] == [identifier(2)]
    assert [(each["minors"], each["asked"]) for each in page["unnamed"]] == [(0, 1)]
    [*_, told] = events(subsidy, messages.ClaimMoved)
    assert (told.action, told.state) == ("hide_name", "posted")
    assert decided(subsidy, step("award", "2026-03-20")) == [CREATED]


def test_a_name_is_hidden_while_a_claim_is_open(subsidy: Harness) -> None:
    live(subsidy)
    assert handed_in(subsidy) == [CREATED]
    assert taken(subsidy, step("hide_name", "2026-02-26"), *examined()) == [CREATED] * 4
    assert decided(subsidy, step("refuse", "2026-03-09", reason="withdrawn_documents")) != [CREATED]
    assert taken(subsidy, step("withdraw", "2026-03-09")) == [CREATED]
    assert taken(subsidy, step("hide_name", "2026-03-10")) == ["subsidy.claim_state"]


def test_a_variant_is_told_where_it_tells_no_grade_and_no_hardship(subsidy: Harness) -> None:
    live(subsidy, category="physical")
    fuel = claim(scheme="fuel", variant="vehicle", proof="车架 A1")
    assert handed_in(subsidy, fuel) == [CREATED]
    assert taken(subsidy, *examined()) == [CREATED] * 3
    assert decided(subsidy, step("approve", "2026-03-09")) == [CREATED]
    assert taken(subsidy, step("post", "2026-03-10")) == [CREATED]
    [line] = notice(subsidy)["lines"]
    assert (line["variant"], line["variant_title"]) == ("vehicle", "机动轮椅车")
    assert (line["amount"], line["cadence"]) == ("260.00", "year")


def test_a_notice_is_read_page_by_page_and_what_is_not_named_adds_up(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    born(subsidy, 4, "2015-01")
    posted(subsidy, 1, 2, 3, 4)
    named, counted, after = [], 0, None
    while True:
        page = notice(subsidy, after=after, limit=1)
        named += [line["person_id"] for line in page["lines"]]
        counted += sum(each["minors"] for each in page["unnamed"])
        if (after := page["after"]) is None:
            break
    assert (sorted(named), counted) == ([identifier(number) for number in (1, 2, 3)], 1)


def test_a_notice_is_of_the_caller_s_regions_whatever_is_asked(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    window = at_window(subsidy)
    assert notice(subsidy, caller=window)["lines"] == []
    assert notice(subsidy, caller=window, region=HOME)["lines"] == []
    [row] = subsidy.rows(claims)
    mark = f"000000000000-living-{row.claim_id}"
    assert notice(subsidy, caller=window, after=mark)["lines"] == []
    assert len(notice(subsidy, region=DISTRICT, scheme="living", after=mark)["lines"]) == 1
    assert notice(subsidy, scheme="nursing")["lines"] == []
    for caller in (subsidy.maker(), subsidy.checker()):
        with pytest.raises(Refused, match=r"access\.role"):
            notice(subsidy, caller=caller)
