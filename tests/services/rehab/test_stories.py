"""The stories of the programmes, each as an office tells it."""

from datetime import date

import pytest

from contracts.rehab import PersonEnrolled, RetrofitAccepted, ServiceCompleted
from tests.services.rehab.factories import certificate, enrolment, person, retrofit, service
from tests.support.registry_events import VILLAGE, cancelled, household, identifier


def codes(outcomes):
    return [outcome["error"]["code"] if outcome["error"] else outcome["outcome"] for outcome in outcomes]


@pytest.mark.system("REH-01")
def test_a_patient_without_certificate_enters_the_drug_subsidy_by_diagnosis_and_guardian(rehab):
    rehab.feed(
        "registry", [person(1), certificate(1), person(2), person(3), person(4), certificate(4), cancelled(4)]
    )
    by_diagnosis = {"basis": "diagnosis", "diagnosis_level": 3, "guardian_applied": True}
    outcomes = rehab.bulk(
        "enrol_persons",
        [
            enrolment(1, "psych_drug"),
            enrolment(2, "psych_drug", **by_diagnosis),
            enrolment(3, "psych_drug", **by_diagnosis | {"diagnosis_level": 4}),
            enrolment(3, "psych_drug", **by_diagnosis | {"guardian_applied": False}),
            enrolment(4, "psych_drug"),
        ],
    )
    assert codes(outcomes) == [
        "created",
        "created",
        "rehab.diagnosis_level",
        "rehab.guardian_application",
        "rehab.certificate",
    ]
    assert (
        codes(rehab.bulk("record_services", [service(n, "psych_drug", "drug") for n in (1, 2)]))
        == ["created"] * 2
    )
    enrolled, uncertificated, *completed = rehab.events()
    assert isinstance(enrolled, PersonEnrolled)
    assert enrolled.basis == "certificate"
    assert uncertificated == PersonEnrolled(
        region=VILLAGE,
        enrolment_id=outcomes[1]["id"],
        person_id=identifier(2),
        programme="psych_drug",
        basis="diagnosis",
        enrolled_on=date(2024, 3, 1),
    )
    assert [(event.person_id, event.item, event.basis) for event in completed] == [
        (identifier(1), "drug", "certificate"),
        (identifier(2), "drug", "diagnosis"),
    ]


@pytest.mark.system("REH-02")
def test_children_train_once_a_year_and_the_county_takes_them_up_to_its_own_age(rehab):
    rehab.feed(
        "registry",
        [person(1, "2020-05"), certificate(1, "hearing", 1), person(2, "2008-05"), person(3, "2006-01")],
    )
    by_diagnosis = {"basis": "diagnosis"}
    outcomes = rehab.bulk(
        "enrol_persons",
        [
            enrolment(1, "child"),
            enrolment(2, "child", **by_diagnosis),
            enrolment(3, "child", **by_diagnosis),
        ],
    )
    assert codes(outcomes) == ["created", "created", "rehab.age"]
    outcomes = rehab.bulk(
        "record_services",
        [
            service(1, "child", "training"),
            service(1, "child", "training", ref="again", completed_on="2024-12-01"),
            service(2, "child", "training"),
            service(3, "child", "training"),
            service(2, "child", "surgery"),
        ],
    )
    assert codes(outcomes) == ["created", "rehab.item_limit", "created", "rehab.not_enrolled", "rehab.item"]
    next_year = {"ref": "E-2025", "enrolled_on": "2025-01-10"}
    assert codes(rehab.bulk("enrol_persons", [enrolment(1, "child", **next_year)])) == ["created"]
    again = service(1, "child", "training", ref="S-2025", completed_on="2025-06-30")
    assert codes(rehab.bulk("record_services", [again])) == ["created"]


@pytest.mark.system("REH-03")
def test_a_child_gets_a_device_and_an_orthosis_beside_the_training(rehab):
    rehab.feed("registry", [person(1, "2020-05"), certificate(1, "physical", 3)])
    rehab.bulk("enrol_persons", [enrolment(1, "child")])
    items = [
        service(1, "child", "training"),
        service(1, "child", "device"),
        service(1, "child", "prosthesis_orthosis", free=False),
        service(1, "child", "device", ref="second"),
    ]
    assert codes(rehab.bulk("record_services", items)) == [
        "created",
        "created",
        "created",
        "rehab.item_limit",
    ]
    completed = rehab.events()[1:]
    assert [(event.item, event.free) for event in completed] == [
        ("training", True),
        ("device", True),
        ("prosthesis_orthosis", False),
    ]


