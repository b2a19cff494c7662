"""SUB-12: how money is budgeted, matched, spent and told, from the allotment to the figure."""

from decimal import Decimal
from typing import Any

import pytest

from contracts import subsidy as messages
from tests.services.subsidy import factories
from tests.services.subsidy.steps import events, held
from tests.services.subsidy.whole_office import WholeOffice
from tests.support.bank import Bank


def enrolled(office: WholeOffice, programme: str, ids: list[str], **more: Any) -> None:
    """Enrolments in rehab, of which subsidy hears."""
    item = {"programme": programme, "provider": "示例机构", "enrolled_on": f"{office.year}-03-01"} | more
    office.done("rehab", "enrol_persons", [item | {"ref": f"RH-{each}", "person_id": each} for each in ids])
    office.tell()


def spending(office: WholeOffice, scheme: str) -> dict[str, tuple[str, str, str]]:
    """Allotted, paid and left of a scheme by source, in the year."""
    told = office.subsidy.call("spending_progress", {"year": str(office.year)}, office.subsidy.auditor())
    return {
        each["source"]: (each["allotted"], each["paid"], each["left"])
        for each in told["sources"]
        if each["scheme"] == scheme
    }


@pytest.mark.system("SUB-12")
def test_superior_money_is_matched_by_the_county_spent_by_card_and_what_came_back_is_owed_again(
    office: WholeOffice,
) -> None:
    office.rules_of("341524")
    boarder, *at_home = office.holders(4, "61", year=1985)
    office.done("subsidy", "record_fund_allotments", [factories.allotment(amount="12000.00")])
    match = {"ref": "金财社2024-3", "source": "county", "amount": "6000.00", "document": "县级配套"}
    office.done("subsidy", "record_fund_allotments", [factories.allotment(**match)])
    assert spending(office, "care") == {
        "county": ("6000.00", "0.00", "6000.00"),
        "superior": ("12000.00", "0.00", "12000.00"),
    }
    enrolled(office, "care", [boarder], mode="boarding")
    enrolled(office, "care", at_home, mode="home")

    run = office.paid("care", Bank({factories.account_number(boarder): "B1"}))
    assert (run["state"], run["amount"], run["paid_lines"]) == ("instructed", "18000.00", 3)
    assert [each["reason"] for each in held(office.subsidy)] == ["bank_failure"]
    assert office.figures()("subsidy.care.amount") == "6000.00", (
        "the number paid is told, not the number approved"
    )
    office.came_back(at_home[0], "2024-12-20")

    figure = office.figures()
    assert figure("subsidy.care.persons") == 2
    assert figure("subsidy.care.amount") == "4000.00"
    by_source = [figure("subsidy.care.amount", f"source={source}") for source in ("superior", "county")]
    assert sum(map(Decimal, by_source)) == 4000
    assert figure("subsidy.care.rate", "mode=home") == "2000.00"
    assert figure("subsidy.care.rate", "mode=boarding") is None
    paid = sum(Decimal(paid) for _, paid, _ in spending(office, "care").values())
    assert paid == 4000
    told = office.subsidy.call("reconcile", {"period": "2024"}, office.subsidy.auditor())
    assert told["first_difference"] is None
    assert {event["type"] for event in figure.events("subsidy.care.amount")} == {
        "subsidy.payment_made.v1",
        "subsidy.payment_taken_back.v1",
    }


@pytest.mark.system("SUB-12")
def test_drugs_of_patients_whom_rehab_enrolled_are_paid_by_card_where_the_office_does_so(
    office: WholeOffice,
) -> None:
    office.year = 2018
    office.rules_of("341500")
    patients = office.holders(3, "62", "dibao")
    enrolled(office, "psych_drug", patients)

    assert office.paid("psych_drug", pay_on="2018-06-20")["state"] == "paid"

    figure = office.figures("2018H1")
    assert figure("subsidy.psych_drug.amount") == "3000.00"
    subjects = {each["subject"] for each in figure.events("subsidy.psych_drug.amount")}
    assert subjects == set(patients)
    assert len(events(office.subsidy, messages.AwardGranted)) == 3
