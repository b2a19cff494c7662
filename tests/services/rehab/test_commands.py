"""What holds for each command of the service, whatever the programme."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.rehab import tables
from tests.services.rehab.factories import certificate, enrolment, person, retrofit, service
from tests.support.registry_events import (
    OTHER_VILLAGE,
    TOWNSHIP,
    cancelled,
    frozen,
    household,
    identifier,
    moved_in,
    moved_out,
    thawed,
)

FACTS = [
    household(1, "dibao"),
    *[event for n in (1, 2) for event in (person(n, household=1), certificate(n))],
    household(8, "dibao", region=OTHER_VILLAGE),
    person(8, household=8, region=OTHER_VILLAGE),
    certificate(8, region=OTHER_VILLAGE),
]
COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "enrol_persons": lambda n: enrolment(n, "care", mode="day"),
    "record_services": lambda n: service(n, "care", "care_period"),
    "accept_retrofits": retrofit,
}
"""Each command with a record that is good for number 1."""


@pytest.fixture
def rehab(rehab):
    rehab.feed("registry", FACTS)
    return rehab


def prepared(rehab, method):
    if method == "record_services":
        rehab.bulk("enrol_persons", [enrolment(n, "care", mode="day") for n in (1, 2, 8)])
    return COMMANDS[method]


def codes(outcomes):
    return [outcome["error"]["code"] if outcome["error"] else outcome["outcome"] for outcome in outcomes]


@pytest.mark.parametrize("method", COMMANDS)
def test_the_same_records_sent_twice_change_nothing(rehab, method):
    record = prepared(rehab, method)
    first = rehab.bulk(method, [record(1)])
    events, rows = rehab.events(), [rehab.rows(table) for table in tables.metadata.sorted_tables]
    second = rehab.bulk(method, [record(1), record(1)])
    assert codes(first) == ["created"]
    assert codes(second) == ["unchanged"] * 2
    assert {outcome["id"] for outcome in second} == {first[0]["id"]}
    assert rehab.events() == events
    assert [rehab.rows(table) for table in tables.metadata.sorted_tables] == rows


@pytest.mark.parametrize("method", COMMANDS)
def test_a_record_sees_the_earlier_ones_of_its_command(rehab, method):
    record = prepared(rehab, method)
    assert codes(rehab.bulk(method, [record(1), record(1)])) == ["created", "unchanged"]
    assert len({event.TYPE for event in rehab.events()}) == 1 + (method == "record_services")


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("enrol_persons", {"provider": "another"}),
        ("enrol_persons", {"mode": "home"}),
        ("record_services", {"completed_on": "2024-07-01"}),
        ("record_services", {"free": False}),
        ("accept_retrofits", {"contractor": "another"}),
        ("accept_retrofits", {"kind": "age_friendly"}),
    ],
)
def test_a_reference_with_other_content_is_a_conflict(rehab, method, change):
    record = prepared(rehab, method)(1)
    rehab.bulk(method, [record])
    [outcome] = rehab.bulk(method, [record | change])
    assert outcome["error"]["code"] == "rehab.ref_taken"
    assert outcome["error"]["field"] == "ref"


def test_a_reference_is_not_taken_over_to_another_person(rehab):
    rehab.bulk("enrol_persons", [enrolment(1, "care", mode="day")])
    stolen = enrolment(1, "care", mode="day", person_id=identifier(2))
    assert codes(rehab.bulk("enrol_persons", [stolen])) == ["rehab.ref_taken"]


@pytest.mark.parametrize("method", COMMANDS)
def test_bad_records_are_rejected_and_the_good_ones_kept(rehab, method):
    record = prepared(rehab, method)
    outcomes = rehab.bulk(
        method, [record(1) | {"ref": ""}, record(77), record(1), record(1) | {"surprise": 1}]
    )
    unknown = "rehab.unknown_household" if method == "accept_retrofits" else "rehab.unknown_person"
    assert codes(outcomes) == ["record.invalid", unknown, "created", "record.invalid"]
    assert "send the record again" in outcomes[1]["error"]["message"]


@pytest.mark.parametrize("method", COMMANDS)
def test_a_command_without_any_good_record_is_answered_all_the_same(rehab, method):
    assert codes(rehab.bulk(method, [COMMANDS[method](77)]))[0].startswith("rehab.unknown_")
    assert codes(rehab.bulk(method, [{"ref": "R"}])) == ["record.invalid"]


@pytest.mark.parametrize("method", COMMANDS)
def test_a_clerk_reaches_the_persons_of_the_own_region_only(rehab, method):
    record = prepared(rehab, method)
    outcomes = rehab.bulk(method, [record(1), record(8)], caller=rehab.clerk(region=TOWNSHIP))
    assert codes(outcomes)[0] == "created"
    assert codes(outcomes)[1].startswith("rehab.unknown_")


def test_a_person_has_one_place_in_a_programme_and_year(rehab):
    outcomes = rehab.bulk(
        "enrol_persons",
        [
            enrolment(1, "care", mode="day"),
            enrolment(1, "care", mode="home", ref="other", enrolled_on="2024-12-31"),
            enrolment(1, "care", mode="home", ref="next-year", enrolled_on="2025-01-01"),
            enrolment(1, "psych_drug"),
        ],
    )
    assert codes(outcomes) == ["created", "rehab.already_enrolled", "created", "created"]
    again = enrolment(1, "care", mode="day", ref="third", enrolled_on="2024-05-01")
    assert codes(rehab.bulk("enrol_persons", [again])) == ["rehab.already_enrolled"]


def test_a_service_belongs_to_an_enrolment_of_its_programme_and_year(rehab):
    prepared(rehab, "record_services")
    outcomes = rehab.bulk(
        "record_services",
        [
            service(1, "psych_drug", "drug"),
            service(1, "care", "care_period", completed_on="2025-01-01"),
            service(1, "care", "care_period", completed_on="2024-02-29"),
            service(1, "care", "care_period", completed_on="2024-03-01"),
        ],
    )
    assert codes(outcomes) == [
        "rehab.not_enrolled",
        "rehab.not_enrolled",
        "rehab.before_enrolment",
        "created",
    ]


def test_the_limit_of_an_item_counts_what_was_recorded_before(rehab):
    prepared(rehab, "record_services")
    months = [
        service(1, "care", "care_period", ref=f"M{month}", completed_on=f"2024-{month:02}-28")
        for month in range(3, 13)
    ]
    assert codes(rehab.bulk("record_services", months)) == ["created"] * 10
    more = [service(1, "care", "care_period", ref=f"X{n}", completed_on="2024-12-31") for n in range(3)]
    assert codes(rehab.bulk("record_services", more)) == ["created", "created", "rehab.item_limit"]


def test_clerks_at_work_together_do_not_exceed_the_limit_of_an_item(rehab):
    rehab.feed("registry", [person(5, "2020-01"), certificate(5)])
    rehab.bulk("enrol_persons", [enrolment(5, "child")])
    records = [service(5, "child", "device", ref=f"D{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as clerks:
        outcomes = clerks.map(lambda record: codes(rehab.bulk("record_services", [record]))[0], records)
        assert sorted(outcomes) == ["created", *["rehab.item_limit"] * 5]


def test_clerks_at_work_together_enrol_a_person_once(rehab):
    records = [enrolment(1, "care", mode="day", ref=f"E{n}") for n in range(4)]
    with ThreadPoolExecutor(4) as clerks:
        outcomes = clerks.map(lambda record: codes(rehab.bulk("enrol_persons", [record]))[0], records)
        assert sorted(outcomes) == ["created", *["rehab.already_enrolled"] * 3]


def test_the_copy_follows_the_certificate(rehab):
    assert codes(rehab.bulk("enrol_persons", [enrolment(1, "psych_drug")])) == ["created"]
    rehab.feed("registry", [cancelled(2)])
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")])) == ["rehab.certificate"]
    rehab.feed("registry", [certificate(2, "multiple", 1)])
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")])) == ["created"]


def test_a_frozen_certificate_opens_nothing_until_it_is_thawed(rehab):
    rehab.feed("registry", [frozen(2, category="mental")])
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")])) == ["rehab.certificate"]
    rehab.feed("registry", [thawed(2, category="mental")])
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")])) == ["created"]


def test_who_moved_belongs_to_the_office_of_the_new_home(rehab):
    there = rehab.clerk(OTHER_VILLAGE)
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")], there)) == ["rehab.unknown_person"]
    came = moved_in(2, category="mental", region=OTHER_VILLAGE)
    rehab.feed("registry", [moved_out(2, category="mental"), came])
    assert codes(rehab.bulk("enrol_persons", [enrolment(2, "psych_drug")], there)) == ["created"]
    rehab.feed("registry", [moved_out(1, category="mental")])
    assert codes(rehab.bulk("enrol_persons", [enrolment(1, "psych_drug")])) == ["rehab.certificate"]


def test_a_thousand_records_take_a_handful_of_statements(rehab):
    everybody = range(1000, 2000)
    rehab.feed("registry", [household(n, "dibao") for n in everybody])
    rehab.feed("registry", [person(n, household=n) for n in everybody])
    rehab.feed("registry", [certificate(n) for n in everybody])
    statements: list[str] = []
    engine = rehab.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    for method, record in COMMANDS.items():
        statements.clear()
        assert set(codes(rehab.bulk(method, [record(n) for n in everybody]))) == {"created"}
        assert len(statements) <= 10
