"""Going back over all awards of a scheme, year by year, with what each rests on; next year's number."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.reporting.service import ReportingService
from services.subsidy.domain import schemes
from tests.services.reporting.steps import take, value
from tests.services.subsidy import factories
from tests.services.subsidy.claim_records import (
    DISTRICT,
    HOME,
    at_home,
    claim,
    decided,
    examined,
    handed_in,
    live,
    step,
    taken,
)
from tests.services.subsidy.steps import codes, events
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, changed, identifier

CREATED = "created"
RULES = Path(schemes.__file__).parents[1] / "rules"


def granted_by_claim(subsidy: Harness, number: int, **changes: Any) -> None:
    """Fuel, claimed on 26 February and granted on 20 March 2026."""
    told = claim(number, scheme="fuel", variant="vehicle", proof=f"LBH-{number}", **changes)
    assert handed_in(subsidy, told) == [CREATED]
    assert {*taken(subsidy, *examined(number))} == {CREATED}
    assert decided(subsidy, step("approve", "2026-03-09", number)) == [CREATED]
    assert taken(subsidy, step("post", "2026-03-10", number)) == [CREATED]
    assert decided(subsidy, step("award", "2026-03-20", number)) == [CREATED]


def granted_at_once(subsidy: Harness, number: int, year: str) -> None:
    told = factories.award(number, ref=f"RY-{number}-{year}", period=year, granted_on="2026-03-20")
    assert codes(subsidy.bulk("grant_awards", [told], at_home(subsidy))) == [CREATED]


def counted(subsidy: Harness, since: str, caller: str | None = None) -> list[tuple[Any, ...]]:
    asked = {"scheme": "fuel", "since": since}
    found = subsidy.call("count_awards", asked, caller or at_home(subsidy))["periods"]
    return [(each["period"], each["awards"], each["claimed"], each["proven"]) for each in found]


def listed(subsidy: Harness, caller: str | None = None, **asked: Any) -> dict[str, Any]:
    told = {"scheme": "fuel", "period": "2026"} | asked
    return subsidy.call("list_awards", told, caller or at_home(subsidy))


@pytest.mark.system("SUB-06")
def test_a_clean_up_goes_back_over_the_awards_of_every_year_and_what_they_rest_on(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    granted_by_claim(subsidy, 1)
    granted_by_claim(subsidy, 2, period="2027")
    for number, year in ((1, "2024"), (2, "2024"), (3, "2026")):
        granted_at_once(subsidy, number, year)
    assert counted(subsidy, "2009") == [("2024", 2, 0, 0), ("2026", 2, 1, 1), ("2027", 1, 1, 1)]
    assert counted(subsidy, "2026") == [("2026", 2, 1, 1), ("2027", 1, 1, 1)]

    first, second = listed(subsidy)["awards"]
    assert (first["person_id"], first["basis"], first["proven"], first["ref"]) == (
        identifier(1),
        "claim",
        True,
        None,
    )
    assert (second["basis"], second["proven"], second["ref"], second["claim_id"]) == (
        "office",
        False,
        "RY-3-2026",
        None,
    )
    assert [each["rule"] for each in second["reasons"]][:2] == ["fuel.opened_by", "fuel.certificate"]
    assert [each["ref"] for each in listed(subsidy, unproven=True)["awards"]] == ["RY-3-2026"]


def test_awards_tell_whether_an_enrolment_or_news_of_the_person_made_them(subsidy: Harness) -> None:
    live(subsidy)
    subsidy.feed("rehab", [factories.placed_in_care(1, region=HOME)])
    first = factories.award(1, scheme="nursing", variant="grade_2", period="2026-02", granted_on="2026-02-10")
    assert codes(subsidy.bulk("grant_awards", [first], at_home(subsidy))) == [CREATED]
    worse = {"grade": 1, "previous_category": "physical", "previous_grade": 2, "region": HOME}
    subsidy.feed("registry", [changed(1, acted_on=date(2026, 4, 10), expires_on=date(2030, 5, 17), **worse)])
    [regraded] = events(subsidy, messages.AwardRegraded)
    found = [
        listed(subsidy, scheme=scheme, period=period)["awards"]
        for scheme, period in (("care", "2024"), ("nursing", "2026-02"), ("nursing", regraded.first_period))
    ]
    assert [(each["basis"], each["ref"]) for [each] in found] == [
        ("enrolment", None),
        ("office", first["ref"]),
        ("news", None),
    ]


def test_awards_are_listed_page_by_page_and_in_the_caller_s_regions_only(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    for number in (1, 2, 3):
        granted_at_once(subsidy, number, "2026")
    page = listed(subsidy, limit=2)
    rest = listed(subsidy, limit=2, after=page["after"])
    assert [each["person_id"] for each in page["awards"] + rest["awards"]] == [*map(identifier, (1, 2, 3))]
    assert rest["after"] is None
    elsewhere = at_home(subsidy, OTHER_TOWNSHIP)
    assert listed(subsidy, elsewhere) == {"awards": [], "after": None}
    assert counted(subsidy, "2009", elsewhere) == []
    for method, asked in (("list_awards", {"period": "2026"}), ("count_awards", {"since": "2009"})):
        with pytest.raises(Refused, match=r"access\.role"):
            subsidy.call(method, {"scheme": "fuel", **asked}, subsidy.caller("maker"))


@pytest.mark.system("SUB-06")
def test_next_year_is_reported_a_year_ahead_beside_this_one(subsidy: Harness, tmp_path: Path) -> None:
    live(subsidy, 1, 2, 3)
    granted_by_claim(subsidy, 1, period="2027")
    granted_at_once(subsidy, 1, "2026")
    granted_at_once(subsidy, 2, "2026")
    granted_at_once(subsidy, 3, "2027")
    assert [each.ahead for each in events(subsidy, messages.AwardGranted)] == [True, False, False, True]
    figures = {"this": 2, "next": 2}
    snapshot = reported(subsidy, tmp_path)
    for year, number in figures.items():
        assert value(snapshot, "subsidy.fuel.reported", f"year={year}") == number


@pytest.mark.system("SUB-07")
def test_how_far_the_task_of_student_aid_is_shows_before_anybody_is_paid(
    subsidy: Harness, tmp_path: Path
) -> None:
    live(subsidy, 1, 2)
    # An office that states a rate for students.
    subsidy.runtime.rules = RuleBook.load(RULES, "341524")
    for number, variant in ((1, "higher"), (2, "secondary_vocational")):
        told = claim(number, scheme="student_aid", variant=variant, proof=f"2026-{number}")
        assert handed_in(subsidy, told) == [CREATED]
        taken(subsidy, *examined(number))
        assert decided(subsidy, step("approve", "2026-03-09", number)) == [CREATED]
    assert decided(subsidy, step("award", "2026-03-10")) == [CREATED]
    snapshot = reported(subsidy, tmp_path)
    levels = {"": 1, "level=higher": 1, "level=secondary_vocational": 0}
    found = {level: value(snapshot, "subsidy.student_aid.approved", level) for level in levels}
    assert found == levels
    assert value(snapshot, "subsidy.student_aid.persons", "level=higher") == 0


def reported(subsidy: Harness, tmp_path: Path) -> dict[str, Any]:
    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db", DISTRICT[:6])
    reporting.feed("subsidy", subsidy.events())
    snapshot = take(reporting, DISTRICT, "2026", reporting.maker(region=DISTRICT), office=DISTRICT[:6])
    reporting.close()
    return snapshot
