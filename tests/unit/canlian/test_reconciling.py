"""The last link of the chain: what reports tell of money beside books, bank and payments."""

from typing import Any

from canlian.calling import Identity, clerk
from canlian.reconciling import lines


class Told:
    """A service that tells these steps."""

    def __init__(self, *steps: dict[str, Any]) -> None:
        self.steps = steps

    def call(self, _service: str, _method: str, _fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        return {"steps": list(self.steps)}


def step(name: str, amount: str, payments: str | None = None) -> dict[str, Any]:
    same = {"ledger": amount, "bank": amount, "payments": payments}
    return {"scheme": "fuel", "source": "county", "step": name, **same}


def differing(figure: str) -> list[str]:
    """The steps that differ when 520.00 was paid, 260.00 came back, and reports tell this figure."""
    told = Told(step("paid", "520.00", "520.00"), step("taken_back", "260.00"))
    snapshot: Any = {
        "indicators": [
            {"code": "subsidy.fuel.amount", "dimensions": {"source": "county"}, "value": figure},
        ]
    }
    return [line.step for line in lines(told, clerk("maker"), "2024", snapshot) if line.differs]


def test_reports_tell_what_was_paid_less_what_came_back() -> None:
    assert differing("260.00") == []
    assert differing("520.00") == ["paid"]
