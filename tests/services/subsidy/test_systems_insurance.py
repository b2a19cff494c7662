"""SUB-05 and SUB-10: insured free, insured together, relieved of costs, from the start to the figure."""

import pytest

from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.services.subsidy.whole_office import WholeOffice, stated


def refused(office: WholeOffice, scheme: str, variant: str, person_id: str, **changes: str) -> str:
    """Why an award is not granted."""
    fields = {"period": str(office.year), "granted_on": f"{office.year}-06-03"} | changes
    item = factories.award(1, scheme=scheme, variant=variant, person_id=person_id, **fields)
    [code] = codes(office.subsidy.bulk("grant_awards", [item]))
    return code


@pytest.mark.system("SUB-05")
def test_appraised_1_to_6_is_insured_free_the_severe_get_200_more_and_a_card_relieves_of_costs(
    office: WholeOffice,
) -> None:
    office.year = 2017
    office.rules_of("320500", RELIEF)
    severe, appraised, mild, too_young = (
        *office.holders(1, "42"),
        *office.holders(2, "43"),
        *office.holders(1, "43", year=1968),
    )
    [poor] = office.holders(1, "44", "dibao")
    # Applied, appraised, insured free.
    assert refused(office, "medical_cover", "waived", appraised, cost="150.00") == "subsidy.proof_missing"
    office.seen("medical_cover", "appraisal_grade", [appraised], "6")
    office.seen("medical_cover", "appraisal_grade", [mild], "7")
    assert refused(office, "medical_cover", "waived", mild, cost="150.00") == "subsidy.proof_not_admitted"
    [award] = office.grant("medical_cover", "waived", [appraised], cost="150.00")
    assert "伤残鉴定等级" in office.reasons(award)[-1]
    # Men may join from 60; women from 50.
    assert refused(office, "medical_cover", "men", too_young, cost="150.00") == "subsidy.age_not_admitted"
    office.grant("medical_cover", "women", [mild], cost="150.00")
    # 200 yuan a year more for each severe person.
    office.grant("medical_premium", "outpatient", [severe])
    office.paid("medical_premium")
    # A relief card, and relief with it.
    assert refused(office, "medical_relief", "treatment", poor, cost="900.00") == "subsidy.proof_missing"
    office.seen("medical_relief", "relief_card", [poor])
    office.grant("medical_relief", "treatment", [poor], cost="900.00")
    office.paid("medical_relief")

    figure = office.figures()
    assert figure("subsidy.medical_insurance.persons", "kind=outpatient") == 1
    assert figure("subsidy.medical_insurance.rate", "kind=outpatient") == "200.00"
    assert figure("subsidy.medical_insurance.amount") == "200.00"
    assert figure("subsidy.medical_insurance.waived") == "150.00"
    assert figure("subsidy.medical_insurance.coverage_rate") == "40.00", "two of five holders"
    assert figure("subsidy.medical_relief.cards") == 1
    assert (figure("subsidy.medical_relief.persons"), figure("subsidy.medical_relief.amount")) == (
        1,
        "720.00",
    )
    assert [each["type"] for each in figure.events("subsidy.medical_insurance.waived")] == [
        "subsidy.benefit_recorded.v1"
    ]
    told = office.explained("medical_cover", "2017-06-01")
    assert told["medical_cover.proof.appraisal_grade"] == "一级、二级、三级、四级、五级、六级"
    assert (told["medical_cover.age_min.men"], told["medical_cover.age_min.women"]) == ("60周岁", "50周岁")


RELIEF = stated("medical_relief.rate.treatment", "percent", "80", "医疗救助比例") + stated(
    "medical_relief.cap", "yuan_per_person_year", "5000.00", "每人每年救助上限"
)


@pytest.mark.system("SUB-10")
def test_one_policy_insures_all_holders_for_a_year_and_then_has_expired(office: WholeOffice) -> None:
    office.year = 2017
    office.rules_of(
        "330109", stated("accident_insurance.rate.holder", "yuan_per_person_year", "100.00", "每人保费")
    )
    everybody = office.holders(3, "42")
    policy = {"scheme": "accident_insurance", "source": "county", "year": "2017", "amount": "300.00"}
    bought = {"ref": "BD-2017", "document": "团体意外险保单2017-0031号", "allotted_on": "2017-01-10"}
    office.done("subsidy", "record_fund_allotments", [factories.allotment(**policy, **bought)])
    office.grant("accident_insurance", "holder", everybody, granted_on="2017-01-12")

    run = office.paid("accident_insurance")

    assert (run["lines"], run["amount"], len(run["list_hash"])) == (3, "300.00", 64)
    figure = office.figures()
    assert figure("subsidy.accident_insurance.persons") == 3
    assert figure("subsidy.accident_insurance.amount") == "300.00"
    insured = {each["subject"] for each in figure.events("subsidy.accident_insurance.persons")}
    assert insured == set(everybody)
    assert office.figures("2018")("subsidy.accident_insurance.persons") == 0
    # The next policy insures those who are holders by then.
    office.year = 2018
    office.grant("accident_insurance", "holder", everybody[:2])
    office.paid("accident_insurance")
    assert office.figures()("subsidy.accident_insurance.persons") == 2
