"""Looking for persons: by number, by name, by what they need; masked, page by page, within the region."""

from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema, tracing
from chassis.rpc import Refused
from services.registry.handlers.names import JOB
from services.registry.service import RegistryService
from services.registry.tables import name_words, persons
from tests.services.registry.factories import act, citizen, household, person, regions, registered
from tests.services.registry.test_key_rotation import rotate
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

NAMES = {1: "欧阳测试", 2: "单乐", 3: "张小明", 4: "阿依古丽·买买提", 5: "章晓鸣", 6: "张小明"}


@pytest.fixture
def people(registry: Harness) -> list[str]:
    """Six persons; the first two in a poor household, the sixth in another township."""
    registry.bulk("register_households", [household(flags=["dibao", "old_carer"]), household("H-2")])
    items = [person(number, name=name) for number, name in NAMES.items()]
    items[0] |= {"household_ref": "H-1"}
    items[1] |= {"household_ref": "H-1"}
    items[2] |= {"household_ref": "H-2"}
    items[5] |= {"region": OTHER_VILLAGE}
    return [outcome["id"] for outcome in registry.bulk("register_persons", items)]


def found(registry: Harness, caller: str | None = None, **asked: Any) -> list[str]:
    """The identifiers that a search finds, in alphabetical order."""
    page = registry.call("search_persons", asked, caller)
    assert page["after"] is None
    return sorted(line["person_id"] for line in page["persons"])


def seal_names(registry: Harness, day: str) -> None:
    """Run the daily job of a day."""
    with registry.runtime.transaction(registry.runtime.system()) as tx:
        tx.traceparent = tracing.new()
        tx.start_job(JOB, key=day, payload={})
    assert registry.run_jobs() == 1


@pytest.mark.system("REG-01")
def test_a_person_is_found_by_numbers_and_shown_masked(registry: Harness, people: list[str]):
    registry.bulk("record_certificate_acts", [act(people[0], "new", "2014-03-15")])
    [line] = registry.call("search_persons", {"id_number": citizen(1)}, registry.auditor())["persons"]
    assert line == {
        "person_id": people[0],
        "name": "欧阳＊",
        "id_number": f"999999********{citizen(1)[14:]}",
        "sex": "male",
        "birth_month": "1960-05",
        "region": VILLAGE,
        "household_id": line["household_id"],
        "flags": ["dibao", "old_carer"],
        "category": "physical",
        "grade": 2,
        "certificate_status": "valid",
        "merged_into": None,
    }
    assert found(registry, certificate_number=citizen(1).lower() + "42") == [people[0]]
    assert found(registry, certificate_number=citizen(1) + "43") == []


@pytest.mark.system("REG-01")
@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("张小明", [3, 6]),
        ("zhang xiaoming", [3, 5, 6]),
        ("ZHANG Xiao-Ming", [3, 5, 6]),
        ("zxm", [3, 5, 6]),
        ("shanle", [2]),
        ("dan yue", [2]),
        ("阿依古丽买买提", [4]),
        ("ayigulimaimaiti", [4]),
        ("oyce", []),
        ("ouyangceshi", [1]),
        ("张", []),
        ("zhang", []),
    ],
)
def test_a_name_is_found_whole_in_characters_pinyin_and_initials(
    registry: Harness, people: list[str], asked: str, numbers: list[int]
):
    assert found(registry, name=asked) == sorted(people[number - 1] for number in numbers)


def test_a_search_narrows_by_division_flags_and_certificate(registry: Harness, people: list[str]):
    acts = [act(people[0], "new", "2014-03-15"), act(people[2], "new", "2014-03-15", "63", 3)]
    registry.bulk("record_certificate_acts", acts)
    assert found(registry, region=OTHER_TOWNSHIP) == [people[5]]
    assert found(registry, region=OTHER_TOWNSHIP, name="章晓鸣") == []
    assert found(registry, flags=["dibao"]) == sorted(people[:2])
    assert found(registry, flags=["dibao", "old_carer", "dibao"], grades=[1, 2]) == [people[0]]
    assert found(registry, flags=["dibao", "hardship"]) == []
    assert found(registry, categories=["mental"]) == [people[2]]
    assert found(registry, categories=["mental"], grades=[4]) == []


