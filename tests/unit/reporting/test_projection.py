"""Events become facts."""

from datetime import date

import pytest

from contracts.message import Event
from contracts.registry.network import VolunteerHoursRecorded
from contracts.subsidy import PaymentMade
from kernel.errors import Invalid
from services.reporting import definitions
from services.reporting.domain.catalogue import dimensions_of, dimensions_text
from services.reporting.domain.projection import facts_of
from tests.services.reporting.factories import cancelled, changed, issued, paid, retrofitted, served


def facts(event: Event) -> set[tuple[str, str, int]]:
    made = facts_of(definitions.catalogue(), event.TYPE, event)
    return {(fact.indicator, fact.dims, fact.value) for fact in made}


def test_a_first_certificate_adds_to_the_stock_and_counts_as_an_act():
    assert facts(issued(1, category="mental", grade=2, mode="home_visit")) == {
        ("registry.persons.certified", "category=mental;grade=2", 1),
        ("registry.certificate.issued", "action=new;mode=home_visit", 1),
    }


def test_a_change_leaves_one_cell_and_enters_another():
    assert facts(changed(1, "2024-01-01", ("visual", 1), ("visual", 3))) == {
        ("registry.persons.certified", "category=visual;grade=1", -1),
        ("registry.persons.certified", "category=visual;grade=3", 1),
        ("registry.certificate.issued", "action=change;mode=office", 1),
    }


def test_a_change_to_the_same_assessment_moves_the_stock_by_nothing():
    made = facts_of(
        definitions.catalogue(),
        "registry.certificate_changed.v1",
        changed(1, "2024-01-01", ("visual", 1), ("visual", 1)),
    )
    assert sum(fact.value for fact in made if fact.indicator == "registry.persons.certified") == 0


def test_a_cancellation_takes_from_the_stock_alone():
    assert facts(cancelled(1, "2024-01-01")) == {
        ("registry.persons.certified", "category=visual;grade=1", -1)
    }


def test_a_payment_is_counted_as_a_whole_and_by_source():
    assert facts(paid(1, "12000.00", {"superior": "7000.00", "county": "5000.00"})) == {
        ("subsidy.care.amount", "mode=boarding;source=all", 1200000),
        ("subsidy.care.amount", "mode=boarding;source=superior", 700000),
        ("subsidy.care.amount", "mode=boarding;source=county", 500000),
        ("subsidy.care.persons", "mode=boarding", 1),
        ("subsidy.coverage.persons", "state=paid", 1),
    }


def test_two_shares_of_one_source_are_added_up():
    event = paid(1, "3.00", {"county": "1.00"})
    assert isinstance(event, PaymentMade)
    twice = event.model_copy(update={"sources": [*event.sources, event.sources[0], event.sources[0]]})
    assert ("subsidy.care.amount", "mode=boarding;source=county", 300) in facts(twice)


def test_an_event_no_figure_needs_has_no_facts():
    assert facts(served(1, "2024-01-01", "child", "assessment")) == set()


def test_a_household_is_the_subject_of_a_retrofit():
    [fact] = [
        fact
        for fact in facts_of(definitions.catalogue(), "rehab.retrofit_accepted.v1", retrofitted(7))
        if fact.indicator == "rehab.home_retrofit.households"
    ]
    assert (fact.subject, fact.day) == (f"{7:032x}", date(2024, 9, 1))


def test_dimensions_have_one_text():
    assert dimensions_text({"grade": "1", "category": "visual"}) == "category=visual;grade=1"
    assert dimensions_of("category=visual;grade=1") == {"category": "visual", "grade": "1"}
    assert dimensions_of(dimensions_text({})) == {}
    with pytest.raises(Invalid, match=r"reporting\.dimension_text"):
        dimensions_text({"mode": "a;b"})


def test_hours_are_whole_numbers_and_those_taken_back_count_less():
    recorded = VolunteerHoursRecorded(
        region="341524000000",
        volunteer_id="1" * 32,
        volunteer_hours_id="2" * 32,
        activity_id=None,
        origin="office_staff",
        since=date(2015, 1, 1),
        until=date(2015, 12, 31),
        hours=-6,
    )
    assert facts(recorded) == {("registry.volunteer.hours", "org=office_staff", -6)}
