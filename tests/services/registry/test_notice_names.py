"""Names for public notices: partly hidden, of the caller's regions, each reading on the record."""

from typing import Any

import pytest

from chassis.rpc import Refused
from tests.services.registry.factories import person, registered
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, PLACES, TOWNSHIP, VILLAGE, identifier

PURPOSE = "公示补贴申请"


def names(registry: Harness, *ids: str, caller: str | None = None) -> dict[str, str]:
    asked: dict[str, Any] = {"person_ids": list(ids), "day": "2024-03-01", "purpose": PURPOSE}
    found = registry.call("reveal_notice_names", asked, caller or registry.clerk())["names"]
    return {each["person_id"]: each["name"] for each in found}


def test_a_name_is_put_up_with_its_middle_hidden(registry: Harness) -> None:
    [first, second] = registry.bulk("register_persons", [person(1), person(2, name="王小明")])
    assert names(registry, first["id"], second["id"]) == {first["id"]: "欧阳＊试", second["id"]: "王＊明"}


def test_each_person_finds_the_reading_in_their_log(registry: Harness) -> None:
    ids = registered(registry, 1, 2)
    names(registry, *ids, caller=registry.auditor())
    for person_id in ids:
        [read] = registry.call("list_person_reads", {"person_id": person_id})["reads"]
        assert (read["actor"], read["purpose"], read["fields"]) == ("auditor", PURPOSE, ["notice.name"])
    assert registry.audit_problems() == []


def test_whoever_lives_elsewhere_is_left_out_as_if_unknown(registry: Harness) -> None:
    [person_id] = registered(registry)
    assert names(registry, person_id, caller=registry.clerk(OTHER_TOWNSHIP)) == {}
    assert names(registry, identifier(9)) == {}
    assert registry.call("list_person_reads", {"person_id": person_id})["reads"] == []
    for caller in (registry.maker(), registry.checker()):
        with pytest.raises(Refused, match=r"access\.role"):
            names(registry, person_id, caller=caller)


def test_divisions_are_called_as_on_the_day(registry: Harness) -> None:
    def called(day: str) -> list[tuple[str, str]]:
        found = registry.call("name_regions", {"codes": [VILLAGE, TOWNSHIP, "990000000000"], "day": day})
        return [(each["code"], each["name"]) for each in found["regions"]]

    assert called("2024-03-01") == [(code, PLACES[code]) for code in (TOWNSHIP, VILLAGE)]
    ended = {"code": VILLAGE, "name": PLACES[VILLAGE], "valid_from": "1949-10-01", "valid_to": "2020-01-01"}
    assert registry.bulk("record_regions", [ended | {"successors": [TOWNSHIP]}])[0]["outcome"] == "created"
    assert called("2019-12-31") == [(code, PLACES[code]) for code in (TOWNSHIP, VILLAGE)]
    assert called("2020-01-01") == [(TOWNSHIP, PLACES[TOWNSHIP])]
