"""What a claim proves by a number: one vehicle, one admission, is claimed once for a year."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.subsidy.claim_tables import claims
from tests.services.subsidy.claim_records import (
    at_home,
    claim,
    decided,
    examined,
    handed_in,
    live,
    step,
    taken,
)
from tests.support.platform import Harness

CREATED = "created"
TAKEN = "subsidy.proof_taken"


def fuel(number: int = 1, proof: str | None = "LBH-2018 0001", **changes: Any) -> dict[str, Any]:
    return claim(number, scheme="fuel", variant="vehicle", proof=proof, **changes)


@pytest.mark.system("SUB-06")
def test_a_vehicle_is_claimed_by_one_person_in_a_year(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    assert handed_in(subsidy, fuel(1), fuel(2, proof="lbh20180001")) == [CREATED, TAKEN]
    assert handed_in(subsidy, fuel(3, proof="LBH20180001")) == [TAKEN]
    assert handed_in(subsidy, fuel(3, period="2027")) == [CREATED]
    assert handed_in(subsidy, fuel(2, proof="LBH20180002")) == [CREATED]
    assert handed_in(subsidy, fuel(1), fuel(3, period="2027")) == ["unchanged"] * 2
    assert handed_in(subsidy, fuel(1, proof="LBH20180009")) == ["subsidy.ref_reused"]


def test_a_vehicle_whose_claim_was_refused_or_withdrawn_is_free_again(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    handed_in(subsidy, fuel(1))
    taken(subsidy, *examined(1))
    assert decided(subsidy, step("refuse", "2026-03-09", reason="proof_untrue")) == [CREATED]
    assert handed_in(subsidy, fuel(2)) == [CREATED]
    assert handed_in(subsidy, fuel(1)) == ["unchanged"]
    taken(subsidy, step("withdraw", "2026-03-10", 2))
    assert handed_in(subsidy, fuel(3)) == [CREATED]


@pytest.mark.system("SUB-07")
def test_a_student_names_the_admission_and_others_nothing(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    student = {"scheme": "student_aid", "variant": "higher", "applied_on": "2024-09-02"}
    assert handed_in(subsidy, claim(1, **student)) == ["subsidy.proof_needed"]
    assert handed_in(subsidy, claim(1, **student, proof="皖2024-0815")) == [CREATED]
    assert handed_in(subsidy, claim(2, **student, proof="皖20240815")) == [TAKEN]
    assert handed_in(subsidy, claim(2, **student, proof="无")) == ["record.invalid"]
    assert handed_in(subsidy, claim(2, proof="皖2024-0815")) == ["subsidy.proof_not_asked"]


@pytest.mark.parametrize(
    ("applied_on", "outcome"), [("2017-12-29", CREATED), ("2018-01-02", "subsidy.proof_needed")]
)
def test_the_purchase_voucher_is_asked_for_since_2018(
    subsidy: Harness, applied_on: str, outcome: str
) -> None:
    live(subsidy)
    assert handed_in(subsidy, fuel(proof=None, applied_on=applied_on)) == [outcome]


def test_of_claims_for_one_vehicle_at_once_one_is_kept(subsidy: Harness) -> None:
    numbers = range(1, 7)
    live(subsidy, *numbers)
    start = Barrier(len(numbers))

    def hand_in(number: int) -> str:
        start.wait()
        return handed_in(subsidy, fuel(number), caller=at_home(subsidy))[0]

    with ThreadPoolExecutor(len(numbers)) as pool:
        outcomes = sorted(pool.map(hand_in, numbers))
    assert outcomes == [CREATED, *[TAKEN] * 5]
    assert len(subsidy.rows(claims)) == 1


def test_the_number_itself_is_kept_nowhere(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy, fuel())
    [row] = subsidy.rows(claims)
    kept = f"{tuple(row)} {[event.model_dump_json() for event in subsidy.events()]}"
    assert "LBH" not in kept
    assert "20180001" not in kept
