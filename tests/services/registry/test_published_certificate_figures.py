"""Figures about certificates, from operations of the registry to cells of a snapshot."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.reporting.service import ReportingService
from tests.services.registry.application_records import (
    CREATED,
    application,
    applied,
    look,
    plain,
    step,
    taken,
    through,
)
from tests.services.registry.factories import act, citizen, registered, results
from tests.services.reporting.steps import take, value
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP

SUZHOU = "320500000000"
Figure = Callable[..., Any]


@pytest.fixture
def figure(registry: Harness, tmp_path: Path) -> Iterator[Callable[..., Figure]]:
    """The figures of 2024, made by reporting from all that the registry told."""
    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")

    def of(region: str = COUNTY) -> Figure:
        reporting.feed("registry", registry.events()[reporting.follower("registry").position() :])
        snapshot = take(reporting, period="2024", region=region)
        return lambda code, dimensions="": value(snapshot, code, dimensions)

    yield of
    reporting.close()


@pytest.mark.system("REG-03")
def test_jinzhai_2024_thirty_who_cannot_rise_were_assessed_at_home_on_an_assessment_day(
    registry: Harness, figure: Callable[..., Figure]
):
    people = registered(registry, *range(1, 33))
    applied(registry, *(application(each, ref=f"A-{n}") for n, each in enumerate(people)))
    at_home = {"place": "home", "guided": True}
    for n in range(32):
        done = at_home | {"campaign": "disability_day"} if n < 30 else at_home if n == 30 else {}
        taken(
            registry, step("accept", "2024-03-04", f"A-{n}"), step("assess", "2024-05-19", f"A-{n}", **done)
        )
    shown = figure()
    assert shown("registry.certificate.home_assessments", "event=disability_day") == 30
    assert shown("registry.certificate.home_assessments") == 31
    assert shown("registry.certificate.home_assessments", "guided=yes") == 31
    assert shown("registry.certificate.applications") == 32


@pytest.mark.system("REG-02")
def test_what_applications_come_to_is_counted_like_the_acts_that_offices_record(
    registry: Harness, figure: Callable[..., Figure]
):
    one, two, three, four = registered(registry, 1, 2, 3, 4)
    acts = [
        act(two, "new", "2014-06-01", sequence=2),
        act(three, "new", "2016-01-01", sequence=3),
        act(three, "cross_province", "2024-02-01", sequence=3),
        act(three, "reissue", "2024-06-01", sequence=3, certificate_number=citizen(3) + "42B1"),
        act(three, "replacement", "2024-07-01", sequence=3, certificate_number=citizen(3) + "42B1"),
    ]
    assert set(results(registry.bulk("record_certificate_acts", acts))) == {CREATED}
    other_province = {"counterpart": SUZHOU}
    applied(
        registry,
        application(one, ref="A", mode="home_visit"),
        application(two, "renewal", "B", channel="from_other_province", **other_province),
        application(four, ref="C", channel="for_other_province", **other_province),
    )
    forwarded = [*through("C")[:3], step("forward", "2024-03-12", "C")]
    assert set(taken(registry, *through("A"), *plain("B"), *forwarded)) == {CREATED}
    shown = figure()
    counted = {
        action: shown("registry.certificate.issued", f"action={action}")
        for action in ("new", "renewal", "cross_province", "reissue", "replacement")
    }
    assert counted == {"new": 1, "renewal": 1, "cross_province": 3, "reissue": 1, "replacement": 1}
    assert shown("registry.certificate.issued", "mode=home_visit") == 1
    assert shown("registry.persons.certified") == 3


@pytest.mark.system("REG-02")
def test_a_move_takes_a_holder_from_one_township_to_the_other_and_the_county_stays_the_same(
    registry: Harness, figure: Callable[..., Figure]
):
    one, two, three = registered(registry, 1, 2, 3)
    acts = [
        act(one, "new", "2020-01-01"),
        act(two, "new", "2020-01-01", sequence=2),
        act(one, "move", "2024-03-01", region=OTHER_VILLAGE),
        act(two, "move_out", "2024-03-02", sequence=2),
        act(three, "move_in", "2024-03-03", sequence=3, issued_on="2018-05-06"),
        act(one, "freeze", "2024-03-04", reason="under_review"),
    ]
    assert set(results(registry.bulk("record_certificate_acts", acts))) == {CREATED}
    certified = [
        figure(region)("registry.persons.certified") for region in (COUNTY, TOWNSHIP, OTHER_TOWNSHIP)
    ]
    assert certified == [2, 1, 1]


@pytest.mark.system("REG-02")
def test_a_clock_that_ran_out_at_a_window_is_seen(registry: Harness, figure: Callable[..., Figure]):
    [one] = registered(registry)
    applied(registry, application(one, channel="any_window", window=OTHER_TOWNSHIP))
    look(registry, "2027-01-05")
    shown = figure()
    assert shown("registry.certificate.overdue_steps") == 1
    assert shown("registry.certificate.overdue_steps", "clock=acceptance") == 1
    assert shown("registry.certificate.applications", "channel=any_window") == 1
