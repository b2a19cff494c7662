"""SUB-06 to SUB-09 and SUB-11: vehicles, students, homes, visits, reliefs, from the start to the figure."""

import pytest

from chassis.rpc import Refused
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.services.subsidy.test_systems_monthly import sought
from tests.services.subsidy.whole_office import WholeOffice
from tests.support.bank import Bank


@pytest.mark.system("SUB-06")
def test_a_vehicle_is_applied_for_reviewed_approved_and_paid_and_one_whose_proof_fails_is_not(
    office: WholeOffice,
) -> None:
    drivers = office.holders(3, "43")
    office.claimed("fuel", "vehicle", drivers, "2024-03-01")
    office.stepped("fuel", "approve", drivers[:2], "2024-03-04")
    office.stepped("fuel", "refuse", drivers[2:], "2024-03-04", reason="false_material")
    office.stepped("fuel", "post", drivers[:2], "2024-03-05")
    office.stepped("fuel", "award", drivers[:2], "2024-03-20")

    run = office.paid("fuel", Bank({factories.account_number(drivers[0]): "B1"}))

    assert (run["state"], run["amount"]) == ("instructed", "520.00")
    figure = office.figures()
    assert (figure("subsidy.fuel.persons"), figure("subsidy.fuel.amount")) == (1, "260.00")
    assert figure("subsidy.claims.refused", "reason=false_material") == 1
    [payment] = figure.events("subsidy.fuel.persons")
    assert (payment["type"], payment["subject"]) == ("subsidy.payment_made.v1", drivers[1])
    assert office.again(run)["state"] == "paid"
    # The next year is reported one year ahead.
    office.grant("fuel", "vehicle", drivers[:1], period="2025", granted_on="2024-10-08")
    figure = office.figures()
    assert figure("subsidy.fuel.reported", "year=this") == 2
    assert figure("subsidy.fuel.reported", "year=next") == 1


@pytest.mark.system("SUB-07")
def test_a_task_is_set_students_apply_and_are_paid_and_the_task_is_overfulfilled(office: WholeOffice) -> None:
    students = {"higher": office.holders(3, "22", year=2004), "secondary_vocational": office.holders(2, "32")}
    office.rules_of("341524")
    for level, task in (("higher", "2"), ("secondary_vocational", "2"), ("all", "4")):
        office.set_task("subsidy.student_aid.persons", {"level": level}, task)
    for level, ids in students.items():
        office.claimed("student_aid", level, ids, "2024-09-02")
        office.stepped("student_aid", "approve", ids, "2024-09-03")
        office.stepped("student_aid", "award", ids, "2024-09-03")
    assert office.paid("student_aid")["amount"] == "16000.00"

    figure = office.figures()
    assert figure("subsidy.student_aid.persons", "level=higher") == 3
    assert figure("subsidy.student_aid.persons", "level=secondary_vocational") == 2
    assert figure("subsidy.student_aid.amount") == "16000.00"
    assert figure.completion("subsidy.student_aid.persons", "level=all") == "125.0"
    office.came_back(students["higher"][0], "2024-12-20")
    assert office.figures()("subsidy.student_aid.persons", "level=higher") == 2


