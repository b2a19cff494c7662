"""Who acts for a person: named where something is handed in, and checked against the guardians of the day."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kernel.rulebook import RuleBook
from services.registry.service import RegistryService
from tests.services.registry.application_records import CREATED, application, applied, listed
from tests.services.registry.factories import act, citizen, person, registered, results
from tests.services.registry.merge_records import merged
from tests.services.registry.test_corrections import asked, correction
from tests.services.registry.test_guardians import end, guardian
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

BY_GUARDIAN = {"acted_by": "guardian", "guardian_ref": "J-1"}
NEEDED = """
rules:
  guardian.needed:
    description: For whom a guardian has to act
    unit: texts
    values:
      - {from: 2000-01-01, value: [], reference: {document: the office}}
      - {from: 2024-01-01, value: [minor, mental], reference: {document: the office}}
"""


@pytest.fixture
def strict(registry: Harness, tmp_path: Path) -> Harness:
    """An office that wants a guardian for minors and the mentally disabled since 2024."""
    rules = tmp_path / "rules"
    shutil.copytree(RegistryService.directory() / "rules", rules)
    (rules / "offices").mkdir(exist_ok=True)
    (rules / "offices" / "here.yaml").write_text(NEEDED, encoding="utf-8")
    registry.runtime.rules = RuleBook.load(rules, office="here")
    return registry


def who(view: dict[str, Any]) -> tuple[Any, ...]:
    return view["acted_by"], view["guardian_ref"], view["agent_kind"]


@pytest.mark.system("REG-02")
def test_who_handed_in_an_application_stays_on_it_and_is_told_to_nobody_else(registry: Harness):
    ids = registered(registry, 1, 2, 3, 4)
    registry.bulk("register_guardians", [guardian(ids[0])])
    items = [
        application(ids[0], ref="A", **BY_GUARDIAN),
        application(ids[1], ref="B", acted_by="agent", agent_kind="supporter"),
        application(ids[2], ref="C", acted_by="self"),
        application(ids[3], ref="D"),
    ]
    assert applied(registry, *items) == [CREATED] * 4
    assert applied(registry, *items) == [("unchanged", None)] * 4
    assert applied(registry, items[3] | {"acted_by": "self"}) == [
        ("registry.application_differs", "acted_by")
    ]
    views = listed(registry)
    assert [who(views[ref]) for ref in "ABCD"] == [
        ("guardian", "J-1", None),
        ("agent", None, "supporter"),
        ("self", None, None),
        (None, None, None),
    ]
    told = [event.model_dump() for event in registry.events() if "application" in event.TYPE]
    assert len(told) == 4
    assert not {"acted_by", "guardian_ref", "agent_kind"}.intersection(*told)


@pytest.mark.system("REG-01")
def test_a_guardian_acts_within_the_days_and_the_scope_and_for_nobody_else(registry: Harness):
    ids = registered(registry, 1, 2)
    registry.bulk(
        "register_guardians",
        [
            guardian(ids[0], since="2024-03-04", until="2024-03-31"),
            guardian(ids[0], "J-2", scope=["rehab"]),
            guardian(ids[0], "J-3"),
        ],
    )
    registry.bulk("end_guardianships", [end("J-3", "2024-03-03")])
    days = [
        application(ids[0], ref="A", applied_on="2024-03-03", **BY_GUARDIAN),
        application(ids[0], ref="B", applied_on="2024-04-01", **BY_GUARDIAN),
        application(ids[0], ref="C", **BY_GUARDIAN | {"guardian_ref": "J-3"}),
        application(ids[0], ref="D", **BY_GUARDIAN | {"guardian_ref": "J-2"}),
        application(ids[1], ref="E", **BY_GUARDIAN),
        application(ids[0], ref="F", **BY_GUARDIAN | {"guardian_ref": "unknown"}),
        application(ids[0], ref="G", acted_by="guardian"),
        application(ids[0], ref="H", acted_by="self", guardian_ref="J-1"),
        application(ids[0], ref="I", acted_by="agent"),
        application(ids[0], ref="J", agent_kind="other"),
        application(ids[0], ref="K", applied_on="2024-03-31", **BY_GUARDIAN),
    ]
    assert applied(registry, *days) == [
        ("registry.guardian_not_then", "guardian_ref"),
        ("registry.guardian_not_then", "guardian_ref"),
        ("registry.guardian_not_then", "guardian_ref"),
        ("registry.guardian_scope", "guardian_ref"),
        ("registry.unknown_guardian", "guardian_ref"),
        ("registry.unknown_guardian", "guardian_ref"),
        ("registry.acting_fields", "guardian_ref"),
        ("registry.acting_fields", "guardian_ref"),
        ("registry.acting_fields", "agent_kind"),
        ("registry.acting_fields", "agent_kind"),
        CREATED,
    ]


def test_what_a_guardian_handed_in_stands_after_the_guardianship_ended_before_it(registry: Harness):
    [person_id] = registered(registry)
    registry.bulk("register_guardians", [guardian(person_id)])
    handed_in = application(person_id, **BY_GUARDIAN)
    assert applied(registry, handed_in) == [CREATED]
    registry.bulk("end_guardianships", [end(ended_on="2024-01-31")])
    assert applied(registry, handed_in) == [("unchanged", None)]


@pytest.mark.system("REG-01")
def test_a_bank_account_is_corrected_by_who_acts_for_property_or_subsidies(registry: Harness):
    [person_id] = registered(registry)
    scopes = {"J-1": ["rehab"], "J-2": ["property"]}
    registry.bulk(
        "register_guardians", [guardian(person_id, ref, scope=scope) for ref, scope in scopes.items()]
    )
    account = {"field": "bank_account", "value": "6217000000000099999"}
    items = [
        correction(person_id, "A", **account, **BY_GUARDIAN),
        correction(person_id, "B", **account, **BY_GUARDIAN | {"guardian_ref": "J-2"}),
        correction(person_id, "C", **BY_GUARDIAN),
        correction(person_id, "D", acted_by="agent"),
        correction(person_id, "E", "phone", value=None, acted_by="agent", agent_kind="committee"),
    ]
    assert asked(registry, *items) == [
        ("registry.guardian_scope", "guardian_ref"),
        CREATED,
        CREATED,
        ("registry.acting_fields", "agent_kind"),
        CREATED,
    ]
    assert asked(registry, items[2], items[2] | {"acted_by": None, "guardian_ref": None}) == [
        ("unchanged", None),
        ("registry.correction_differs", "acted_by"),
    ]
    views = registry.call("list_corrections", {"person_id": person_id})["corrections"]
    assert [(view["ref"], *who(view)) for view in views] == [
        ("B", "guardian", "J-2", None),
        ("C", "guardian", "J-1", None),
        ("E", "agent", None, "committee"),
    ]


@pytest.mark.system("REG-02")
def test_an_office_may_want_a_guardian_for_minors_and_for_categories_from_a_day_on(strict: Harness):
    born = date(2006, 3, 5)
    child = person(1, id_number=citizen(1, born))
    [child_id, mental, physical] = [
        each["id"] for each in strict.bulk("register_persons", [child, person(2), person(3)])
    ]
    acts = [act(mental, "new", "2016-02-01", "62", 2), act(physical, "new", "2016-02-01", "42", 3)]
    assert results(strict.bulk("record_certificate_acts", acts)) == [CREATED] * 2
    strict.bulk("register_guardians", [guardian(child_id), guardian(mental, "J-2")])
    items = [
        application(child_id, ref="A"),
        application(child_id, ref="B", acted_by="agent", agent_kind="supporter"),
        application(child_id, ref="C", **BY_GUARDIAN),
        application(mental, "reissue", ref="D", acted_by="self"),
        application(mental, "reissue", ref="E", applied_on="2023-12-29", acted_by="self"),
        application(physical, "reissue", ref="F"),
    ]
    assert applied(strict, *items) == [
        ("registry.guardian_needed", "acted_by"),
        ("registry.guardian_needed", "acted_by"),
        CREATED,
        ("registry.guardian_needed", "acted_by"),
        CREATED,
        CREATED,
    ]
    # Of age since the fifth of March.
    corrections = [correction(child_id, "G"), correction(child_id, "H", requested_on="2024-03-05")]
    assert asked(strict, *corrections) == [("registry.guardian_needed", "acted_by"), CREATED]


def test_a_guardian_of_another_region_is_unknown_also_by_name(registry: Harness):
    [here] = registered(registry)
    [there] = [each["id"] for each in registry.bulk("register_persons", [person(2, region=OTHER_VILLAGE)])]
    registry.bulk("register_guardians", [guardian(there), guardian(here, "J-2")])
    clerk = registry.clerk(TOWNSHIP)
    items = [
        application(here, ref="A", **BY_GUARDIAN),
        application(here, ref="B", **BY_GUARDIAN | {"guardian_ref": "nobody"}),
        application(there, ref="C", **BY_GUARDIAN),
        application(here, ref="D", **BY_GUARDIAN | {"guardian_ref": "J-2"}),
    ]
    assert applied(registry, *items, caller=clerk) == [
        ("registry.unknown_guardian", "guardian_ref"),
        ("registry.unknown_guardian", "guardian_ref"),
        ("registry.unknown_person", "person_id"),
        CREATED,
    ]
    assert listed(registry, registry.clerk(OTHER_TOWNSHIP)) == {}
    assert listed(registry, clerk)["D"]["region"] == VILLAGE


def test_the_guardian_of_a_merged_record_acts_for_the_person_who_stands_for_both(registry: Harness):
    kept, twice = registered(registry, 1, 2)
    registry.bulk("register_guardians", [guardian(twice)])
    assert applied(registry, application(kept, **BY_GUARDIAN)) == [
        ("registry.unknown_guardian", "guardian_ref")
    ]
    merged(registry, twice, kept)
    assert applied(registry, application(kept, **BY_GUARDIAN)) == [CREATED]