def test_pages_follow_each_other_without_a_gap_or_a_repeat(registry: Harness, people: list[str]):
    seen: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = registry.call("search_persons", {"limit": 2, "after": after})
        seen += [line["person_id"] for line in page["persons"]]
        after = page["after"]
    assert (sorted(seen), after) == (sorted(people), None)
    assert seen[-1] == people[5]


def test_another_region_finds_nobody_by_anything(registry: Harness, people: list[str]):
    there = registry.clerk(OTHER_TOWNSHIP)
    registry.bulk("record_certificate_acts", [act(people[0], "new", "2014-03-15")])
    assert found(registry, there, id_number=citizen(1)) == []
    assert found(registry, there, certificate_number=citizen(1) + "42") == []
    assert found(registry, there, name="欧阳测试") == []
    assert found(registry, there, flags=["dibao"]) == []
    assert found(registry, there, region=TOWNSHIP) == []
    assert found(registry, there, region=COUNTY) == [people[5]]
    # A place in another region's order leads back to the caller's own.
    assert found(registry, there, after=f"{VILLAGE}-{people[0]}") == [people[5]]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"id_number": citizen(1)[:-1]}, r"citizen_id\."),
        ({"certificate_number": citizen(1)}, r"certificate_number\.malformed"),
        ({"name": "·"}, r"registry\.name_without_letters"),
        ({"limit": 201}, r"request\.invalid"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_without_repeating_it(
    registry: Harness, asked: dict[str, Any], code: str
):
    with pytest.raises(Refused, match=code) as refused:
        registry.call("search_persons", asked)
    assert citizen(1)[:-1] not in str(refused.value)
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call("search_persons", {}, registry.maker())


def test_a_name_cannot_be_read_in_the_database_and_is_opened_on_the_record(
    registry: Harness, people: list[str]
):
    stored = str([tuple(row) for table in (persons, name_words) for row in registry.rows(table)])
    assert not [name for name in NAMES.values() if name in stored]
    assert "zhangxiaoming" not in stored
    asked = {"person_id": people[2], "fields": ["name"], "purpose": "打印通知书"}
    assert registry.call("reveal_person", asked)["values"] == {"name": "张小明"}
    [row] = registry.rows(schema.access_audit)
    assert row.fields == "name"


def test_names_of_an_old_database_are_sealed_by_the_daily_job(registry: Harness):
    [person_id, other] = registered(registry, 1, 2)
    with registry.runtime.database.write() as connection:
        connection.execute(sa.delete(name_words))
        connection.execute(sa.update(persons).values(name="张小明", name_words=None))
    assert registry.call("find_person", {"person_id": person_id})["name"] == "张＊"
    seal_names(registry, "2024-01-01")
    assert found(registry, name="张小明") == sorted([person_id, other])
    assert {row.name.partition(".")[0] for row in registry.rows(persons)} == {"v1"}
    before = registry.rows(persons)
    seal_names(registry, "2024-01-02")
    assert registry.rows(persons) == before


def test_names_are_found_while_index_keys_are_rotated_and_after(database_url: str):
    before = Harness(RegistryService, database_url)
    before.bulk("record_regions", regions())
    [holder] = registered(before)
    rotate(before.keys)
    after = Harness(RegistryService, database_url, keys=before.keys)
    assert found(after, name="欧阳测试") == [holder]
    seal_names(after, "2024-01-01")
    assert found(after, name="欧阳测试") == [holder]
    assert {row.name_words for row in after.rows(persons)} == {"1.i9"}
    after.close()
    before.close()
