"""The glossary has every value that a contract, a programme or a scheme knows, and names files that exist."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest

from contracts.catalogue import EVENTS, REQUESTS
from contracts.message import BulkCommand
from kernel.disability import Category
from kernel.regions import LEVELS
from kernel.rulebook import RuleBook
from tests.docs.pages import ROOT, cells, code, text_of, tracked

ROWS = [cells(row) for row in text_of("docs/glossary.md").splitlines() if row.startswith("|")]
TERMS = [row for row in ROWS if row[0] != "term" and not row[0].startswith("-")]
WRITTEN = {word for row in TERMS for word in code(row[0]) + code(row[2])}


def literals(annotation: Any, seen: set[Any]) -> Iterator[str]:
    """Every value that a type allows by name, at any depth."""
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    for part in get_args(annotation):
        yield from literals(part, seen)
    if hasattr(annotation, "model_fields") and annotation not in seen:
        seen.add(annotation)
        for field in annotation.model_fields.values():
            yield from literals(field.annotation, seen)


def contract_values() -> set[str]:
    seen: set[Any] = set()
    models: list[Any] = [*EVENTS.values(), *REQUESTS.values(), *(each.REPLY for each in REQUESTS.values())]
    models += [each.ITEM for each in REQUESTS.values() if issubclass(each, BulkCommand)]
    return {value for model in models for value in literals(model, seen)}


def test_every_value_of_a_contract_is_explained():
    values = contract_values()
    assert {"visual", "home_visit", "dibao", "renewal", "boarding", "superior", "frozen"} <= values
    assert values - WRITTEN == set()


def test_every_category_and_level_of_division_is_explained():
    assert {*Category, *LEVELS} - WRITTEN == set()


def test_every_category_has_the_chinese_name_of_the_code():
    names = {word: row[1] for row in TERMS for word in code(row[0])}
    assert {category: names[category] for category in Category} == {each: each.zh for each in Category}


@pytest.mark.parametrize(
    ("service", "prefix", "last"),
    [("rehab", "programme.", ".items"), ("subsidy", "", ".variants")],
)
def test_every_programme_and_scheme_is_explained(service: str, prefix: str, last: str):
    rules = RuleBook.load(ROOT / "services" / service / "rules").keys()
    keys = {key.removeprefix(prefix).removesuffix(last) for key in rules if key.endswith(last)}
    assert keys
    assert keys - WRITTEN == set()


def test_every_row_has_four_cells_and_a_file_that_exists():
    wrong = [row for row in TERMS if len(row) != 4 or not all(row) or set(code(row[3])) - tracked()]
    assert len(TERMS) > 80
    assert wrong == []
    assert [row for row in TERMS if len(code(row[3])) != 1] == []


def test_no_term_stands_twice():
    terms = [row[0] for row in TERMS]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []
