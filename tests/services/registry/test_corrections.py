"""Corrections: asked for by one, decided by another, with their history, and the record as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import clock, schema
from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.correction_tables import corrections
from services.registry.tables import persons
from tests.services.registry.factories import ACCOUNT, NAME, act, household, person, registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

CREATED = ("created", None)
PURPOSE = "核对更正申请"


def correction(person_id: str, ref: str = "G-1", field: str = "name", **changes: Any) -> dict[str, Any]:
    asked = {"ref": ref, "person_id": person_id, "field": field, "value": "张小明"}
    return asked | {"requested_on": "2024-03-01"} | changes


def decision(ref: str = "G-1", /, **changes: Any) -> dict[str, Any]:
    told = {"ref": f"D-{ref}", "correction_ref": ref, "decision": "approved", "decided_on": "2024-03-02"}
    return told | changes


def asked(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("request_corrections", items, caller))


def decided(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("decide_corrections", items, caller or registry.checker()))


def then(registry: Harness, person_id: str, day: str, known_on: date | None = None) -> dict[str, Any]:
    fields = {"person_id": person_id, "day": day, "known_on": known_on}
    return registry.call("show_person_then", fields)


def told(registry: Harness) -> list[messages.PersonCorrected]:
    return [event for event in registry.events() if isinstance(event, messages.PersonCorrected)]


@pytest.mark.system("REG-01")
def test_nothing_changes_until_another_person_approves(registry: Harness):
    [person_id] = registered(registry)
    assert asked(registry, correction(person_id)) == [CREATED]
    assert registry.call("find_person", {"person_id": person_id})["name"] == "欧阳＊"
    assert told(registry) == []
    assert decided(registry, decision()) == [CREATED]
    assert registry.call("find_person", {"person_id": person_id})["name"] == "张＊"
    for name in ("张小明", "zxm"):
        page = registry.call("search_persons", {"name": name})
        assert [line["person_id"] for line in page["persons"]] == [person_id]
    [event] = told(registry)
    assert (event.person_id, event.field, event.region) == (person_id, "name", VILLAGE)
    assert (event.effective_on, event.corrected_on) == (date(2010, 1, 1), date(2024, 3, 2))
    # The file that registered the person no longer says the same.
    assert results(registry.bulk("register_persons", [person()])) == [("registry.person_differs", "name")]


@pytest.mark.system("REG-01")
def test_every_field_is_corrected_and_followers_learn_where_a_person_belongs(registry: Harness):
    [person_id] = registered(registry)
    registry.bulk("register_households", [household("H-2", region=OTHER_VILLAGE)])
    items = [
        correction(person_id, "A", "region", value=OTHER_VILLAGE, effective_on="2024-02-01"),
        correction(person_id, "B", "household", value="H-2"),
        correction(person_id, "C", "phone", value=None),
        correction(person_id, "D", "bank_account", value="6217000000000099999"),
    ]
    assert asked(registry, *items) == [CREATED] * 4
    assert decided(registry, *(decision(ref) for ref in "ABCD")) == [CREATED] * 4
    view = registry.call("find_person", {"person_id": person_id})
    assert (view["region"], view["phone"], view["bank_account"]) == (
        OTHER_VILLAGE,
        None,
        "6217***********9999",
    )
    assert {event.region for event in told(registry)} == {OTHER_VILLAGE}
    assert told(registry)[-1].household_id == view["household_id"] is not None


def test_who_asks_does_not_decide(registry: Harness):
    [person_id] = registered(registry)
    both = registry.caller("clerk", "checker", subject="both")
    assert asked(registry, correction(person_id), caller=both) == [CREATED]
    assert decided(registry, decision(), caller=both) == [("registry.decided_by_requester", "decision")]
    with pytest.raises(Refused, match=r"access\.role"):
        registry.bulk("decide_corrections", [decision()], registry.clerk())
    with pytest.raises(Refused, match=r"access\.role"):
        registry.bulk("request_corrections", [correction(person_id)], registry.checker())
    with (
        pytest.raises(sa.exc.IntegrityError, match="ck_corrections_two_persons"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(corrections).values(decided_by="both"))


def test_sending_again_changes_nothing_and_another_content_is_refused(registry: Harness):
    [person_id] = registered(registry)
    asked(registry, correction(person_id))
    decided(registry, decision())
    stored = [registry.rows(corrections), registry.rows(persons), registry.events()]
    assert asked(registry, correction(person_id)) == [("unchanged", None)]
    assert decided(registry, decision(), decision(decision="rejected")) == [
        ("unchanged", None),
        ("registry.decision_differs", "decision"),
    ]
    assert asked(registry, correction(person_id, value="李四")) == [("registry.correction_differs", "value")]
    assert [registry.rows(corrections), registry.rows(persons), registry.events()] == stored


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(registry: Harness):
    [person_id] = registered(registry)
    items = [
        correction("f" * 32, "A"),
        correction(person_id, "B", value=None),
        correction(person_id, "C", value=NAME),
        correction(person_id, "D", effective_on="2009-12-31"),
        correction(person_id, "E", effective_on="2024-03-02"),
        correction(person_id, "F", "phone", value="12"),
        correction(person_id, "G", "region", value="341524999999"),
        correction(person_id, "H", "region", value="320500000000"),
        correction(person_id, "I", "household", value="H-9"),
        correction(person_id, "J", "sex", value="male"),
        correction(person_id, "K"),
        correction(person_id, "L", value="李四"),
    ]
    assert asked(registry, *items) == [
        ("registry.unknown_person", "person_id"),
        ("registry.correction_value", "value"),
        ("registry.nothing_to_correct", "value"),
        ("registry.correction_day", "effective_on"),
        ("registry.correction_day", "effective_on"),
        ("phone.malformed", "value"),
        ("registry.unknown_region", "value"),
        ("access.region", "value"),
        ("registry.unknown_household", "value"),
        ("record.invalid", "field"),
        CREATED,
        CREATED,
    ]
    assert decided(
        registry,
        decision("unknown"),
        decision("K", decided_on="2024-02-28"),
        decision("K"),
        decision("K", ref="D-again"),
        decision("L"),
        decision("L", ref="D-L-2", decision="rejected"),
    ) == [
        ("registry.unknown_correction", "correction_ref"),
        ("registry.decided_before_request", "decided_on"),
        CREATED,
        ("registry.correction_state", "correction_ref"),
        ("registry.changed_meanwhile", "correction_ref"),
        CREATED,
    ]
    states = {view["ref"]: view["state"] for view in registry.call("list_corrections", {})["corrections"]}
    assert states == {"K": "approved", "L": "rejected"}


@pytest.mark.system("REG-01")
def test_the_record_is_shown_as_of_a_day_and_as_known_on_a_day(registry: Harness):
    [person_id] = registered(registry)
    registry.bulk("record_certificate_acts", [act(person_id, "new", "2014-03-15")])
    asked(
        registry,
        correction(person_id, "A", "bank_account", value="6217000000000000001", effective_on="2020-05-01"),
        correction(person_id, "B", "name"),
    )
    decided(registry, decision("A"), decision("B"))
    asked(registry, correction(person_id, "C", "bank_account", value=None, effective_on="2023-01-01"))
    decided(registry, decision("C"))
    today = clock.office_day(clock.now())
    accounts = [
        then(registry, person_id, day)["bank_account"]
        for day in ("2010-01-01", "2020-04-30", "2020-05-01", "2022-12-31", "2023-01-01")
    ]
    first, second = f"6217***********{ACCOUNT[-4:]}", "6217***********0001"
    assert accounts == [first, first, second, second, None]
    # A name that was recorded wrongly was wrong from the beginning.
    assert then(registry, person_id, "2010-01-01")["name"] == "张＊"
    assert then(registry, person_id, "2014-03-14")["last_act"] is None
    assert then(registry, person_id, "2014-03-15")["last_act"]["expires_on"] == "2024-03-15"
    # Recorded and decided yesterday, but for the last correction.
    yesterday = clock.now() - timedelta(days=1)
    with registry.runtime.database.write() as connection:
        connection.execute(sa.update(persons).values(recorded_at=yesterday - timedelta(days=1)))
        connection.execute(
            sa.update(corrections).where(corrections.c.ref != "C").values(decided_at=yesterday)
        )
    known = then(registry, person_id, "2023-01-01", today - timedelta(days=1))
    assert (known["bank_account"], known["name"]) == (second, "张＊")
    known = then(registry, person_id, "2023-01-01", today - timedelta(days=2))
    assert (known["bank_account"], known["name"], known["last_act"]) == (first, "欧阳＊", None)
    for day, known_on in (("2009-12-31", None), ("2023-01-01", today - timedelta(days=3))):
        with pytest.raises(Refused, match=r"registry\.not_known_then"):
            then(registry, person_id, day, known_on)
    assert then(registry, person_id, "2023-01-01", date.max) == then(registry, person_id, "2023-01-01")


@pytest.mark.system("REG-01")
def test_where_a_person_lived_on_a_day_is_told_by_moves_and_corrections_alike(registry: Harness):
    [person_id] = registered(registry)
    there = correction(person_id, "A", "region", value=OTHER_VILLAGE, effective_on="2020-01-01")
    back = correction(person_id, "B", "region", value=VILLAGE, effective_on="2024-05-01")
    acts = [
        act(person_id, "new", "2014-03-15"),
        act(person_id, "move", "2022-03-01", region=OTHER_VILLAGE),
        act(person_id, "move", "2023-03-01", region=VILLAGE),
    ]
    days = ("2010-01-01", "2020-01-01", "2022-03-01", "2023-02-28", "2023-03-01", "2024-05-01")

    def regions(known_on: date | None = None) -> list[str]:
        return [then(registry, person_id, day, known_on)["region"] for day in days]

    registry.bulk("record_certificate_acts", acts[:2])
    assert regions() == [VILLAGE, VILLAGE, *[OTHER_VILLAGE] * 4]
    today, yesterday = clock.office_day(clock.now()), clock.now() - timedelta(days=1)
    with registry.runtime.database.write() as connection:
        connection.execute(sa.update(persons).values(recorded_at=yesterday))
    assert regions(today - timedelta(days=1)) == [VILLAGE] * 6
    registry.bulk("record_certificate_acts", acts[2:])
    asked(registry, there)
    assert decided(registry, decision("A")) == [CREATED]
    asked(registry, back | {"requested_on": "2024-06-01"})
    assert decided(registry, decision("B", decided_on="2024-06-02")) == [CREATED]
    # The correction was made in sight of both moves.
    assert regions() == [VILLAGE, *[OTHER_VILLAGE] * 4, VILLAGE]


def test_a_move_after_a_correction_begins_where_the_correction_led(registry: Harness):
    [person_id] = registered(registry)
    asked(registry, correction(person_id, "A", "region", value=OTHER_VILLAGE, effective_on="2020-01-01"))
    assert decided(registry, decision("A")) == [CREATED]
    acts = [act(person_id, "new", "2014-03-15"), act(person_id, "move", "2022-03-01", region=VILLAGE)]
    assert results(registry.bulk("record_certificate_acts", acts)) == [CREATED] * 2
    days = ("2019-12-31", "2020-01-01", "2022-02-28", "2022-03-01")
    lived = [then(registry, person_id, day)["region"] for day in days]
    assert lived == [VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE, VILLAGE]


def test_another_region_can_neither_ask_decide_nor_look(registry: Harness):
    [person_id] = registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    assert asked(registry, correction(person_id), caller=there) == [("registry.unknown_person", "person_id")]
    asked(registry, correction(person_id))
    checker_there = registry.checker(region=OTHER_TOWNSHIP)
    assert decided(registry, decision(), caller=checker_there) == [
        ("registry.unknown_correction", "correction_ref")
    ]
    assert registry.call("list_corrections", {}, there)["corrections"] == []
    [view] = registry.call("list_corrections", {"person_id": person_id}, registry.checker())["corrections"]
    reveal = {"correction_id": view["correction_id"], "purpose": PURPOSE}
    with pytest.raises(Refused, match=r"registry\.unknown_correction"):
        registry.call("reveal_correction", reveal, checker_there)
    with pytest.raises(Refused, match=r"registry\.unknown_person"):
        registry.call("show_person_then", {"person_id": person_id, "day": "2020-01-01"}, there)
    assert registry.rows(schema.access_audit) == []
    # Nor is a person sent into a region that the one who decides has no charge of.
    asked(registry, correction(person_id, "M", "region", value=OTHER_VILLAGE))
    here = registry.checker(region=TOWNSHIP)
    [outcome] = registry.bulk("decide_corrections", [decision("M")], here)
    assert results([outcome]) == [("access.region", "correction_ref")]
    assert OTHER_VILLAGE not in outcome["error"]["message"]


def test_of_checkers_deciding_on_one_correction_at_once_only_one_succeeds(registry: Harness):
    [person_id] = registered(registry)
    asked(registry, correction(person_id))
    start = Barrier(4)

    def decide(number: int) -> Any:
        start.wait()
        verdict = "approved" if number % 2 else "rejected"
        return decided(registry, decision(ref=f"D-{number}", decision=verdict))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(decide, range(4)))
    assert outcomes == [CREATED, *[("registry.correction_state", "correction_ref")] * 3]
    [row] = registry.rows(corrections)
    assert len(told(registry)) == (row.state == "approved")


def test_values_are_sealed_and_read_side_by_side_on_the_record(registry: Harness):
    [person_id] = registered(registry)
    asked(registry, correction(person_id))
    decided(registry, decision())
    [row] = registry.rows(corrections)
    kept = str([tuple(row), *(tuple(each) for each in registry.event_rows())])
    assert NAME not in kept
    assert "张小明" not in kept
    reply = registry.call(
        "reveal_correction", {"correction_id": row.id, "purpose": PURPOSE}, registry.checker()
    )
    assert (reply["before"], reply["after"]) == (NAME, "张小明")
    [read] = registry.rows(schema.access_audit)
    assert (read.subject_id, read.fields) == (person_id, "correction.name.before,correction.name.after")
