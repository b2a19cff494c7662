"""A snapshot as a document: canonical text, and the hash that a second person signs.

The hash covers what was found (office, region, period, as_of, positions, indicators), not who took it, when,
or as which revision: the same operations on another machine give the same hash.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kernel.errors import Forbidden, Invalid
from kernel.periods import Period
from kernel.regions import RegionCode
from services.reporting.domain.catalogue import Cell
from services.reporting.domain.figures import Figure


def cut_off(period: Period, as_of: date | None) -> date:
    """The last day counted: as_of, or the period's last day. Raises Invalid("reporting.as_of")."""
    if as_of is None:
        return period.last_day
    if not period.contains(as_of):
        raise Invalid(
            "reporting.as_of",
            f"The cut-off {as_of} is outside the period {period}; choose a day from {period.start} to "
            f"{period.last_day}.",
            field="as_of",
        )
    return as_of


def check_region(office: str, region: str) -> None:
    """Raises Invalid("reporting.region_outside_office") unless the region lies in the office's own."""
    if not RegionCode.parse(region).within(RegionCode.parse(office)):
        raise Invalid(
            "reporting.region_outside_office",
            f"Region {region} does not lie in the region of office {office}; ask the office in charge of it.",
            office=office,
            field="region",
        )


def indicators(figures: Sequence[Figure], targets: Mapping[Cell, int | str]) -> list[dict[str, Any]]:
    """The figures with their tasks, in the form of contracts.reporting.Indicator."""
    return [
        {
            "code": figure.indicator.code,
            "zh": figure.cut.zh,
            "en": figure.cut.en,
            "unit": figure.indicator.unit,
            "dimensions": dict(figure.cut.dimensions),
            "value": figure.written,
            "target": targets.get(figure.cell),
            "completion": figure.completion(targets.get(figure.cell)),
            "definition": figure.indicator.version,
        }
        for figure in figures
    ]


def canonical(document: Mapping[str, Any]) -> str:
    """One text for one document: sorted keys, no spaces, characters as they are. TypeError for a float."""
    _refuse_floats(document)
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 of the UTF-8 text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_signer(taken_by: str, signed_by: str) -> None:
    """Raises Forbidden("reporting.same_person") for whoever took the snapshot."""
    if taken_by == signed_by:
        raise Forbidden(
            "reporting.same_person",
            "Who took a snapshot cannot sign it; ask a second person.",
        )


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a snapshot holds integers and decimal texts only")
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        _refuse_floats(each)
