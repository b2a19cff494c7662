"""Organisations, their posts, money and activities; where the network has gaps."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts.registry import network as messages
from services.registry.network_tables import (
    activities,
    appointment_acts,
    appointments,
    organisation_acts,
    organisation_funds,
    organisations,
)
from tests.services.registry.factories import registered
from tests.services.registry.network_records import (
    CREATED,
    NAME,
    NETWORK,
    UNCHANGED,
    activity,
    appointment,
    facility,
    fund,
    organisation,
    recorded,
    stands,
    step,
)
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE


@pytest.fixture
def network(registry: Harness) -> Harness:
    """The registry with organisations of county, township and village."""
    stands(registry, "register_organisations", *NETWORK)
    return registry


def ended(ref: str = "P-1", acted_on: str = "2024-06-30", **changes: Any) -> dict[str, Any]:
    return step("appointment", ref, "end", acted_on, **({"reason": "resigned"} | changes))


@pytest.mark.system("REG-09")
def test_an_organisation_is_set_up_meets_the_standard_and_is_dissolved(network: Harness):
    steps = [
        step("organisation", "O-V", "qualify", "2010-05-01"),
        step("organisation", "O-V", "disqualify", "2015-05-01"),
        step("organisation", "O-V", "qualify", "2016-05-01"),
        step("organisation", "O-V", "dissolve", "2020-05-01"),
    ]
    assert recorded(network, "record_organisation_acts", *steps) == [CREATED] * 4
    told: list[Any] = [each for each in network.events() if isinstance(each, messages.OrganisationEvent)]
    assert [(each.kind, each.level) for each in told[:3]] == [
        ("federation", "county"),
        ("federation", "township"),
        ("village_association", "village"),
    ]
    assert [each.TYPE.split(".")[1] for each in told[3:]] == [
        "organisation_qualified",
        "organisation_disqualified",
        "organisation_qualified",
        "organisation_dissolved",
    ]
    assert told[-1].was_qualified
    shown = network.call("list_organisations", {"kind": "village_association"})["organisations"]
    assert [(each["ref"], each["state"], each["last_act_on"]) for each in shown] == [
        ("O-V", "dissolved", "2020-05-01")
    ]


@pytest.mark.system("REG-09")
def test_a_commissioner_takes_up_the_post_and_leaves_it_by_another_entry(network: Harness):
    [person] = registered(network)
    held = appointment(organisation_ref="O-V", person_id=person, holder=NAME, full_time=True)
    stands(network, "record_appointments", held)
    before = network.rows(appointments)
    assert recorded(network, "record_appointment_acts", ended()) == [CREATED]
    made, left = network.events()[-2:]
    assert isinstance(made, messages.AppointmentMade)
    assert isinstance(left, messages.AppointmentEnded)
    assert (made.post, made.level, made.full_time, made.person_id) == (
        "commissioner",
        "village",
        True,
        person,
    )
    assert (left.appointment_id, left.reason) == (made.appointment_id, "resigned")
    assert NAME not in str(network.event_rows()) + str(before)
    [shown] = network.call("list_appointments", {"states": ["ended"]})["appointments"]
    assert (shown["ended_on"], shown["appointed_on"]) == ("2024-06-30", "2020-01-01")


def test_two_do_not_hold_the_chair_at_once_and_many_serve_on_the_staff(network: Harness):
    chair = appointment(post="chair")
    others = [appointment(f"P-{number}", post="staff") for number in (2, 3)]
    assert recorded(network, "record_appointments", chair, chair | {"ref": "P-9"}, *others) == [
        CREATED,
        ("registry.post_taken", "post"),
        CREATED,
        CREATED,
    ]
    stands(network, "record_appointment_acts", ended())
    stands(network, "record_appointments", chair | {"ref": "P-9", "appointed_on": "2024-07-01"})


def test_a_registered_person_holds_the_same_post_once_at_a_time(network: Harness):
    [person] = registered(network)
    held = appointment(person_id=person)
    assert recorded(
        network,
        "record_appointments",
        held,
        held | {"ref": "P-2"},
        held | {"ref": "P-3", "post": "staff"},
        held | {"ref": "P-4", "organisation_ref": "O-T"},
    ) == [CREATED, ("registry.post_held_already", "person_id"), CREATED, CREATED]
    stands(network, "record_appointment_acts", ended())
    stands(network, "record_appointments", held | {"ref": "P-2", "appointed_on": "2024-07-01"})


def test_what_does_not_fit_an_organisation_is_refused(network: Harness):
    assert recorded(
        network,
        "register_organisations",
        organisation("O-2"),
        organisation("O-3", VILLAGE, kind="federation"),
        organisation("O-4", TOWNSHIP, kind="village_association"),
        organisation("O-5", kind="blind_association", established_on="1949-01-01"),
        organisation(organisation="别的名称"),
        organisation("O-6", kind="club"),
    ) == [
        ("registry.organisation_exists", "kind"),
        ("registry.organisation_level", "region"),
        ("registry.organisation_level", "region"),
        ("registry.unknown_region", "region"),
        ("registry.organisation_differs", "organisation"),
        ("record.invalid", "kind"),
    ]
    assert recorded(
        network,
        "record_organisation_acts",
        step("organisation", "O-1", "disqualify", "2024-01-01"),
        step("organisation", "O-1", "qualify", "1999-12-31"),
        step("organisation", "O-9", "qualify", "2024-01-01"),
    ) == [
        ("registry.organisation_state", "action"),
        ("registry.act_out_of_order", "acted_on"),
        ("registry.unknown_organisation", "organisation_ref"),
    ]


def test_what_does_not_fit_a_post_is_refused(network: Harness):
    assert recorded(
        network,
        "record_appointments",
        appointment(post="emperor"),
        appointment(appointed_on="1999-12-31"),
        appointment(person_id="f" * 32),
        appointment(organisation_ref="O-9"),
        appointment(term_ref="T-9"),
    ) == [
        ("registry.unknown_word", "post"),
        ("registry.before_establishment", "appointed_on"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_organisation", "organisation_ref"),
        ("registry.unknown_term", "term_ref"),
    ]
    stands(network, "record_appointments", appointment())
    assert recorded(
        network, "record_appointment_acts", ended(acted_on="2019-12-31"), ended(), ended("P-2")
    ) == [
        ("registry.act_out_of_order", "acted_on"),
        CREATED,
        ("registry.unknown_appointment", "appointment_ref"),
    ]
    again = ended(acted_on="2024-07-01")
    assert recorded(network, "record_appointment_acts", again) == [("registry.appointment_state", "action")]


def test_an_organisation_is_not_dissolved_while_somebody_holds_a_post_there(network: Harness):
    stands(network, "record_appointments", appointment())
    dissolved = step("organisation", "O-1", "dissolve", "2024-12-31")
    assert recorded(network, "record_organisation_acts", dissolved) == [("registry.posts_held", "action")]
    stands(network, "record_appointment_acts", ended())
    stands(network, "record_organisation_acts", dissolved)
    assert recorded(network, "record_organisation_acts", dissolved) == [UNCHANGED]
    late = [appointment("P-2"), fund(), activity()]
    methods = ("record_appointments", "record_organisation_funds", "record_activities")
    refused = [("registry.organisation_state", "organisation_ref")]
    assert [recorded(network, method, record) for method, record in zip(methods, late, strict=True)] == [
        refused
    ] * 3
    # Its place is free for another one.
    stands(network, "register_organisations", organisation("O-1b", established_on="2025-01-01"))


@pytest.mark.system("REG-10")
def test_money_of_an_association_comes_in_is_taken_back_by_another_entry_and_is_spent(network: Harness):
    blind = organisation("O-B", kind="blind_association", organisation="盲人协会")
    stands(network, "register_organisations", blind)
    came = fund(organisation_ref="O-B", purpose="activity", amount="5000.00")
    back = came | {"ref": "G-2", "amount": "1200.50", "received_on": "2024-03-01", "corrects_ref": "G-1"}
    # The earlier amount may stand in the same command.
    stands(network, "record_organisation_funds", came, back)
    stands(network, "record_activities", activity(organisation_ref="O-B", cost="800.00"))
    amounts = [each.amount for each in network.events() if isinstance(each, messages.OrganisationFunded)]
    assert amounts == ["5000.00", "-1200.50"]
    asked = {"day": "2024-12-31", "kind": "blind_association"}
    [shown] = network.call("show_staffing", asked)["organisations"]
    assert (shown["funds"], shown["spent"], shown["activities"]) == ("3799.50", "800.00", 1)
    [early] = network.call("show_staffing", asked | {"day": "2024-02-15"})["organisations"]
    assert (early["funds"], early["spent"], early["activities"]) == ("5000.00", "0.00", 0)
    listed = network.call("list_organisation_funds", {"organisation_id": shown["organisation_id"]})["funds"]
    assert {(each["amount"], each["corrects_id"] is None) for each in listed} == {
        ("5000.00", True),
        ("1200.50", False),
    }
    assert len(listed) == 2


def test_money_that_cannot_be_is_refused(network: Harness):
    stands(network, "record_organisation_funds", fund(), fund("G-2", "10.00", corrects_ref="G-1"))
    assert recorded(
        network,
        "record_organisation_funds",
        fund("A", "0.00"),
        fund("B", "-5.00"),
        fund("C", purpose="dinner"),
        fund("D", "1.00", corrects_ref="G-1"),
        fund("E", "1.00", corrects_ref="G-2"),
        fund("F", "1.00", corrects_ref="G-1", organisation_ref="O-T"),
        fund("H", received_on="1999-12-31"),
        fund(amount="1000.01"),
    ) == [
        ("registry.amount_not_positive", "amount"),
        ("record.invalid", "amount"),
        ("registry.unknown_word", "purpose"),
        ("registry.corrected_already", "corrects_ref"),
        ("registry.correction_of_correction", "corrects_ref"),
        ("registry.correction_of_another", "corrects_ref"),
        ("registry.before_establishment", "received_on"),
        ("registry.organisation_fund_differs", "amount"),
    ]
    stands(network, "record_organisation_funds", fund("G-3", "5.00"))
    assert recorded(
        network,
        "record_organisation_funds",
        fund("I", "5.01", corrects_ref="G-3"),
        fund("K", "5.00", corrects_ref="G-3", received_on="2024-01-31"),
    ) == [
        ("registry.correction_too_large", "amount"),
        ("registry.correction_too_early", "corrects_ref"),
    ]


def test_an_activity_that_cannot_be_is_refused(network: Harness):
    assert recorded(
        network,
        "record_activities",
        activity(kind="war"),
        activity(volunteers=31),
        activity(held_on="1999-12-31"),
        activity(cost="-1.00"),
        activity(volunteers=30, helped=400),
    ) == [
        ("registry.unknown_word", "kind"),
        ("registry.volunteers_exceed", "volunteers"),
        ("registry.before_establishment", "held_on"),
        ("record.invalid", "cost"),
        CREATED,
    ]
    [shown] = network.call("list_activities", {})["activities"]
    assert (shown["volunteers"], shown["helped"], shown["cost"]) == (30, 400, "0.00")


@pytest.mark.system("REG-09")
def test_who_lacks_an_organisation_a_commissioner_or_a_home_is_flagged(network: Harness):
    everywhere = network.call("list_network_gaps", {"day": "2024-12-31"})["gaps"]
    assert {each["region"]: each["missing"] for each in everywhere} == {
        TOWNSHIP: ["commissioner", "home"],
        VILLAGE: ["commissioner"],
        OTHER_TOWNSHIP: ["organisation", "commissioner", "home"],
        OTHER_VILLAGE: ["organisation", "commissioner"],
    }
    stands(network, "record_appointments", appointment(organisation_ref="O-V"))
    stands(network, "record_appointments", appointment("P-2", organisation_ref="O-T"))
    # A home in one of its villages is the township's.
    stands(network, "register_facilities", facility(region=VILLAGE))
    asked = {"day": "2024-12-31", "region": TOWNSHIP}
    assert network.call("list_network_gaps", asked)["gaps"] == []
    stands(network, "record_appointment_acts", ended())
    [gap] = network.call("list_network_gaps", asked)["gaps"]
    assert (gap["region"], gap["division"], gap["missing"]) == (VILLAGE, "甲村", ["commissioner"])
    assert network.call("list_network_gaps", asked | {"day": "2024-06-29"})["gaps"] == []
    homeless = {"day": "2024-12-31", "missing": ["home"]}
    assert [each["region"] for each in network.call("list_network_gaps", homeless)["gaps"]] == [
        OTHER_TOWNSHIP
    ]


def test_gaps_come_page_by_page_and_within_the_callers_regions(network: Harness):
    page = network.call("list_network_gaps", {"day": "2024-12-31", "limit": 3})
    rest = network.call("list_network_gaps", {"day": "2024-12-31", "limit": 3, "after": page["after"]})
    assert (len(page["gaps"]), len(rest["gaps"]), rest["after"]) == (3, 1, None)
    there = network.call("list_network_gaps", {"day": "2024-12-31"}, network.clerk(OTHER_TOWNSHIP))["gaps"]
    assert {each["region"] for each in there} == {OTHER_TOWNSHIP, OTHER_VILLAGE}


@pytest.mark.system("REG-09")
def test_staff_and_places_of_each_community_are_shown_as_of_a_day(network: Harness):
    posts = [
        appointment(organisation_ref="O-V", full_time=True),
        appointment("P-2", organisation_ref="O-V", post="chair"),
        appointment("P-3", organisation_ref="O-V", post="vice_chair", appointed_on="2025-01-01"),
    ]
    stands(network, "record_appointments", *posts)
    stands(network, "register_facilities", facility(region=VILLAGE, kind="work_station"))
    shown = network.call("show_staffing", {"day": "2024-12-31", "region": VILLAGE})["organisations"]
    assert [(each["posts"], each["commissioners"], each["full_time"], each["places"]) for each in shown] == [
        (2, 1, 1, 1)
    ]
    stands(
        network,
        "record_appointment_acts",
        ended(),
        ended("P-2"),
    )
    stands(network, "record_organisation_acts", step("organisation", "O-T", "dissolve", "2024-08-01"))
    after = network.call("show_staffing", {"day": "2024-12-31"})["organisations"]
    assert {each["region"]: each["posts"] for each in after} == {COUNTY: 0, VILLAGE: 0}
    before = network.call("show_staffing", {"day": "2024-06-29"})["organisations"]
    assert {each["region"]: each["posts"] for each in before} == {COUNTY: 0, TOWNSHIP: 0, VILLAGE: 2}


def test_names_of_holders_are_revealed_with_a_purpose_only(network: Harness):
    stands(network, "record_appointments", appointment(organisation_ref="O-V", holder=NAME))
    [shown] = network.call("list_appointments", {})["appointments"]
    asked = {"kind": "appointment", "file_id": shown["appointment_id"], "purpose": "核对名册"}
    assert network.call("reveal_file", asked, network.auditor())["values"] == {"holder": NAME}
    assert network.audit_problems() == []
    with pytest.raises(Refused, match=r"registry\.unknown_appointment"):
        network.call("reveal_file", asked, network.clerk(OTHER_TOWNSHIP))


def test_the_history_of_posts_and_money_can_be_neither_changed_nor_deleted(network: Harness):
    stands(network, "record_appointments", appointment())
    stands(network, "record_organisation_funds", fund())
    stands(network, "record_activities", activity())
    stands(network, "record_appointment_acts", ended())
    stands(network, "record_organisation_acts", step("organisation", "O-V", "qualify", "2024-01-01"))
    for statement in (
        sa.update(appointment_acts).values(reason="died"),
        sa.delete(appointment_acts),
        sa.delete(organisation_acts),
        sa.update(organisation_funds).values(amount_fen=1),
        sa.delete(activities),
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            network.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_the_database_itself_keeps_a_division_to_one_organisation_of_a_kind(network: Harness):
    [row] = [each for each in network.rows(organisations) if each.ref == "O-V"]
    twin = {**row._mapping, "id": "f" * 32, "ref": "O-twin"}
    with pytest.raises(sa.exc.IntegrityError), network.runtime.database.write() as connection:
        connection.execute(sa.insert(organisations), twin)


def test_clerks_at_work_together_seat_one_chair_and_set_up_one_association(network: Harness):
    def seat(number: int) -> Any:
        return recorded(network, "record_appointments", appointment(f"P-{number}", post="chair"))[0][0]

    def set_up(number: int) -> Any:
        twin = organisation(f"O-B{number}", kind="blind_association")
        return recorded(network, "register_organisations", twin)[0][0]

    with ThreadPoolExecutor(6) as clerks:
        assert sorted(clerks.map(seat, range(6))) == ["created"] + ["registry.post_taken"] * 5
        assert sorted(clerks.map(set_up, range(6))) == ["created"] + ["registry.organisation_exists"] * 5


def test_nobody_takes_up_a_post_in_an_organisation_that_is_being_dissolved(network: Harness):
    def dissolve(_: int) -> Any:
        return recorded(
            network, "record_organisation_acts", step("organisation", "O-V", "dissolve", "2024-12-31")
        )[0][0]

    def take_up(number: int) -> Any:
        return recorded(network, "record_appointments", appointment(f"P-{number}", "O-V"))[0][0]

    with ThreadPoolExecutor(4) as clerks:
        ends = [clerks.submit(dissolve if number == 1 else take_up, number) for number in range(4)]
        outcomes = {end.result() for end in ends}
    [village] = [each for each in network.rows(organisations) if each.ref == "O-V"]
    held = [each for each in network.rows(appointments) if each.organisation_id == village.id]
    assert (village.state == "dissolved") == (held == [])
    assert outcomes <= {"created", "registry.posts_held", "registry.organisation_state"}


def test_a_thousand_records_take_a_handful_of_statements(network: Harness):
    statements: list[str] = []
    engine = network.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    for method, records in {
        "record_appointments": [appointment(f"P-{n}", post="staff", holder=NAME) for n in range(1000)],
        "record_appointment_acts": [ended(f"P-{n}") for n in range(1000)],
        "record_organisation_funds": [fund(f"G-{n}") for n in range(1000)],
    }.items():
        statements.clear()
        stands(network, method, *records)
        assert len(statements) <= 15, method
