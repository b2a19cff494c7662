"""Records for the registry. All citizen numbers lie in area 999999, which does not exist."""

from datetime import date
from typing import Any

from stdnum.cn import ric

from tests.support.platform import Harness
from tests.support.registry_events import PLACES, VILLAGE

NAME = "欧阳测试"
PHONE = "13812345678"
ACCOUNT = "6217000000000012345"


def regions() -> list[dict[str, Any]]:
    """The county's divisions, as far as tests need them."""
    return [{"code": code, "name": name, "valid_from": "1949-10-01"} for code, name in PLACES.items()]


def citizen(sequence: int, born: date = date(1960, 5, 17)) -> str:
    """The citizen number of the nth person born that day; odd ones are male."""
    number = f"999999{born:%Y%m%d}{sequence:03d}"
    return number + ric.calc_check_digit(number + "0")


def person(sequence: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id_number": citizen(sequence),
        "name": NAME,
        "region": VILLAGE,
        "phone": PHONE,
        "bank_account": ACCOUNT,
        "registered_on": "2010-01-01",
    } | changes


def household(ref: str = "H-1", **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "region": VILLAGE, "flags": [], "registered_on": "2010-01-01"} | changes


def act(
    person_id: str, action: str, acted_on: str, assessment: str = "42", sequence: int = 1, **changes: Any
) -> dict[str, Any]:
    """An act on the nth person's certificate. assessment: digits of its category and grade."""
    return {
        "ref": f"{action}-{acted_on}-{sequence}",
        "person_id": person_id,
        "action": action,
        "certificate_number": citizen(sequence) + assessment,
        "acted_on": acted_on,
    } | changes


def registered(registry: Harness, *sequences: int) -> list[str]:
    """Register persons and return their identifiers."""
    outcomes = registry.bulk("register_persons", [person(sequence) for sequence in sequences or (1,)])
    return [outcome["id"] for outcome in outcomes]


def results(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """Code and field of a refused record, else its outcome."""
    return [
        (outcome["error"]["code"], outcome["error"]["field"])
        if outcome["error"]
        else (outcome["outcome"], None)
        for outcome in outcomes
    ]
