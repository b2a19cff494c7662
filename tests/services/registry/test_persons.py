"""Registering persons: what is kept, what is refused, what stays secret."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa

from chassis import schema
from services.registry.service import RegistryService
from services.registry.tables import persons
from tests.services.registry.factories import (
    ACCOUNT,
    NAME,
    PHONE,
    citizen,
    household,
    person,
    regions,
    registered,
    results,
)
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP


def test_a_person_is_registered_with_what_the_citizen_number_tells(registry):
    registry.bulk("register_households", [household()])
    [outcome] = registry.bulk("register_persons", [person(2, household_ref="H-1")])
    event = registry.events()[-1]
    assert event.model_dump(exclude={"person_id", "household_id"}) == {
        "region": person()["region"],
        "sex": "female",
        "birth_month": "1960-05",
        "registered_on": date(2010, 1, 1),
    }
    assert event.person_id == outcome["id"]
    assert event.household_id == registry.events()[-2].household_id
    [row] = registry.rows(persons)
    assert (row.sex, row.birth_date) == ("female", date(1960, 5, 17))


def test_bad_records_are_refused_one_by_one_and_the_good_ones_kept(registry):
    mistyped = citizen(4)[:-1] + ("0" if citizen(4)[-1] != "0" else "1")
    items = [
        person(1),
        person(4, id_number=mistyped),
        person(5, region="341524999999"),
        person(6, region="341524000000"),
        person(7, registered_on="1949-09-30", id_number=citizen(7, date(1940, 1, 1))),
        person(8, registered_on="1960-05-16"),
        person(9, household_ref="H-9"),
        person(10, phone="12345"),
        person(11, bank_account="12 34"),
        person(12, region="320500000000"),
        person(1),
        person(1, name="张三"),
        {"id_number": citizen(13), "name": NAME, "region": "3415"},
        person(14, id_number="９９９９９９196005170014"),
        person(15),
    ]
    assert results(registry.bulk("register_persons", items)) == [
        ("created", None),
        ("citizen_id.checksum", "id_number"),
        ("registry.unknown_region", "region"),
        ("registry.unknown_region", "region"),
        ("registry.unknown_region", "region"),
        ("registry.registered_before_birth", "registered_on"),
        ("registry.unknown_household", "household_ref"),
        ("phone.malformed", "phone"),
        ("bank_account.malformed", "bank_account"),
        ("access.region", "region"),
        ("unchanged", None),
        ("registry.person_differs", "name"),
        ("record.invalid", "region"),
        ("citizen_id.characters", "id_number"),
        ("created", None),
    ]
    assert len(registry.rows(persons)) == 2


def test_a_command_of_bad_records_only_is_answered(registry):
    outcomes = registry.bulk("register_persons", [{"name": NAME}])
    assert results(outcomes) == [("record.invalid", "id_number")]


def test_loading_a_file_twice_changes_nothing_and_tells_nobody(registry):
    items = [person(1, phone="138-1234-5678"), person(2, phone=None, bank_account=None)]
    first = registry.bulk("register_persons", items)
    rows, events = registry.rows(persons), registry.events()
    again = registry.bulk("register_persons", [person(1), person(2, phone="", bank_account=None)])
    assert results(again) == [("unchanged", None)] * 2
    assert [outcome["id"] for outcome in again] == [outcome["id"] for outcome in first]
    assert (registry.rows(persons), registry.events()) == (rows, events)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "张三"),
        ("region", OTHER_VILLAGE),
        ("phone", None),
        ("bank_account", "6217000000000099999"),
        ("registered_on", "2011-01-01"),
    ],
)
def test_the_same_person_told_differently_is_a_conflict(registry, field, value):
    registered(registry)
    outcomes = registry.bulk("register_persons", [person(1, **{field: value})])
    assert results(outcomes) == [("registry.person_differs", field)]


def test_an_office_registers_in_its_own_region_only(registry):
    township = registry.clerk(TOWNSHIP)
    items = [person(1), person(2, region=OTHER_VILLAGE)]
    assert results(registry.bulk("register_persons", items, township)) == [
        ("created", None),
        ("access.region", "region"),
    ]


def test_another_office_learns_no_more_than_that_a_person_is_registered(registry):
    registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    [outcome] = registry.bulk("register_persons", [person(1, region=OTHER_VILLAGE)], there)
    assert outcome["error"]["code"] == "registry.person_registered_elsewhere"
    assert person()["region"] not in json.dumps(outcome)


def test_a_household_of_another_office_is_as_good_as_unknown(registry):
    registry.bulk("register_households", [household()])
    there = registry.clerk(OTHER_TOWNSHIP)
    outcomes = registry.bulk("register_persons", [person(region=OTHER_VILLAGE, household_ref="H-1")], there)
    assert results(outcomes) == [("registry.unknown_household", "household_ref")]


def test_neither_name_nor_number_nor_phone_nor_account_can_be_read_in_the_database(registry):
    registered(registry)
    [row] = registry.rows(persons)
    stored = json.dumps([str(value) for value in row], ensure_ascii=False)
    for secret in (citizen(1), PHONE, ACCOUNT, NAME):
        assert secret not in stored
    assert row.id_number.startswith("v1.")


def test_events_and_stored_replies_hold_no_personal_data(registry):
    registered(registry)
    registry.bulk("register_persons", [person(1, name="张三")])
    [row] = registry.rows(persons)
    registry.call("reveal_person", {"person_id": row.id, "fields": ["id_number"], "purpose": "写信通知"})
    told = json.dumps([str(tuple(entry)) for entry in registry.event_rows()], ensure_ascii=False)
    kept = json.dumps([str(tuple(entry)) for entry in registry.rows(schema.reply)], ensure_ascii=False)
    for secret in (citizen(1), PHONE, ACCOUNT, NAME, "张三", "19600517"):
        assert secret not in told + kept


def test_no_refusal_and_no_log_repeats_what_was_sent(registry, capfd, caplog):
    registered(registry)
    mistyped = citizen(4)[:17] + "!"
    items = [
        person(4, id_number=mistyped),
        person(5, phone=PHONE + "9"),
        person(6, bank_account=ACCOUNT + "abc"),
        person(1, name="张三"),
        person(7, household_ref="H-9"),
        {**person(8), NAME: citizen(8)},
        person(9, name=[NAME]),
    ]
    outcomes = registry.bulk("register_persons", items)
    assert {outcome["outcome"] for outcome in outcomes} == {"rejected"}
    written = capfd.readouterr()
    said = json.dumps(outcomes, ensure_ascii=False) + written.out + written.err + caplog.text
    for secret in (mistyped, citizen(1), citizen(5), citizen(8), PHONE, ACCOUNT, NAME, "张三"):
        assert secret not in said


def test_a_thousand_persons_take_a_handful_of_statements(registry):
    registry.bulk("register_households", [household()])
    statements: list[str] = []
    engine = registry.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    items = [person(sequence, household_ref="H-1") for sequence in range(1, 1000)]
    assert set(results(registry.bulk("register_persons", items))) == {("created", None)}
    # PostgreSQL's driver sends a long list of rows in a few pages.
    assert len([text for text in statements if text.startswith("SELECT")]) <= 7
    assert len(statements) <= 12


def test_a_key_sent_again_gets_the_first_answer(registry):
    command = {"idempotency_key": "file-7-part-1", "items": [person(1)]}
    first = registry.call("register_persons", command)
    assert registry.call("register_persons", command) == first
    assert len(registry.rows(persons)) == 1


def test_two_processes_find_the_same_person_by_the_same_keys(database_url):
    first = Harness(RegistryService, database_url)
    second = Harness(RegistryService, database_url, keys=first.keys)
    region = {"code": person()["region"], "name": "甲村", "valid_from": "1949-10-01"}
    first.bulk("record_regions", [region])
    [person_id] = registered(first)
    assert registered(second) == [person_id]
    second.close()
    first.close()


def test_a_person_registered_by_several_clerks_at_once_is_one_person(registry):
    start = Barrier(4)

    def register(number: int) -> tuple[str, str]:
        start.wait()
        [outcome] = registry.bulk(
            "register_persons", [person(1)], registry.caller("clerk", subject=f"c-{number}")
        )
        return outcome["outcome"], outcome["id"]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(register, range(4)))
    assert [outcome for outcome, _ in outcomes] == ["created", *["unchanged"] * 3]
    assert len({person_id for _, person_id in outcomes}) == 1
    assert len(registry.events()) == len(regions()) + 1
