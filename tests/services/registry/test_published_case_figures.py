"""Figures that offices published, from operations of the registry to cells of a snapshot."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.services.registry.case_records import NETWORK, case, handled, received, step, taken
from tests.services.registry.factories import citizen, person
from tests.services.registry.test_legal_aid import AGENCY
from tests.services.registry.test_proposals import proposal
from tests.services.registry.test_proposals import step as proposal_step
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import VILLAGE

Figure = Callable[..., Any]


def test_nanchang_2015_no_escalated_group_or_skip_level_visits_and_a_network_of_three_levels(
    registry: Harness, figure: Callable[[str], Figure]
):
    registry.bulk("register_handling_units", NETWORK)
    received(registry, *(case(f"X-{day}", f"2015-06-0{day}", persons=day) for day in range(1, 5)))
    shown = figure("2015")
    assert shown("registry.petition.received") == 4
    assert shown("registry.petition.escalated_visits", "destination=province_or_beijing") == 0
    assert shown("registry.petition.group_visits") == 0
    assert shown("registry.petition.skip_level_visits") == 0
    levels = ("county", "township", "village")
    assert sum(shown("registry.petition.network_units", f"level={level}") > 0 for level in levels) == 3


def test_what_did_not_happen_at_nanchang_is_counted_where_it_does(
    registry: Harness, figure: Callable[[str], Figure]
):
    received(
        registry,
        case("A", "2015-01-01", persons=5),
        case("B", "2015-12-31", reached="capital", skipped_level=True, repeat_of="A"),
        case("C", "2015-06-01", reached="province"),
        case("D", "2015-06-01", reached="city"),
        case("E", "2016-01-01", persons=9, reached="capital", skipped_level=True),
    )
    shown = figure("2015")
    assert shown("registry.petition.escalated_visits", "destination=province_or_beijing") == 2
    assert shown("registry.petition.group_visits") == 1
    assert shown("registry.petition.skip_level_visits") == 1
    assert shown("registry.petition.repeat_visits") == 1


def test_luan_2018_every_letter_and_visit_was_replied_to(registry: Harness, figure: Callable[[str], Figure]):
    registry.bulk("register_handling_units", NETWORK)
    received(
        registry,
        case("A", "2018-02-01", channel="letter"),
        case("B", "2018-03-01", channel="visit"),
        case("C", "2018-06-30", channel="visit"),
    )
    taken(registry, *handled("A", "2018-02-02", "2018-03-01"), *handled("B", "2018-03-01", "2018-04-01"))
    # Answered after the half-year, and of its cases all the same.
    taken(registry, *handled("C", "2018-07-02", "2018-07-20", outcome="explained"))
    shown = figure("2018H1")
    assert shown("registry.petition.reply_rate") == "100.00"
    assert shown("registry.petition.resolution_rate") == "66.67"
    assert shown("registry.petition.received", "channel=visit") == 2


def test_a_case_that_is_not_accepted_has_been_replied_to_and_an_open_one_has_not(
    registry: Harness, figure: Callable[[str], Figure]
):
    received(registry, case("A", "2018-02-01"), case("B", "2018-02-01"))
    taken(registry, step("decline", "2018-02-10", "A"))
    assert figure("2018")("registry.petition.reply_rate") == "50.00"


def test_jinzhai_2024_hotline_and_mailbox_satisfied_and_nobody_came_again(
    registry: Harness, figure: Callable[[str], Figure]
):
    registry.bulk("register_handling_units", NETWORK)
    channels = {"A": "hotline_12345", "B": "secretary_mailbox", "C": "visit"}
    received(registry, *(case(ref, "2024-05-06", channel=channel) for ref, channel in channels.items()))
    for ref in channels:
        taken(registry, *handled(ref, "2024-05-06", "2024-05-09"))
    shown = figure("2024")
    assert shown("registry.petition.hotline_satisfaction_rate") == "100.00"
    assert shown("registry.petition.satisfaction_rate") == "100.00"
    assert shown("registry.petition.repeat_visits") == 0
    assert shown("registry.petition.settled") == 3
    assert shown("registry.petition.overdue") == 0


def test_one_who_is_not_satisfied_and_one_who_waited_too_long_are_seen(
    registry: Harness, figure: Callable[[str], Figure]
):
    registry.bulk("register_handling_units", NETWORK)
    received(registry, case("A", "2024-03-01", channel="hotline_12345"), case("B", "2024-03-01"))
    *steps, rating = handled("A", "2024-03-04", "2024-03-12")
    taken(registry, *steps, rating | {"satisfied": False}, *handled("B", "2024-03-01", "2024-03-02"))
    shown = figure("2024")
    assert shown("registry.petition.hotline_satisfaction_rate") == "0.00"
    assert shown("registry.petition.satisfaction_rate") == "50.00"
    assert shown("registry.petition.overdue", "clock=answer") == 1
    assert shown("registry.petition.overdue", "clock=notice") == 0


def test_jinzhai_2024_held_six_screening_rounds(registry: Harness, figure: Callable[[str], Figure]):
    rounds = [
        {"ref": f"K-{month}", "region": COUNTY, "held_on": f"2024-{month:02d}-06"}
        for month in range(1, 13, 2)
    ]
    registry.bulk("record_screening_rounds", [*rounds, rounds[0] | {"ref": "K-0", "held_on": "2023-12-31"}])
    found = {"round_ref": "K-1", "kind": "land", "region": VILLAGE, "found_on": "2024-01-08"}
    registry.bulk("record_disputes", [found | {"ref": ref} for ref in ("J-1", "J-2", "J-3", "J-4")])
    for action in ("mediate", "settle"):
        steps = [
            {"ref": f"{ref}-{action}", "dispute_ref": ref, "action": action, "acted_on": "2025-01-02"}
            for ref in ("J-1", "J-2", "J-3")
        ]
        registry.bulk("record_dispute_acts", steps)
    shown = figure("2024")
    assert shown("registry.petition.dispute_screenings") == 6
    assert shown("registry.petition.dispute_settlement_rate") == "75.00"


def test_suzhou_2007_forty_four_institutions_helped_2468_persons(
    registry: Harness, figure: Callable[[str], Figure]
):
    agencies = [AGENCY | {"ref": f"F-{number}", "registered_on": "2007-01-01"} for number in range(45)]
    registry.bulk("register_legal_agencies", agencies)
    numbers = [citizen(n % 999 + 1, date(1960, 5, 1 + n // 999)) for n in range(2468)]
    people = [person(id_number=number, registered_on="2007-01-01") for number in numbers]
    ids = [
        outcome["id"]
        for first in range(0, len(people), 1000)
        for outcome in registry.bulk("register_persons", people[first : first + 1000])
    ]
    ids.append(ids[0])  # who is helped twice is one person
    for first in range(0, len(ids), 1000):
        part = list(enumerate(ids[first : first + 1000], start=first))
        asked = {"kind": "consultation", "requested_on": "2007-03-01"}
        registry.bulk(
            "record_legal_aid",
            [asked | {"ref": f"L-{n}", "person_id": each, "agency_ref": f"F-{n % 44}"} for n, each in part],
        )
        for action, more in (("grant", {}), ("give", {"outcome": "advised", "hours": 1})):
            step_of = {"action": action, "acted_on": "2007-03-02"} | more
            steps = [step_of | {"ref": f"L-{n}-{action}", "legal_aid_ref": f"L-{n}"} for n, _ in part]
            assert {outcome["outcome"] for outcome in registry.bulk("record_legal_aid_acts", steps)} == {
                "created"
            }
    shown = figure("2007")
    assert shown("registry.legal_aid.institutions") == 44
    assert shown("registry.legal_aid.persons") == 2468
    assert shown("registry.legal_aid.cases") == 2469


def test_luan_2018_two_proposals_assigned_in_march_and_replied_to_in_june_to_all_satisfaction(
    registry: Harness, figure: Callable[[str], Figure]
):
    numbers = ("174", "277")
    registry.bulk("record_proposals", [proposal(number, assigned_on="2018-03-30") for number in numbers])
    for number in numbers:
        steps = [
            proposal_step("consult", "2018-05-10", number),
            proposal_step("reply", "2018-06-28", number),
            proposal_step("rate", "2018-06-30", number),
        ]
        registry.bulk("record_proposal_acts", steps)
    shown = figure("2018H1")
    assert shown("registry.proposal.handled") == 2
    assert shown("registry.proposal.handled", "kind=consultative_proposal") == 2
    assert shown("registry.proposal.satisfaction_rate") == "100.00"
    assert shown("registry.proposal.late") == 0


def test_jinzhai_2024_one_key_proposal_was_replied_to_in_class_a(
    registry: Harness, figure: Callable[[str], Figure]
):
    registry.bulk("record_proposals", [proposal("79", key=True), proposal("80")])
    steps = [proposal_step("consult", "2024-05-10"), proposal_step("reply", "2024-06-28")]
    registry.bulk("record_proposal_acts", steps)
    shown = figure("2024")
    assert shown("registry.proposal.assigned") == 2
    assert shown("registry.proposal.handled") == 1
    assert shown("registry.proposal.handled", "class=A") == 1
    assert shown("registry.proposal.satisfaction_rate") is None
