"""What is asked of the reporting service."""

from typing import Any

from services.reporting import definitions
from tests.support.platform import COUNTY, OFFICE, Harness

CELLS = [(each, cut) for each in definitions.catalogue().indicators for cut in each.cuts]
RATIOS = {each.code for each, _ in CELLS if each.ratio is not None}


def take(
    harness: Harness, region: str = COUNTY, period: str = "2024", caller: str | None = None, **fields: Any
) -> dict[str, Any]:
    asked = {"office": OFFICE, "region": region, "period": period, **fields}
    return harness.call("take_snapshot", asked, caller or harness.maker())


def figures(snapshot: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The indicators of a snapshot by code and dimensions."""
    return {
        (each["code"], ";".join(f"{key}={value}" for key, value in sorted(each["dimensions"].items()))): each
        for each in snapshot["indicators"]
    }


def value(snapshot: dict[str, Any], code: str, dimensions: str = "") -> Any:
    return figures(snapshot)[code, dimensions]["value"]


def trace(harness: Harness, code: str, region: str = COUNTY, period: str = "2024", **fields: Any) -> Any:
    asked = {"code": code, "region": region, "period": period, **fields}
    return harness.call("trace_indicator", asked, harness.auditor())