@pytest.mark.system("SUB-08")
def test_a_home_is_graded_repaired_and_accepted_and_only_then_paid(office: WholeOffice) -> None:
    office.year = 2017
    office.rules_of("330109")
    homes = office.holders(2, "42", "hardship")
    repaired, sound = homes
    office.claimed("housing", "repair", homes, "2017-03-01")
    office.stepped("housing", "approve", homes, "2017-03-02")
    office.seen("housing", "danger_grade", [repaired], "D", on="2017-03-03")
    office.seen("housing", "works_begun", [repaired], on="2017-03-20")
    award = {
        "ref": "SD-1",
        "claim_ref": f"SQ-housing-{repaired}",
        "action": "award",
        "acted_on": "2017-05-08",
    }
    waits = office.subsidy.bulk("decide_claims", [award], office.subsidy.checker("decider"))
    assert codes(waits) == ["subsidy.proof_missing"], "the works have not been accepted"
    with pytest.raises(Refused, match=r"subsidy\.nothing_to_pay"):
        office.paid("housing")

    office.seen("housing", "works_accepted", [repaired], on="2017-05-20")
    late = office.subsidy.bulk("decide_claims", [award], office.subsidy.checker("decider"))
    assert codes(late) == ["subsidy.proof_missing"], "accepted after the day of the award"
    office.stepped("housing", "award", [repaired], "2017-05-21")
    office.seen("housing", "danger_grade", [sound], "B")
    office.stepped("housing", "withdraw", [sound], "2017-05-21")
    assert office.paid("housing")["state"] == "paid"

    figure = office.figures()
    assert figure("subsidy.housing_repair.households") == 1
    assert figure("subsidy.housing_repair.amount") == "10000.00"
    stages = ("danger_grade", "works_begun", "works_accepted")
    assert [figure("subsidy.housing_repair.works", f"stage={stage}") for stage in stages] == [2, 1, 1]
    [payment] = figure.events("subsidy.housing_repair.households")
    assert payment["type"] == "subsidy.payment_made.v1"
    seen = office.subsidy.call("list_proofs", {"scheme": "housing", "person_id": repaired})["proofs"]
    assert [(each["fact"], each["value"], each["seen_on"]) for each in seen] == [
        ("danger_grade", "D", "2017-03-03"),
        ("works_begun", "yes", "2017-03-20"),
        ("works_accepted", "yes", "2017-05-20"),
    ]


@pytest.mark.system("SUB-09")
def test_visits_are_planned_made_and_recorded_with_money_and_goods_and_shoes_are_donated(
    office: WholeOffice,
) -> None:
    office.rules_of("341524")
    poor = office.holders(3, "42", "hardship")
    day = "2024-05-19"
    planned = sought(office, "hardship_visit", day, day)
    assert set(planned) == set(poor)
    visited, absent = poor[:2], poor[2]
    acts = [
        {"ref": f"ZF-{each}", "lead_id": planned[each], "action": "contact", "acted_on": day}
        for each in visited
    ]
    office.done("subsidy", "record_lead_acts", acts)
    office.grant("hardship_visit", "disability_day", visited, period=day, granted_on=day, cost="500.00")
    office.grant("hardship_goods", "disability_day", visited[:1], period=day, granted_on=day, cost="120.50")
    office.paid("hardship_visit", period=day)
    pupils = office.holders(2, "34", year=2012)
    winter = {"period": "2024-12-03", "granted_on": "2024-12-03", "cost": "73.50"}
    office.grant("donation", "shoes", pupils, **winter)

    figure = office.figures()
    assert figure("subsidy.hardship_visit.persons", "event=disability_day") == 2
    assert figure("subsidy.hardship_visit.households", "event=disability_day") == 2
    assert figure("subsidy.hardship_visit.amount") == "1120.50"
    assert figure("subsidy.donation.items", "item=shoes") == 2
    assert figure("subsidy.donation.value", "item=shoes") == "147.00"
    assert len(figure.events("subsidy.hardship_visit.amount")) == 3
    open_leads = office.subsidy.call("list_leads", {"states": ["found", "contacted"]})["leads"]
    assert [lead["person_id"] for lead in open_leads] == [absent], "who was not met is still to be visited"
    office.came_back(visited[0], "2024-12-20")
    assert office.figures()("subsidy.hardship_visit.amount", "form=money") == "500.00"


@pytest.mark.system("SUB-11")
def test_reliefs_are_recorded_aid_is_paid_and_both_are_counted_by_person(office: WholeOffice) -> None:
    office.year = 2017
    helped = office.holders(3, "43")
    office.grant("tax_relief", "tax", helped[:1], cost="1200.40")
    office.grant("tax_relief", "fee", helped[1:2], cost="80.00")
    day = "2017-03-01"
    office.grant("aid_fund", "aid", helped[1:], period=day, granted_on=day, cost="3000.00")
    office.paid("aid_fund", period=day)

    figure = office.figures()
    assert figure("subsidy.tax_fee_relief.amount") == "1280.40"
    assert figure("subsidy.tax_fee_relief.amount", "charge=tax") == "1200.40"
    assert figure("subsidy.aid_funds.amount") == "6000.00"
    assert figure("subsidy.social_relief.persons") == 3
    assert len(figure.events("subsidy.social_relief.persons")) == 4
    office.came_back(helped[2], "2017-12-20")
    figure = office.figures()
    assert (figure("subsidy.aid_funds.amount"), figure("subsidy.social_relief.persons")) == ("3000.00", 2)
