"""Rows of the organisation network as events and views tell them: by the names of their fields.

A room of its own because handlers and queries both tell rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from contracts.message import Event, Message
from kernel.ladder import Act, Standing
from kernel.money import Money
from kernel.regions import RegionCode

Told = TypeVar("Told", bound=Message)


def told(model: type[Told], noun: str, row: Mapping[Any, Any]) -> Told:
    """The message made of the columns that its fields are called after.

    noun: what the row is; its id is told as `<noun>_id`. A column `<name>_fen` is told as `<name>` in yuan,
    and `level` is that of the row's division. Other columns are left out.
    """
    values = {f"{noun}_id": row["id"], **row, "level": RegionCode(row["region"]).level}
    for name, fen in row.items():
        if name.endswith("_fen") and fen is not None:
            values[name.removesuffix("_fen")] = str(Money(fen))
    return model(**{name: values[name] for name in model.model_fields if name in values})


def steps(
    noun: str,
    events: Mapping[str, type[Event]],
    more: Callable[[Mapping[str, Any], Any, Any], dict[str, Any]] = lambda _file, _act, _after: {},
) -> Callable[[Mapping[str, Any], Act, Standing], Event]:
    """What the steps of a kind of record tell. events: by action.

    more: what is told otherwise than the columns say, from the row before, the act, and the state after.
    """

    def event(file: Mapping[str, Any], act: Act, after: Standing) -> Event:
        row = {**file, **asdict(act), **asdict(after), **more(file, act, after)}
        return told(events[act.action], noun, row)

    return event