@pytest.mark.system("REH-04")
def test_cataract_surgery_counts_eyes_and_tells_the_free_ones_apart(rehab):
    rehab.feed("registry", [person(1, "1950-02"), certificate(1, "visual", 3), person(2, "1948-11")])
    outcomes = rehab.bulk(
        "enrol_persons", [enrolment(1, "cataract"), enrolment(2, "cataract", basis="diagnosis")]
    )
    assert codes(outcomes) == ["created", "created"]
    operations = [
        service(1, "cataract", "surgery"),
        service(1, "cataract", "surgery", ref="other-eye", free=False),
        service(2, "cataract", "surgery"),
        service(1, "cataract", "surgery", ref="third-eye"),
    ]
    assert codes(rehab.bulk("record_services", operations)) == [
        "created",
        "created",
        "created",
        "rehab.item_limit",
    ]
    surgeries = [event for event in rehab.events() if isinstance(event, ServiceCompleted)]
    assert [event.free for event in surgeries] == [True, False, True]


@pytest.mark.system("REH-09")
def test_care_is_given_in_three_modes_to_whom_it_is_for(rehab):
    holders = [("intellectual", 4), ("mental", 3), ("physical", 2), ("physical", 3), ("hearing", 1)]
    facts = [[person(n), certificate(n, *held)] for n, held in enumerate(holders, start=1)]
    rehab.feed(
        "registry", [event for pair in facts for event in pair] + [person(6, "2012-01"), certificate(6)]
    )
    outcomes = rehab.bulk(
        "enrol_persons",
        [
            enrolment(1, "care", mode="boarding"),
            enrolment(2, "care", mode="day"),
            enrolment(3, "care", mode="home"),
            enrolment(4, "care", mode="home"),
            enrolment(5, "care", mode="home"),
            enrolment(6, "care", mode="home"),
            enrolment(1, "care", ref="no-mode"),
        ],
    )
    assert codes(outcomes) == [
        *["created"] * 3,
        "rehab.category",
        "rehab.category",
        "rehab.age",
        "rehab.already_enrolled",
    ]
    assert [event.mode for event in rehab.events()] == ["boarding", "day", "home"]
    assert codes(rehab.bulk("record_services", [service(3, "care", "care_period")])) == ["created"]


@pytest.mark.system("REH-10")
def test_homes_of_severely_disabled_persons_in_hardship_are_retrofitted_once_for_each_kind(rehab):
    rehab.feed(
        "registry",
        [
            household(1, "hardship", "multiple_disabled"),
            household(2, "old_carer"),
            household(3, "dibao"),
            household(4, "dibao"),
            *[event for n in (1, 2) for event in (person(n, household=n), certificate(n, "physical", 1))],
            *[person(3, household=3), certificate(3, "physical", 3)],
            *[person(4, household=4), certificate(4, expires_on=date(2024, 10, 14))],
        ],
    )
    outcomes = rehab.bulk(
        "accept_retrofits",
        [
            *[retrofit(n) for n in (1, 2, 3, 4)],
            retrofit(1, ref="H-again", batch="supplementary"),
            retrofit(1, ref="H-age", kind="age_friendly"),
            retrofit(2, ref="H-age-2", kind="age_friendly"),
            retrofit(9),
        ],
    )
    assert codes(outcomes) == [
        "created",
        "rehab.household_flags",
        "rehab.severe_member",
        "rehab.severe_member",
        "rehab.already_retrofitted",
        "created",
        "created",
        "rehab.unknown_household",
    ]
    accepted = rehab.events()
    assert [(event.household_id, event.kind) for event in accepted] == [
        (identifier(1), "barrier_free"),
        (identifier(1), "age_friendly"),
        (identifier(2), "age_friendly"),
    ]
    assert accepted[0] == RetrofitAccepted(
        region=VILLAGE,
        retrofit_id=outcomes[0]["id"],
        household_id=identifier(1),
        batch="joint",
        kind="barrier_free",
        accepted_on=date(2024, 10, 15),
    )
