"""Who applies as guardian is compared with the guardians that the registry tells of."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy import person_tables
from services.subsidy.domain import schemes
from services.subsidy.domain.claim_guardian import UNPROVEN
from tests.services.subsidy.claim_records import (
    HOME,
    claim,
    decided,
    examined,
    handed_in,
    listed,
    live,
    step,
    taken,
)
from tests.services.subsidy.steps import events
from tests.support.platform import Harness
from tests.support.registry_events import guardian, guardianship_ended, identifier, merged, unmerged

CREATED = "created"
RULES = Path(schemes.__file__).parents[1] / "rules"
REFUSED = """
rules:
  claims.guardian:
    description: The proof first
    zh: 监护关系未证明时的处理
    unit: text
    values:
      - {from: 2008-01-01, value: to_check, reference: {document: the office}}
      - {from: 2026-02-26, value: refused, reference: {document: the office}}
"""
G = 0xA1


def by_guardian(number: int = 1, named: int | None = G, **changes: Any) -> dict[str, Any]:
    told = {} if named is None else {"guardianship_id": identifier(named)}
    return claim(number, applicant="guardian", **told, **changes)


@pytest.fixture
def strict(subsidy: Harness, tmp_path: Path) -> Harness:
    """An office that wants the proof first since 26 February 2026."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    (rules / "offices" / "here.yaml").write_text(REFUSED, encoding="utf-8")
    subsidy.runtime.rules = RuleBook.load(rules, office="here")
    return subsidy


@pytest.mark.system("SUB-01")
def test_the_guardian_of_the_day_for_subsidies_may_apply(subsidy: Harness) -> None:
    live(subsidy)
    subsidy.feed("registry", [guardian(G, 1, since=date(2026, 2, 26), until=date(2026, 2, 26))])
    assert handed_in(subsidy, by_guardian()) == [CREATED]
    kept = listed(subsidy)["SQ-1"]
    assert (kept["guardianship_id"], kept["obstacle"]) == (identifier(G), None)
    assert handed_in(subsidy, by_guardian()) == ["unchanged"]
    assert handed_in(subsidy, by_guardian(named=None)) == ["subsidy.ref_reused"]


def test_who_is_not_known_as_guardian_is_to_be_checked_before_anything_is_approved(subsidy: Harness) -> None:
    live(subsidy)
    assert handed_in(subsidy, by_guardian()) == [CREATED]
    assert listed(subsidy)["SQ-1"]["obstacle"] == UNPROVEN
    accept, check, review = examined()
    unproven = check | {"ref": "unproven", "reason": UNPROVEN}
    assert taken(subsidy, accept, unproven, review) == [CREATED] * 3
    assert decided(subsidy, step("approve", "2026-03-09")) == ["subsidy.obstacle_stands"]
    again = [step("check", "2026-03-09"), step("review", "2026-03-09")]
    assert taken(subsidy, *again) == [CREATED] * 2
    assert decided(subsidy, step("approve", "2026-03-09", ref="again")) == [CREATED]


def test_a_guardian_that_nobody_can_prove_is_a_reason_to_refuse(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy, by_guardian())
    accept, check, review = examined()
    taken(subsidy, accept, check | {"reason": UNPROVEN}, review)
    assert decided(subsidy, step("refuse", "2026-03-09", reason=UNPROVEN)) == [CREATED]
    assert [each.reason for each in events(subsidy, messages.ClaimRefused)] == [UNPROVEN]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([], "subsidy.unknown_guardian"),
        ([guardian(G, 2)], "subsidy.unknown_guardian"),
        ([guardian(G, 1, since=date(2026, 2, 27))], "subsidy.guardian_not_then"),
        ([guardian(G, 1, until=date(2026, 2, 25))], "subsidy.guardian_not_then"),
        ([guardian(G, 1), guardianship_ended(G, 1, ended_on=date(2026, 2, 25))], "subsidy.guardian_not_then"),
        ([guardian(G, 1), guardianship_ended(G, 1, ended_on=date(2026, 2, 26))], CREATED),
        ([guardian(G, 1, scope=["rehab", "property"])], "subsidy.guardian_scope"),
        ([guardian(G, 1)], CREATED),
    ],
)
def test_an_office_may_refuse_who_is_no_guardian_of_the_person_then_and_for_this(
    strict: Harness, told: list[Any], code: str
) -> None:
    live(strict, 1, 2)
    strict.feed("registry", told)
    assert handed_in(strict, by_guardian()) == [code]
    assert handed_in(strict, by_guardian(2, named=None)) == ["subsidy.guardian_needed"]


def test_the_rule_of_the_day_of_hand_in_says_whether_to_refuse_or_to_check(strict: Harness) -> None:
    live(strict)
    assert handed_in(strict, by_guardian(applied_on="2026-02-26")) == ["subsidy.unknown_guardian"]
    assert handed_in(strict, by_guardian(applied_on="2026-02-25")) == [CREATED]
    assert listed(strict)["SQ-1"]["obstacle"] == UNPROVEN


def test_only_who_applies_as_guardian_names_a_guardianship(subsidy: Harness) -> None:
    live(subsidy)
    subsidy.feed("registry", [guardian(G, 1)])
    mixed = by_guardian() | {"applicant": "relative"}
    assert handed_in(subsidy, mixed) == ["subsidy.applicant_fields"]


def test_a_guardian_of_either_record_acts_for_who_was_registered_twice(strict: Harness) -> None:
    live(strict, 1, 2)
    strict.feed("registry", [guardian(G, 2), merged(2, 1, region=HOME)])
    assert handed_in(strict, by_guardian(1)) == [CREATED]
    assert handed_in(strict, by_guardian(2, scheme="nursing", variant="grade_2")) == [CREATED]
    strict.feed("registry", [unmerged(2, 1, region=HOME)])
    assert taken(strict, step("withdraw", "2026-02-26")) == [CREATED]
    assert handed_in(strict, by_guardian(1, ref="SQ-9")) == ["subsidy.unknown_guardian"]


def test_the_copy_of_guardianships_tells_who_has_one_and_not_who_it_is(subsidy: Harness) -> None:
    subsidy.feed("registry", [guardian(G, 1), guardian(G + 1, 1, until=date(2030, 1, 1))])
    subsidy.feed("registry", [guardianship_ended(G, 1), guardianship_ended(G + 1, 1)])
    kept = {row.guardianship_id: tuple(row)[1:] for row in subsidy.rows(person_tables.guardianships)}
    told = (identifier(1), "certificate,subsidy", date(2020, 1, 1), date(2024, 6, 30))
    assert kept == {identifier(G): told, identifier(G + 1): told}
