"""Awards paid by the quarter: every month once, whatever happens in the middle of a quarter."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis import schema
from chassis.rpc import Refused
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import tables
from tests.services.subsidy.monthly import DISTRICT, grant, live, living, pay_month
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_recompute import new_rate, recomputed
from tests.support import registry_events
from tests.support.platform import Harness


def cases() -> list[Any]:
    return [
        pytest.param(case, id=case["情形"])
        for file in sorted((Path(__file__).parent / "cases" / "quarters").glob("*.yaml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def cadence(subsidy: Harness, since: str, word: str) -> None:
    state(subsidy, "text", since, living__cadence=word)


def step(subsidy: Harness, told: str) -> None:
    kind, _, rest = told.partition(" ")
    match kind, rest.split():
        case "发放", [period]:
            pay_month(subsidy, "living", period)
        case "复算", []:
            recomputed(subsidy, "living")
        case "标准", [since, amount]:
            new_rate(subsidy, "living.rate.dibao.44", amount, since)
        case "改周期", [since, word]:
            cadence(subsidy, since, word)
        case (("死亡" | "冻结" | "解冻"), [day]):
            event = {
                "死亡": lambda **each: registry_events.cancelled(1, reason="death", **each),
                "冻结": lambda **each: registry_events.frozen(1, reason="not_moved", **each),
                "解冻": lambda **each: registry_events.thawed(1, grade=2, **each),
            }[kind]
            subsidy.feed("registry", [event(region=DISTRICT, acted_on=date.fromisoformat(day))])
        case _:
            raise ValueError(told)


def had(subsidy: Harness) -> dict[str, str]:
    """What the person had of each month: payments, less what is to be paid back."""
    sums: dict[str, int] = {}
    for each in events(subsidy, messages.PaymentMade):
        sums[each.period] = sums.get(each.period, 0) + Money.yuan(each.amount).fen
    for found in events(subsidy, messages.DifferenceFound):
        if found.kind == "over_payment":
            sums[found.period] -= Money.yuan(found.amount).fen
    return {period: str(Money(fen)) for period, fen in sums.items()}


@pytest.mark.system("SUB-01")
@pytest.mark.parametrize("case", cases())
def test_each_case_comes_out_as_it_should(subsidy: Harness, case: dict[str, Any]) -> None:
    for since, word in case["周期"].items():
        cadence(subsidy, str(since), word)
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]

    refused = {}
    for told in case["经过"]:
        try:
            step(subsidy, told)
        except Refused as refusal:
            refused[told] = refusal.code

    assert had(subsidy) | refused == case["应得"]
    assert {job.state for job in subsidy.rows(schema.job)} == {"done"}


def test_a_quarter_is_one_list_with_a_line_for_each_month_of_each_person(subsidy: Harness) -> None:
    cadence(subsidy, "2016-01-01", "quarter")
    for number in (1, 2):
        live(subsidy, number)
    later = living(2, period="2026-03", granted_on="2026-03-20", applied_on="2026-03-02")
    assert grant(subsidy, living(1), later) == ["created", "created"]

    run = pay_month(subsidy, "living", "2026Q1")

    assert (run["lines"], run["amount"], run["state"]) == (3, "651.00", "paid")
    lines = sorted(subsidy.rows(tables.run_lines), key=lambda line: line.seq)
    assert [(line.person_id[-1], line.period) for line in lines] == [
        ("1", "2026-02"),
        ("1", "2026-03"),
        ("2", "2026-03"),
    ]
