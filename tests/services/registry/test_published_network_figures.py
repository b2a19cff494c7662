"""Figures of the organisation network that offices published, from operations to cells of a snapshot."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import pytest

from tests.services.registry.factories import citizen, household, person
from tests.services.registry.network_records import (
    activity,
    appointment,
    archive,
    attendance,
    delegate,
    facility,
    fund,
    hours,
    organisation,
    pair,
    project,
    stands,
    step,
    term,
    training,
    volunteer,
)
from tests.support.platform import COUNTY, OFFICE, Harness
from tests.support.registry_events import TOWNSHIP, VILLAGE

Figure = Callable[..., Any]
Record = dict[str, Any]

SPECIAL = ("blind", "deaf", "physical", "intellectual", "mental")


def thousands(records: Iterable[Record]) -> Iterator[list[Record]]:
    """As many as a command takes at once."""
    rest = iter(records)
    while part := list(islice(rest, 1000)):
        yield part


def all_stand(registry: Harness, method: str, records: Iterable[Record]) -> list[str]:
    """Record many; their identifiers."""
    ids = []
    for part in thousands(records):
        outcomes = registry.bulk(method, part)
        assert {outcome["outcome"] for outcome in outcomes} == {"created"}
        ids += [outcome["id"] for outcome in outcomes]
    return ids


def divisions(townships: int, villages: int) -> tuple[list[str], list[str]]:
    """Codes of made-up divisions in the county, beside those that tests know by name."""
    above = [f"{OFFICE}{500 + number:03d}000" for number in range(townships)]
    below = [f"{above[number % townships][:9]}{number // townships + 1:03d}" for number in range(villages)]
    return above, below


@pytest.mark.system("REG-09")
@pytest.mark.system("REG-11")
def test_suzhou_2007_every_township_and_village_has_its_federation_and_a_commissioner_who_was_trained(
    registry: Harness, figure: Callable[[str], Figure]
):
    above, below = divisions(99, 1828)
    places = [{"code": code, "name": "某地", "valid_from": "1949-10-01"} for code in above + below]
    for part in thousands(places):
        registry.bulk("record_regions", part, registry.caller("system"))
    kinds = dict.fromkeys(above, "federation") | dict.fromkeys(below, "village_association")
    all_stand(
        registry,
        "register_organisations",
        (organisation(f"O-{code}", code, kind=kind) for code, kind in kinds.items()),
    )
    taken_up = (appointment(f"P-{code}", f"O-{code}", appointed_on="2005-01-01") for code in kinds)
    all_stand(registry, "record_appointments", taken_up)
    classes = [f"C-{number}" for number in range(24)]
    stands(
        registry,
        "record_staff_trainings",
        *(training(ref, planned_on="2007-01-05", organised_by="city") for ref in classes),
    )
    held = [step("staff_training", ref, "hold", "2007-06-01", sessions=2) for ref in classes]
    stands(registry, "record_staff_training_acts", *held)
    attended = [
        attendance(f"A-{code}", classes[number % 24], appointment_ref=f"P-{code}", attended_on="2007-05-30")
        for number, code in enumerate(kinds)
    ]
    # One of them came to two classes.
    attended.append(attended[0] | {"ref": "A-again", "staff_training_ref": classes[1]})
    all_stand(registry, "record_training_attendances", attended)
    shown = figure("2007")
    assert shown("registry.org.township_federations") == 99
    assert shown("registry.org.village_associations") == 1828
    assert shown("registry.org.commissioners") == 1927
    assert shown("registry.org.training_classes") == 24
    assert shown("registry.org.commissioners_trained") == 1927
    assert shown("registry.org.commissioners_trained", "level=township") == 99
    assert shown("registry.org.commissioner_training_attended") == 1927
    gaps = registry.call("list_network_gaps", {"day": "2007-12-31", "missing": ["commissioner"]})["gaps"]
    assert not {each["region"] for each in gaps} & kinds.keys()


@pytest.mark.system("REG-10")
def test_luan_2018_the_fourth_congress_elects_and_the_five_associations_have_chairs(
    registry: Harness, figure: Callable[[str], Figure]
):
    stands(registry, "register_organisations", organisation())
    stands(registry, "record_terms", term())
    stands(registry, "record_delegates", *(delegate(f"D-{number}") for number in range(9)))
    verdicts = ["reject", *["qualify"] * 8]
    checks = [step("delegate", f"D-{n}", verdict, "2018-05-19") for n, verdict in enumerate(verdicts)]
    stands(registry, "record_delegate_acts", *checks)
    stands(registry, "record_term_acts", step("term", "T-4", "elect", "2018-05-20"))
    for kind in SPECIAL:
        ref = f"O-{kind}"
        stands(
            registry,
            "register_organisations",
            organisation(ref, kind=f"{kind}_association", established_on="2018-05-20"),
        )
        chair = appointment(f"P-{kind}", ref, post="chair", term_ref="T-4", appointed_on="2018-05-20")
        stands(registry, "record_appointments", chair)
    stands(registry, "record_term_acts", step("term", "T-4", "take_office", "2018-05-21"))
    money = fund(organisation_ref="O-deaf", amount="30000.00", received_on="2018-06-01", purpose="activity")
    stands(registry, "record_organisation_funds", money, fund("G-2", "500.00", received_on="2018-06-01"))
    stands(
        registry, "record_activities", activity(organisation_ref="O-deaf", held_on="2018-06-10", cost="99.90")
    )
    shown = figure("2018H1")
    assert shown("registry.org.associations") == 5
    assert [shown("registry.org.associations", f"kind={kind}_association") for kind in SPECIAL] == [1] * 5
    assert shown("registry.org.delegates_qualified") == 8
    assert shown("registry.org.terms_started") == 1
    assert shown("registry.org.funds", "organisation=special_association") == "30000.00"
    assert shown("registry.org.activities", "organisation=special_association") == 1
    assert shown("registry.org.activity_costs") == "99.90"


@pytest.mark.system("REG-09")
def test_luan_2018_one_home_for_each_township(registry: Harness, figure: Callable[[str], Figure]):
    stands(registry, "register_organisations", organisation("O-T", TOWNSHIP))
    stands(registry, "register_facilities", facility(opened_on="2018-03-01"))
    stands(registry, "register_facilities", facility("B-2", kind="work_station", opened_on="2018-03-01"))
    shown = figure("2018H1")
    assert shown("registry.org.homes") == 1
    assert shown("registry.org.homes_per_township") == "1.00"
    assert shown("registry.facility.count", "facility=work_station") == 1


@pytest.mark.system("REG-16")
def test_nanchang_2015_the_hours_of_two_years_are_kept_apart_and_then_fit_the_yearly_average(
    registry: Harness, figure: Callable[..., Any]
):
    refs = [f"W-{number}" for number in range(18)]
    stands(registry, "register_volunteers", *(volunteer(ref) for ref in refs))
    stands(
        registry, "record_volunteer_acts", *(step("volunteer", ref, "activate", "2014-01-01") for ref in refs)
    )
    # 1376 hours in 2014 and 1375 in 2015: the 2751 that the office reported in one number.
    for year, total in ((2014, 1376), (2015, 1375)):
        each, more = divmod(total, 18)
        served = [
            hours(
                f"S-{year}-{ref}",
                each + (number < more),
                volunteer_ref=ref,
                since=f"{year}-01-01",
                until=f"{year}-12-31",
            )
            for number, ref in enumerate(refs)
        ]
        stands(registry, "record_volunteer_hours", *served)
    stands(registry, "register_organisations", organisation())
    held = [
        activity(f"H-{number}", kind="volunteering", held_on=f"2015-0{number}-05", volunteers=18, helped=68)
        for number in range(1, 8)
    ]
    stands(registry, "record_activities", *held)
    before, shown = figure("2014", "2015")
    assert shown("registry.volunteer.registered", "org=office_staff") == 18
    sums = [year("registry.volunteer.hours", "org=office_staff") for year in (before, shown)]
    assert sums == [1376, 1375]
    assert sum(sums) == 2751
    assert shown("registry.volunteer.hours_per_year_avg") == "76.39"
    assert shown("registry.volunteer.activities") == 7
    assert shown("registry.volunteer.persons_helped") == 7 * 68


@pytest.mark.system("REG-16")
def test_hours_taken_back_lower_the_year_for_which_they_were_recorded(
    registry: Harness, figure: Callable[..., Any]
):
    stands(registry, "register_volunteers", volunteer())
    stands(registry, "record_volunteer_acts", step("volunteer", "W-1", "activate", "2014-01-01"))
    stands(registry, "record_volunteer_hours", hours(count=90), hours("S-2", 20, corrects_ref="S-1"))
    assert figure("2015")("registry.volunteer.hours") == 70


@pytest.mark.system("REG-16")
def test_suzhou_2007_more_than_fifty_thousand_volunteers_went_out(
    registry: Harness, figure: Callable[[str], Figure]
):
    stands(registry, "register_organisations", organisation())
    out = activity(kind="volunteering", held_on="2007-05-20", participants=51000, volunteers=50001)
    stands(registry, "record_activities", out)
    assert figure("2007")("registry.volunteer.person_times") == 50001


def households_with_a_person(registry: Harness, count: int) -> list[tuple[str, str]]:
    homes = all_stand(
        registry,
        "register_households",
        (household(f"F-{n}", registered_on="2006-01-01") for n in range(count)),
    )
    people = (
        person(
            id_number=citizen(n % 999 + 1, date(1960, 5, 1 + n // 999)),
            household_ref=f"F-{n}",
            phone=None,
            bank_account=None,
            registered_on="2006-01-01",
        )
        for n in range(count)
    )
    return list(zip(homes, all_stand(registry, "register_persons", people), strict=True))


@pytest.mark.system("REG-17")
def test_nanchang_2015_three_hundred_persons_have_a_cadre_at_their_side(
    registry: Harness, figure: Callable[[str], Figure]
):
    people = households_with_a_person(registry, 303)
    stands(registry, "record_pairs", *(pair(f"R-{n}", *each) for n, each in enumerate(people)))
    social = pair("R-social", *people[0], helper_kind="social", paired_on="2015-06-01")
    over = [
        step("pair", "R-0", "end", "2015-05-01", reason="helper_left"),
        step("pair", "R-1", "visit", "2015-05-01"),
        step("pair", "R-1", "lift", "2015-05-02"),
        step("pair", "R-2", "end", "2015-05-01", reason="moved_away"),
    ]
    stands(registry, "record_pair_acts", *over)
    stands(registry, "record_pairs", social)
    shown = figure("2015")
    assert shown("registry.pairing.persons", "helper=section_level_cadre") == 300
    assert shown("registry.pairing.persons") == 301


@pytest.mark.slow
@pytest.mark.system("REG-17")
def test_suzhou_2007_households_were_lifted_with_paired_help(
    registry: Harness, figure: Callable[[str], Figure]
):
    people = households_with_a_person(registry, 6595)
    made = (
        pair(f"R-{n}", *each, helper_kind="cadre" if n % 2 else "social", paired_on="2006-06-01")
        for n, each in enumerate(people)
    )
    all_stand(registry, "record_pairs", made)
    for action, day in (("visit", "2007-02-01"), ("lift", "2007-11-30")):
        acts = (step("pair", f"R-{n}", action, day) for n in range(len(people)))
        all_stand(registry, "record_pair_acts", acts)
    shown = figure("2007")
    assert shown("registry.pairing.households_lifted") == 6595
    assert shown("registry.pairing.visits") == 6595
    assert shown("registry.pairing.persons") == 0


@pytest.mark.system("REG-18")
def test_suzhou_2007_thirteen_service_centres_with_their_area_and_money(
    registry: Harness, figure: Callable[[str], Figure]
):
    # 13 centres, 19000 square metres, 34.408 million yuan.
    built = [
        facility(
            f"B-{number}",
            kind="service_centre",
            region=COUNTY,
            opened_on="2006-01-01",
            area=1500 if number else 900,
            investment="2646769.23" if number else "2646769.24",
        )
        for number in range(13)
    ]
    stands(
        registry,
        "register_facilities",
        *built,
        facility("B-home", opened_on="2006-01-01", area=200, investment="1.00"),
    )
    stands(registry, "record_facility_acts", step("facility", "B-0", "alter", "2007-03-01", area=1000))
    shut = facility("B-99", kind="service_centre", region=COUNTY, opened_on="2000-01-01", investment="9.99")
    stands(registry, "register_facilities", shut)
    stands(registry, "record_facility_acts", step("facility", "B-99", "close", "2007-06-30"))
    shown = figure("2007")
    assert shown("registry.facility.count", "facility=service_centre") == 13
    assert shown("registry.facility.area", "facility=service_centre") == 19000
    assert shown("registry.facility.built_investment", "facility=service_centre") == "34408000.00"
    assert shown("registry.facility.area") == 19200


@pytest.mark.system("REG-18")
def test_jinzhai_2024_the_regional_centre_is_approved_and_started(
    registry: Harness, figure: Callable[[str], Figure]
):
    stands(registry, "record_projects", project(serves="金寨、叶集"))
    stands(
        registry,
        "record_project_acts",
        step("project", "J-1", "approve", "2024-03-01", amount="11880000.00", expected_output="8000000.00"),
        step("project", "J-1", "tender", "2024-08-01"),
        step("project", "J-1", "start", "2024-10-11"),
        step("project", "J-1", "pay", "2024-11-01", amount="2000000.00"),
        step("project", "J-1", "take_back", "2024-12-01", amount="500000.00"),
    )
    shown = figure("2024")
    assert shown("registry.facility.investment", "facility=regional_rehab_centre") == "11880000.00"
    assert shown("registry.facility.output", "facility=regional_rehab_centre") == "8000000.00"
    assert shown("registry.facility.milestones", "milestone=started") == 1
    assert shown("registry.facility.milestones", "milestone=accepted") == 0
    assert shown("registry.facility.paid") == "1500000.00"


@pytest.mark.system("REG-19")
def test_a_communitys_work_and_rehabilitation_archives_of_the_year_are_closed(
    registry: Harness, figure: Callable[..., Any]
):
    stands(registry, "register_organisations", organisation("O-V", VILLAGE))
    stands(registry, "record_archives", archive(), archive("E-2", kind="rehabilitation"))
    closed = [
        step("archive", "E-1", "sort", "2024-02-01", documents=12),
        step("archive", "E-1", "archive", "2024-03-01", shelf="2023-1"),
    ]
    stands(registry, "record_archive_acts", *closed)
    before, after = figure("2023", "2024")
    assert before("registry.archive.opened") == 2
    assert after("registry.archive.closed") == 1
    assert after("registry.archive.closed", "kind=rehabilitation") == 0
