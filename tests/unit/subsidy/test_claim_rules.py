"""Mistakes in the rules of claims are told with their place, so that a service does not start with them."""

from pathlib import Path
from typing import get_args

import pytest

from contracts.registry import GuardianScope
from contracts.subsidy.claims import Applicant
from kernel.rulebook import RuleBook
from services.subsidy.domain.claim_rules import APPLICANTS, GUARDIAN_SCOPES, problems

RULES = Path(__file__).parents[3] / "services" / "subsidy" / "rules"


def test_the_rules_as_they_stand_have_no_mistake() -> None:
    assert problems(RuleBook.load(RULES)) == []


def test_the_applicants_are_those_of_the_contract() -> None:
    assert get_args(Applicant) == APPLICANTS


def test_the_scopes_of_guardians_are_those_of_the_registry() -> None:
    assert get_args(GuardianScope) == GUARDIAN_SCOPES


@pytest.mark.parametrize(
    ("key", "unit", "value", "told"),
    [
        ("claims.levels.3415", "texts", "[village]", "rule claims.levels.3415 names other levels"),
        ("claims.levels", "texts", "[]", "expected [township] or [township, county]"),
        ("claims.levels", "texts", "[county, township]", "names other levels"),
        ("claims.applicants", "texts", "[self, neighbour]", 'unknown word "neighbour"'),
        ("claims.online", "texts", "[lottery]", 'unknown word "lottery"'),
        ("claims.declining", "texts", "[bad_weather]", 'unknown word "bad_weather"'),
        ("claims.levels", "text", '"county"', "is in text, expected texts"),
        ("claims.refusal.other", "text", '"其他"', "has no Chinese name"),
        ("claims.guardian_scopes", "texts", "[driving]", 'unknown word "driving"'),
        ("claims.guardian", "text", '"perhaps"', "expected text, to_check or refused"),
        ("claims.guardian", "texts", "[refused]", "expected text, to_check or refused"),
        ("claims.check_and_review", "text", '"never"', "expected text, allowed or refused"),
        ("claims.decision", "working_days", "0", "no number of working_days"),
        ("claims.notice.unnamed", "texts", "[elders]", 'unknown word "elders"'),
        ("claims.notice.shows_variant", "texts", "[lottery]", 'unknown word "lottery"'),
        ("claims.notice.minors", "months", "216", "is in months, expected years"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, key: str, unit: str, value: str, told: str) -> None:
    text = "\n".join(
        [
            "rules:",
            f"  {key}:",
            "    description: a mistake",
            f"    unit: {unit}",
            "    values:",
            f"      - {{from: 2020-01-01, value: {value}, reference: {{document: a notice}}}}",
        ]
    )
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
    [problem] = problems(RuleBook.load(tmp_path))
    assert "claims.yaml:6: " in problem
    assert told in problem
