"""Which act on a certificate comes of an application."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kernel.errors import Refusal
from services.registry.domain.application_result import Wish, act_of, check_wish
from services.registry.domain.application_state import Application, Channel, Kind
from services.registry.domain.certificate_state import Certificate
from tests.unit.registry.test_application import MONDAY, RESULT, assessed, start, step
from tests.unit.registry.test_certificate import issued

HELD = issued(date(2014, 6, 1))  # physical, grade 2
DAY = date(2024, 3, 12)


def came(kind: Kind, application: Application, held: Certificate | None = HELD, **wish: Any) -> Any:
    act = act_of(Wish(kind, "local", **wish), application, held, DAY, "in force")
    return act.action, act.category.value, act.grade


def found(kind: Kind, grade: int | None) -> Application:
    result = {"place": "hospital", "assessor": "H-1"} if grade is None else RESULT | {"grade": grade}
    return assessed(kind, result=result)


@pytest.mark.parametrize(
    ("kind", "grade", "action"),
    [
        ("renewal", 2, "renewal"),
        ("renewal", 3, "change"),
        ("renewal", None, "cancel"),
        ("change", 3, "change"),
        ("change", 2, "reassess"),
        ("change", None, "cancel"),
        ("reassessment", 1, "change"),
        ("reassessment", 2, "reassess"),
        ("reassessment", None, "cancel"),
    ],
)
def test_a_holders_assessment_renews_confirms_changes_or_ends(kind, grade, action):
    assert came(kind, found(kind, grade)) == (action, "physical", grade or 2)


def test_a_first_assessment_gives_a_new_certificate_and_one_after_a_dispute_changes_it():
    assert came("new", found("new", 3), None) == ("new", "physical", 3)
    again = replace(found("new", 3), issued=True)
    assert came("new", again) == ("change", "physical", 3)
    assert came("new", replace(again, grade=2)) == ("reassess", "physical", 2)
    assert came("renewal", replace(found("renewal", 2), issued=True)) == ("reassess", "physical", 2)


@pytest.mark.parametrize(
    ("kind", "wish", "action"),
    [
        ("renewal", {}, "renewal"),
        ("reissue", {}, "reissue"),
        ("replacement", {}, "replacement"),
        ("move", {"to_region": "341524103206"}, "move"),
        ("cancel", {"reason": "withdrawn"}, "cancel"),
    ],
)
def test_what_rests_on_no_assessment_keeps_category_and_grade(kind, wish, action):
    application = step(start(kind), "accept", MONDAY)
    assert came(kind, application, **wish) == (action, "physical", 2)
    act = act_of(Wish(kind, "local", **wish), application, HELD, DAY, "in force")
    assert (act.reason, act.region, act.assessed_on) == (wish.get("reason"), wish.get("to_region"), None)


@pytest.mark.parametrize("kind", ["new", "change", "reassessment"])
def test_no_certificate_is_made_changed_or_ended_without_an_assessment_whatever_an_office_lets_pass(kind):
    unrated = replace(start(kind), state="approved")
    with pytest.raises(Refusal, match=r"registry\.not_assessed"):
        came(kind, unrated)


def test_an_assessment_is_named_with_its_standard_and_its_day():
    act = act_of(Wish("new", "local"), found("new", 3), None, DAY, "in force")
    assert (act.standard, act.assessed_on, act.acted_on) == ("GB/T 26341-2010", MONDAY, DAY)


@pytest.mark.parametrize(
    ("kind", "channel", "fields", "field"),
    [
        ("cancel", "local", {}, "reason"),
        ("move", "local", {}, "to_region"),
        ("reassessment", "local", {}, "ground"),
        ("new", "local", {"ground": "reported"}, "ground"),
        ("new", "any_window", {}, "window"),
        ("new", "local", {"window": "341524103000"}, "window"),
        ("new", "for_other_province", {}, "counterpart"),
        ("new", "from_other_province", {}, "counterpart"),
        ("new", "any_window", {"window": "341524103000", "counterpart": "320500000000"}, "counterpart"),
    ],
)
def test_each_kind_and_channel_has_the_fields_of_its_own(
    kind: Kind, channel: Channel, fields: dict[str, Any], field: str
):
    with pytest.raises(Refusal) as refusal:
        check_wish(Wish(kind, channel, **fields))
    assert (refusal.value.code, refusal.value.facts["field"]) == ("registry.application_fields", field)
