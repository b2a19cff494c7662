"""SUB-01 to SUB-04: what a person is paid month by month or year by year, from the claim to the figure."""

import pytest

from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.services.subsidy.whole_office import WholeOffice, stated
from tests.support.bank import Bank
from tests.support.platform import COUNTY

LIVING = stated("living.rate.dibao", "yuan_per_person_month", "330.00", "困难残疾人生活补贴标准")
PREMIUMS = stated("pension_premium.rate.resident", "percent", "100", "保费补助比例") + stated(
    "pension_premium.cap.resident", "yuan_per_person_year", "500.00", "补助上限"
)
OLD = "第二代残疾人证标准"


def sought(office: WholeOffice, scheme: str, period: str, on: str) -> dict[str, str]:
    """Leads of a run of outreach, by person."""
    run = {"ref": f"ZZ-{scheme}", "scheme": scheme, "period": period, "region": COUNTY, "matched_on": on}
    [run_id] = office.done("subsidy", "start_outreach_runs", [run])
    office.subsidy.run_jobs()
    leads = office.subsidy.call("list_leads", {"run_id": run_id, "limit": 1000})["leads"]
    return {lead["person_id"]: lead["lead_id"] for lead in leads}


@pytest.mark.system("SUB-01")
def test_four_on_dibao_are_found_three_apply_and_are_paid_until_one_is_no_longer_poor(
    office: WholeOffice,
) -> None:
    office.rules_of("341524", LIVING)
    poor = office.holders(4, "42", "dibao")
    office.holders(1, "42")
    leads = sought(office, "living", "2024-01", "2024-01-05")
    assert set(leads) == set(poor)
    *applying, missed = poor
    office.claimed("living", "dibao", applying, "2024-01-08")
    office.stepped("living", "approve", applying, "2024-01-10")
    office.stepped("living", "post", applying, "2024-01-11")
    office.stepped("living", "award", applying, "2024-01-26")

    refused = Bank({factories.account_number(applying[0]): "B1"})
    january = office.paid("living", refused, period="2024-01", pay_on="2024-01-31")
    assert (january["state"], january["paid_lines"]) == ("instructed", 2)
    assert office.figures()("subsidy.living.persons") == 2, "the number paid is told, not the number approved"
    assert office.again(january)["state"] == "paid"

    office.poor_no_longer(applying[1], "dibao", "2024-02-20")
    february = office.paid("living", period="2024-02", pay_on="2024-02-28")
    march = office.paid("living", period="2024-03", pay_on="2024-03-31")
    assert [run["lines"] for run in (february, march)] == [3, 2]

    figure = office.figures()
    assert figure("subsidy.living.persons") == 3
    assert figure("subsidy.living.persons", "state=entitled") == 4
    assert figure("subsidy.living.amount") == "2310.00"
    # What came back was paid again on the day on which this is run.
    assert office.figures(office.today[:4])("subsidy.living.amount") == "330.00"
    assert figure("subsidy.living.coverage_rate") == "75.00"
    assert figure("subsidy.coverage.target_group_rate") == "75.00"
    assert len(figure.events("subsidy.living.amount")) == 7
    wrong = {"ref": "Z-1", "lead_id": leads[missed], "action": "exclude", "acted_on": "2024-04-01"}
    office.done("subsidy", "record_lead_acts", [wrong | {"reason": "benefit_elsewhere"}])
    assert office.figures()("subsidy.living.coverage_rate") == "100.00"


