"""Proofs: what the office has seen, recorded once, told without what it says, and asked for by a grant."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy import tables
from services.subsidy.domain import schemes
from services.subsidy.proof_tables import proofs
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, household, identifier, merged, registered

pytestmark = pytest.mark.system("SUB-08")
RULES = Path(schemes.__file__).parents[1] / "rules"


def proof(number: int = 1, fact: str = "danger_grade", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"PZ-{number}-{fact}", "person_id": identifier(number), "scheme": "housing", "fact": fact}
    return own | {"seen_on": "2024-05-06"} | ({"value": "D"} if fact == "danger_grade" else {}) | changes


def recorded(subsidy: Harness, *items: dict[str, Any], caller: str | None = None) -> list[str]:
    return codes(subsidy.bulk("record_proofs", items, caller))


@pytest.fixture
def home(subsidy: Harness) -> Harness:
    """Two holders of one household in hardship, by the rules of Xiaoshan."""
    subsidy.runtime.rules = RuleBook.load(RULES, "330109")
    subsidy.feed("registry", [household(1, "hardship")])
    for number in (1, 2):
        told = [registered(number, household_id=identifier(1)), factories.certified(number)]
        subsidy.feed("registry", told)
    return subsidy


def test_the_same_proof_again_changes_nothing_and_another_one_under_its_number_is_refused(home: Harness):
    assert recorded(home, proof(), proof()) == ["created", "unchanged"]
    assert recorded(home, proof(), proof(value="C"), proof(seen_on="2024-05-07")) == [
        *("unchanged", "subsidy.ref_reused", "subsidy.ref_reused")
    ]
    assert len(home.rows(proofs)) == 1


def test_the_event_tells_that_it_was_seen_and_not_what_it_says(home: Harness):
    recorded(home, proof())
    [event] = events(home, messages.ProofRecorded)
    assert (event.fact, event.seen_on.isoformat()) == ("danger_grade", "2024-05-06")
    assert "value" not in event.model_dump()
    assert '"D"' not in event.model_dump_json()


def test_a_fact_that_no_rule_asks_for_and_a_scheme_that_is_none_are_refused(home: Harness):
    assert recorded(home, proof(fact="appraisal_grade"), proof(scheme="dwelling")) == [
        *("subsidy.unknown_fact", "subsidy.unknown_scheme")
    ]


def test_a_person_of_another_region_is_as_unknown_as_one_who_does_not_exist(home: Harness):
    elsewhere = home.clerk(region=OTHER_TOWNSHIP)
    refused = home.bulk("record_proofs", [proof(1), proof(9)], elsewhere)
    assert refused[0]["error"] == refused[1]["error"]
    assert codes(refused) == ["subsidy.unknown_person"] * 2
    recorded(home, proof())
    asked = {"scheme": "housing"}
    assert home.call("list_proofs", asked, elsewhere)["proofs"] == []
    assert len(home.call("list_proofs", asked, home.auditor())["proofs"]) == 1
    with pytest.raises(Refused, match=r"access\."):
        home.call("list_proofs", asked, home.caller("maker", region=COUNTY))
    with pytest.raises(Refused, match=r"access\."):
        home.bulk("record_proofs", [proof(2)], home.auditor())


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ([], "subsidy.proof_missing"),
        ([proof()], "subsidy.proof_missing"),
        ([proof(value="B"), proof(fact="works_accepted")], "subsidy.proof_not_admitted"),
        ([proof(seen_on="2024-06-04"), proof(fact="works_accepted")], "subsidy.proof_missing"),
        ([proof(value="B"), proof(ref="2", seen_on="2024-05-20"), proof(fact="works_accepted")], "entitled"),
        ([proof(), proof(ref="2", value="B"), proof(fact="works_accepted")], "subsidy.proof_not_admitted"),
        ([proof(2), proof(2, fact="works_accepted")], "entitled"),
    ],
    ids=[
        "none",
        "one of two",
        "a sound home",
        "later than the award",
        "a later one",
        "the same day",
        "merged",
    ],
)
def test_of_each_fact_the_last_one_seen_by_the_day_of_the_award_counts(
    home: Harness, seen: list[dict[str, Any]], code: str
):
    if seen:
        recorded(home, *seen)
    home.feed("registry", [merged(2, 1)])
    asked = {"person_id": identifier(1), "scheme": "housing", "variant": "repair", "on": "2024-06-03"}
    told = home.call("check_entitlement", asked)
    assert (told["code"] or "entitled") == code
    award = factories.award(1, scheme="housing", variant="repair")
    granted = codes(home.bulk("grant_awards", [award]))
    assert granted == ["created" if code == "entitled" else code]


def test_twenty_who_record_the_same_at_once_record_it_once(home: Harness):
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: recorded(home, proof()), range(20)))
    assert sorted(told) == [["created"]] + [["unchanged"]] * 19
    assert len(events(home, messages.ProofRecorded)) == 1


def proven(home: Harness) -> list[dict[str, Any]]:
    """Awards of two of one household, both of whom have shown all that is asked for."""
    every = [proof(n, fact) for n in (1, 2) for fact in ("danger_grade", "works_accepted")]
    assert recorded(home, *every) == ["created"] * 4
    return [factories.award(n, scheme="housing", variant="repair") for n in (1, 2)]


def test_a_home_is_repaired_once_whoever_of_the_household_asks(home: Harness):
    first, second = proven(home)
    refused = "subsidy.household_granted"
    assert codes(home.bulk("grant_awards", [first, second, first])) == ["created", refused, "unchanged"]
    assert codes(home.bulk("grant_awards", [second])) == [refused]


def test_of_two_of_a_household_who_are_granted_at_once_one_gets_it(home: Harness):
    awards = proven(home) * 10
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda award: codes(home.bulk("grant_awards", [award]))[0], awards))
    assert told.count("created") == 1
    assert {"created", "unchanged", "subsidy.household_granted"} == set(told)
    assert len(home.rows(tables.awards)) == 1
