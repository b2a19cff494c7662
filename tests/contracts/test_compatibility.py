"""Whether what was released still holds: released/ has each message's schema as it was last released.

At a release, copy contracts/schemas/*.json to released/. A change that is refused here needs a new version of
the message beside the old, or for a call a new method.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import REQUESTS
from contracts.documents import SCHEMAS
from tests.contracts.schema_fields import fields

RELEASED = {path.stem: path for path in sorted((Path(__file__).parent / "released").glob("*.json"))}

Schema = dict[str, Any]


def breaks(old: Schema, new: Schema, *, asked: bool = False) -> list[str]:
    """What no longer fits: data once sent must still be read, and a caller once right stays right.

    asked: a request, of which a field may come to take more types than it did.
    """
    before, after = fields(old), fields(new)
    found = [f"{place} is removed" for place in before.keys() - after.keys()]
    found += [
        f"{place} is newly required"
        for place, field in after.items()
        if field.required and not (place in before and before[place].required) and _held_before(place, before)
    ]
    for place in before.keys() & after.keys():
        was, now = before[place], after[place]
        if not (was.types <= now.types if asked else was.types == now.types):
            found.append(f"{place} changed from {sorted(was.types)} to {sorted(now.types)}")
        if now.values is not None and (was.values is None or was.values - now.values):
            found.append(f"{place} no longer takes {sorted((was.values or {'any'}) - now.values)}")
    return sorted(found)


def _held_before(place: str, before: dict[str, Any]) -> bool:
    """Whether the object that holds the place was there; a new optional one may require what it likes."""
    holder = (
        place.removesuffix("[]").removesuffix("{}")
        if place.endswith(("[]", "{}"))
        else place.rpartition(".")[0]
    )
    return holder == "" or holder in before


def test_something_is_released() -> None:
    assert len(RELEASED) > 50


@pytest.mark.parametrize("name", RELEASED)
def test_what_was_released_still_holds(name: str) -> None:
    path = SCHEMAS / f"{name}.json"
    assert path.is_file(), "a released message is gone, and somebody may still send or expect it"
    old, new = (json.loads(each.read_text(encoding="utf-8")) for each in (RELEASED[name], path))
    assert breaks(old, new, asked=name in REQUESTS) == []


# The check itself --------------------------------------------------------------------------------

PAYMENT: Schema = {
    "type": "object",
    "properties": {
        "paid_on": {"type": "string", "format": "date"},
        "mode": {"anyOf": [{"enum": ["cash", "bank"], "type": "string"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
    },
    "required": ["paid_on"],
    "$defs": {
        "Part": {"type": "object", "properties": {"amount": {"type": "string"}}, "required": ["amount"]}
    },
}


def changed(change: Callable[[Schema], object]) -> Schema:
    new = copy.deepcopy(PAYMENT)
    change(new)
    return new


def of_part(schema: Schema) -> Schema:
    part: Schema = schema["$defs"]["Part"]
    return part


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda new: new["properties"].pop("mode"), "mode is removed"),
        (lambda new: of_part(new)["properties"].pop("amount"), "parts[].amount is removed"),
        (lambda new: new["required"].append("mode"), "mode is newly required"),
        (
            lambda new: of_part(new).update(
                properties={"amount": {"type": "string"}, "source": {"type": "string"}},
                required=["amount", "source"],
            ),
            "parts[].source is newly required",
        ),
        (
            lambda new: new["properties"]["mode"]["anyOf"][0]["enum"].remove("cash"),
            "mode no longer takes ['cash']",
        ),
        (lambda new: new["properties"]["paid_on"].update(enum=["x"]), "paid_on no longer takes ['any']"),
        (
            lambda new: new["properties"]["paid_on"].update(format="date-time"),
            "paid_on changed from ['string date'] to ['string date-time']",
        ),
        (
            lambda new: of_part(new)["properties"]["amount"].update(type="integer"),
            "parts[].amount changed from ['string'] to ['integer']",
        ),
    ],
)
def test_a_change_that_breaks_is_told(change: Callable[[Schema], object], told: str) -> None:
    assert breaks(PAYMENT, changed(change)) == [told]


@pytest.mark.parametrize(
    "change",
    [
        lambda new: new["properties"].update(note={"type": "string"}),
        lambda new: new["properties"].update(
            payee={"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
        ),
        lambda new: new["properties"]["mode"]["anyOf"][0]["enum"].append("card"),
        lambda new: new["required"].clear(),
    ],
)
def test_a_change_that_adds_breaks_nothing(change: Callable[[Schema], object]) -> None:
    assert breaks(PAYMENT, changed(change)) == []


def test_a_request_may_come_to_take_more() -> None:
    wider = changed(
        lambda new: new["properties"].update(
            parts={"anyOf": [PAYMENT["properties"]["parts"], {"type": "null"}]}
        )
    )
    assert breaks(PAYMENT, wider, asked=True) == []
    assert breaks(PAYMENT, wider) == ["parts changed from ['array'] to ['array', 'null']"]