@pytest.mark.system("SUB-02")
def test_grades_1_and_2_are_paid_50_a_month_until_a_new_assessment_and_old_ratings_are_listed_by_it(
    office: WholeOffice,
) -> None:
    office.year = 2016
    office.rules_of("360121")
    [first] = office.holders(1, "41")
    second, third = office.holders(2, "42", standard=OLD, assessed_on="2008-05-01")
    [mild] = office.holders(1, "43")
    monthly = {"period": "2016-01", "granted_on": "2016-01-20"}
    office.grant("nursing", "grade_1", [first], **monthly)
    office.grant("nursing", "grade_2", [second, third], **monthly)
    wrong = factories.award(1, scheme="nursing", variant="grade_2", person_id=mild, **monthly)
    assert codes(office.subsidy.bulk("grant_awards", [wrong])) == ["subsidy.grade_not_admitted"]
    assert office.paid("nursing", period="2016-01", pay_on="2016-01-31")["amount"] == "150.00"

    drawn = [
        {"ref": f"HL-{each}", "person_id": each, "benefit": "nursing_subsidy", "month": "2016-01"}
        for each in (first, second, third)
    ]
    office.done("registry", "record_benefit_marks", drawn)
    asked = {"day": "2016-02-01", "month": "2016-01", "benefit": "nursing_subsidy"}
    old = office.registry.call("list_old_ratings", asked)["ratings"]
    assert {each["person_id"] for each in old} == {second, third}

    milder = office.act(third, "change", "2016-02-15", "43", reason=None)
    office.done("registry", "record_certificate_acts", [milder])
    office.tell()
    assert office.paid("nursing", period="2016-03", pay_on="2016-03-31")["lines"] == 2

    figure = office.figures()
    assert figure("subsidy.nursing.persons") == 3
    assert figure("subsidy.nursing.persons", "grade=grade_1") == 1
    assert figure("subsidy.nursing.persons", "grade=grade_2") == 2
    assert figure("subsidy.nursing.amount") == "250.00"
    assert len(figure.events("subsidy.nursing.persons", "grade=grade_2")) == 3


@pytest.mark.system("SUB-03")
def test_nearly_all_holders_get_the_allowance_of_a_district_and_what_comes_back_is_not_counted(
    office: WholeOffice,
) -> None:
    office.year = 2017
    office.rules_of("330109")
    every = office.holders(3, "44")
    office.claimed("allowance", "holder", every, "2017-03-01")
    office.stepped("allowance", "approve", every, "2017-03-02")
    office.stepped("allowance", "award", every, "2017-03-02")
    assert office.paid("allowance")["amount"] == "1359.00"
    assert office.figures()("subsidy.allowance.amount") == "1359.00"

    office.came_back(every[0], "2017-12-20")

    figure = office.figures()
    assert figure("subsidy.allowance.persons") == 2
    assert figure("subsidy.allowance.amount") == "906.00"
    kinds = [each["type"] for each in figure.events("subsidy.allowance.amount")]
    assert sorted(kinds) == ["subsidy.payment_made.v1"] * 3 + ["subsidy.payment_taken_back.v1"]


@pytest.mark.system("SUB-04")
def test_men_of_60_and_women_of_55_draw_80_a_month_and_premiums_are_borne_waived_or_their_own(
    office: WholeOffice,
) -> None:
    office.year = 2017
    office.rules_of("320582", PREMIUMS)
    [man] = office.holders(1, "43", year=1957)
    [woman, young] = [*office.holders(1, "43", year=1962), *office.holders(1, "43", year=1963)]
    monthly = {"period": "2017-06", "granted_on": "2017-06-20"}
    office.grant("pension_early", "men", [man], **monthly)
    office.grant("pension_early", "women", [woman], **monthly)
    wrong = factories.award(1, scheme="pension_early", variant="women", person_id=young, **monthly)
    assert codes(office.subsidy.bulk("grant_awards", [wrong])) == ["subsidy.age_not_admitted"]
    office.paid("pension_early", period="2017-06", pay_on="2017-06-30")
    office.done(
        "registry",
        "record_certificate_acts",
        [office.act(man, "cancel", "2017-06-25", "43", reason="death")],
    )
    office.tell()
    assert office.paid("pension_early", period="2017-07", pay_on="2017-07-31")["lines"] == 1

    office.grant("pension_premium", "resident", [young], cost="480.00")
    office.paid("pension_premium")
    office.grant("pension_cover", "waived", [woman], cost="240.00")

    figure = office.figures()
    assert figure("subsidy.pension.persons") == 2
    assert figure("subsidy.pension.persons", "sex=women") == 1
    assert (figure("subsidy.pension.amount"), figure("subsidy.pension.months")) == ("240.00", 3)
    assert figure("subsidy.pension.rate") == "80.00"
    assert figure("subsidy.pension_premium.persons", "kind=resident") == 1
    assert figure("subsidy.pension_premium.amount") == "480.00"
    assert figure("subsidy.pension_premium.waived") == "240.00"
    assert figure("subsidy.pension.coverage_rate") == "100.00", "two insured, and two who hold a certificate"
    assert figure("subsidy.social_insurance.coverage_rate") == "100.00"
    told = office.explained("pension_early", "2017-06-01")
    assert (told["pension_early.age_min.men"], told["pension_early.age_min.women"]) == ("60周岁", "55周岁")
    assert told["pension_early.years_early.men"] == "10"
