"""Divisions through time: what may be added to their history, and where people may be registered."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from kernel.errors import Conflict, NotFound
from kernel.regions import Level, RegionCode, RegionRow, RegionTable

HOME_LEVELS: tuple[Level, ...] = ("township", "village")


def adds_to(history: Mapping[date, RegionRow], told: RegionRow) -> bool:
    """Whether a row adds to its division's history: it is new, or ends an open one.

    history: rows by their first day. False when it has the row already.
    Raises Conflict("registry.region_differs") when the row of that first day says something else, and
    Invalid("region.overlapping_rows") when two rows would hold on one day.
    """
    known = history.get(told.valid_from)
    if known == told:
        return False
    if known is not None:
        ended = replace(known, valid_to=told.valid_to, successors=told.successors)
        if known.valid_to is not None or told.valid_to is None or ended != told:
            raise Conflict(
                "registry.region_differs",
                f"Division {told.code} is recorded from {told.valid_from} with other content; check both.",
                region=told.code.value,
                valid_from=told.valid_from.isoformat(),
            )
    RegionTable([*(row for day, row in history.items() if day != told.valid_from), told])
    return True


def check_known(rows: Collection[RegionRow], code: str, day: date) -> None:
    """Refuse unless a division of any level, whose known rows are given, exists on that day.

    Raises NotFound("registry.unknown_region").
    """
    if not rows:
        problem = f"Division {code} is not in the table of divisions; check it or record it first."
    elif not any(row.holds_on(day) for row in rows):
        problem = f"Division {code} does not exist on {day}; name the one that did, or its successor."
    else:
        return
    raise _unknown(code, problem)


def check_home(rows: Collection[RegionRow], code: str, day: date) -> None:
    """Refuse unless a division, whose known rows are given, exists on that day and is one people live in.

    Raises NotFound("registry.unknown_region").
    """
    check_known(rows, code, day)
    if RegionCode(code).level not in HOME_LEVELS:
        raise _unknown(
            code, f"Division {code} is not a township, village or community; name the one people live in."
        )


def _unknown(code: str, problem: str) -> NotFound:
    return NotFound("registry.unknown_region", problem, field="region", region=code)
