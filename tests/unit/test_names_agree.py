"""What reporting counts by name is named in the rules of the service that owns the name.

Programmes, items, modes, kinds of retrofit, schemes and variants are open texts in the contracts, so that an
office adds them by rules alone. A figure that asks for a misspelt one would stay zero for ever.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from contracts.registry import HouseholdFlag
from contracts.subsidy import FundSource, claims
from kernel.rulebook import RuleBook
from services.registry import staffing_queries
from services.subsidy.domain import claim_state
from services.subsidy.domain.rule_check import HOUSEHOLD_FLAGS

SERVICES = Path(__file__).parents[2] / "services"
ALL = "all"
"""The payment as a whole, beside its parts by source; and both levels of student aid."""


def values_ever(service: str, office: str | None = None) -> dict[str, set[str]]:
    """Every text that each rule ever listed, by key."""
    book = RuleBook.load(SERVICES / service / "rules", office)
    keys = book.keys()
    return {
        key: {text for each in book.history(key) if isinstance(each.value, tuple) for text in each.value}
        for key in keys
    }


REHAB, SUBSIDY = values_ever("rehab"), values_ever("subsidy")
PROGRAMMES = {key.split(".")[1] for key in REHAB if key.startswith("programme.")}
KINDS = {key.split(".")[1] for key in REHAB if key.startswith("retrofit.")}
SCHEMES = {key.removesuffix(".variants") for key in SUBSIDY if key.endswith(".variants")}


def catalogue() -> dict[str, dict[str, Any]]:
    """The definitions as they stand in the files, by code."""
    files = sorted((SERVICES / "reporting" / "rules" / "catalogue").glob("*.yaml"))
    return {
        name: indicator
        for file in files
        for name, indicator in yaml.safe_load(file.read_text(encoding="utf-8"))["indicators"].items()
    }


INDICATORS = catalogue()


def feeds() -> Iterator[tuple[str, dict[str, Any], dict[str, list[str]]]]:
    """Code, feed and what the feed asks for, of every feed."""
    for name, indicator in INDICATORS.items():
        for feed in indicator.get("feeds", ()):
            yield name, feed, feed.get("where", {})


def shown(indicator: dict[str, Any], dimension: str) -> set[str]:
    """The values of the facts that the cells of a dimension take in."""
    found: set[str] = set()
    for cut in indicator["cuts"]:
        facts = cut.get("facts", {key: [value] for key, value in cut.get("dimensions", {}).items()})
        found |= set(facts.get(dimension, ()))
    return found


def read_from(feed: dict[str, Any], field: str) -> str | None:
    """The dimension that a feed reads from this field of the event."""
    sources = feed.get("dimensions", {}).items()
    return next(
        (name for name, source in sources if field in (source.get("field"), source.get("part"))), None
    )


def test_programmes_items_and_kinds_of_retrofit_exist_in_rehabs_rules() -> None:
    strange = []
    for name, feed, where in feeds():
        if not feed["event"].startswith("rehab."):
            continue
        programmes = where.get("programme", [])
        items = {item for programme in programmes for item in REHAB.get(f"programme.{programme}.items", ())}
        strange += [(name, word) for word in programmes if word not in PROGRAMMES]
        strange += [(name, word) for word in where.get("item", ()) if word not in items]
        strange += [(name, word) for word in where.get("kind", ()) if word not in KINDS]
    assert strange == []


def test_schemes_exist_in_subsidys_rules() -> None:
    schemes = {word for _, feed, where in feeds() for word in where.get("scheme", ())}
    assert schemes
    assert schemes <= SCHEMES


def test_a_cell_by_check_is_one_that_the_registrys_rules_list() -> None:
    checks = values_ever("registry")["match.checks"]
    cells = {name: shown(indicator, "check") for name, indicator in INDICATORS.items()}
    assert any(cells.values())
    assert {name: words - checks for name, words in cells.items() if words - checks} == {}


@pytest.mark.parametrize(
    ("event", "field", "owner", "rules", "suffix"),
    [
        ("rehab.person_enrolled.v1", "mode", "programme", REHAB, "modes"),
        ("subsidy.payment_made.v1", "variant", "scheme", SUBSIDY, "variants"),
    ],
)
def test_a_cell_by_mode_or_variant_is_one_of_its_programme_or_scheme(
    event: str, field: str, owner: str, rules: dict[str, set[str]], suffix: str
) -> None:
    prefix = "programme." if owner == "programme" else ""
    tried = 0
    for name, feed, where in feeds():
        if feed["event"] == event and (dimension := read_from(feed, field)):
            known = {text for word in where[owner] for text in rules[f"{prefix}{word}.{suffix}"]}
            assert shown(INDICATORS[name], dimension) <= known, name
            tried += 1
    assert tried


def test_a_cell_by_source_of_funds_is_one_of_its_schemes_funding() -> None:
    tried = 0
    for name, feed, where in feeds():
        if feed["event"] == "subsidy.payment_made.v1" and (dimension := read_from(feed, "source")):
            funding = {source for scheme in where["scheme"] for source in SUBSIDY[f"{scheme}.funding"]}
            assert shown(INDICATORS[name], dimension) - {ALL} <= funding, name
            tried += 1
    assert tried


def test_funding_names_sources_that_the_contract_knows() -> None:
    named = {source for key in SUBSIDY if key.endswith(".funding") for source in SUBSIDY[key]}
    assert named <= set(get_args(FundSource))


def test_a_scheme_is_opened_by_the_office_or_by_a_programme_and_its_variants_are_the_programmes_modes() -> (
    None
):
    book = RuleBook.load(SERVICES / "subsidy" / "rules")
    for scheme in SCHEMES:
        for value in book.history(f"{scheme}.opened_by"):
            if value.value is None or value.text == "office":
                continue
            service, _, programme = value.text.partition(".")
            assert (service, programme in PROGRAMMES) == ("rehab", True)
            assert REHAB[f"programme.{programme}.modes"] == SUBSIDY[f"{scheme}.variants"]


@pytest.mark.parametrize(
    "path", sorted((SERVICES / "subsidy" / "rules" / "offices").glob("*.yaml")), ids=lambda path: path.stem
)
def test_an_offices_rates_are_of_schemes_and_variants_that_exist(path: Path) -> None:
    rules = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    rates = [key.split(".")[::2] for key in rules if ".rate." in key]
    assert [
        (scheme, variant) for scheme, variant in rates if variant not in SUBSIDY[f"{scheme}.variants"]
    ] == []


def test_a_flag_that_a_scheme_asks_for_is_one_of_the_registrys_contract() -> None:
    assert {*HOUSEHOLD_FLAGS} == {*get_args(HouseholdFlag)}


def test_steps_states_and_clocks_of_claims_are_those_of_the_contract() -> None:
    steps = {*get_args(claims.ClaimStepName), *get_args(claims.DecisionName)}
    assert {*get_args(claim_state.Action)} == steps
    assert {*get_args(claim_state.State)} == {*get_args(claims.ClaimState)}
    assert {*get_args(claim_state.Clock)} == {*get_args(claims.ClaimClock)}


REGISTRY = values_ever("registry")
POSTS = {post for key, posts in REGISTRY.items() if key.startswith("organisation.posts.") for post in posts}


@pytest.mark.parametrize(
    ("events", "field", "words"),
    [
        ("registry.appointment_", "post", POSTS),
        ("registry.training_attended", "post", POSTS),
        ("registry.activity_held", "kind", REGISTRY["organisation.activity_kinds"]),
        ("registry.volunteer_", "origin", REGISTRY["volunteer.origins"]),
        ("registry.pair_", "helper_kind", REGISTRY["pair.helper_kinds"]),
        ("registry.facility_", "kind", REGISTRY["facility.kinds"]),
        ("registry.project_", "facility_kind", REGISTRY["facility.kinds"]),
        ("registry.archive_", "kind", REGISTRY["archive.kinds"]),
    ],
)
def test_a_word_of_the_organisation_network_is_one_of_the_registrys_rules(
    events: str, field: str, words: set[str]
) -> None:
    tried = 0
    for name, feed, where in feeds():
        if feed["event"].startswith(events):
            dimension = read_from(feed, field)
            asked = set(where.get(field, ())) | (shown(INDICATORS[name], dimension) if dimension else set())
            assert asked <= words, name
            tried += len(asked)
    assert tried


def test_what_the_registry_flags_by_name_is_in_its_rules() -> None:
    assert staffing_queries.COMMISSIONER in REGISTRY["organisation.posts.federation"]
    assert staffing_queries.COMMISSIONER in REGISTRY["organisation.posts.village_association"]
    assert staffing_queries.HOME in REGISTRY["facility.kinds"]
