"""A certificate that expired and was renewed: what is claimed before and after."""

from datetime import date

import pytest

from contracts import subsidy as messages
from tests.services.subsidy.claim_records import (
    HOME,
    claim,
    decided,
    handed_in,
    live,
    shown,
    step,
    taken,
)
from tests.services.subsidy.monthly import pay_month
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_changes import look
from tests.support.platform import Harness
from tests.support.registry_events import identifier, renewed

CREATED = "created"


def decide(subsidy: Harness, number: int, month: str, *decisions: str) -> None:
    """Hand-in on the 3rd, the steps at home until the 8th, and decisions on the 9th and later."""
    assert handed_in(subsidy, claim(number, person_id=identifier(1), applied_on=f"{month}-03")) == [CREATED]
    days = [("accept", f"{month}-04"), ("check", f"{month}-07"), ("review", f"{month}-08")]
    assert {*taken(subsidy, *(step(action, day, number) for action, day in days))} == {CREATED}
    for action in decisions:
        assert decided(subsidy, step(action, f"{month}-09", number)) == [CREATED]


@pytest.mark.system("SUB-01")
def test_what_ended_with_the_certificate_is_paid_again_from_the_claim_after_the_renewal(
    subsidy: Harness,
) -> None:
    """Worked example 4 of the rules: valid to 2026-06-30, renewed with an application on 2026-09-03."""
    live(subsidy, expires_on=date(2026, 6, 30))
    decide(subsidy, 1, "2026-03", "approve")
    assert taken(subsidy, step("post", "2026-03-10")) == [CREATED]
    assert decided(subsidy, step("award", "2026-03-20")) == [CREATED]
    look(subsidy, "2026-07-01")
    assert [each.last_period for each in events(subsidy, messages.AwardStopped)] == ["2026-06"]

    decide(subsidy, 2, "2026-07", "refuse")
    last = shown(subsidy, "SQ-2")
    assert last["claim"]["reason"] == "certificate_expired"
    assert any("不符合。" in each["text"] for each in last["reasons"])

    told = {"region": HOME, "acted_on": date(2026, 9, 3), "expires_on": date(2036, 9, 2)}
    subsidy.feed("registry", [renewed(1, **told)])
    decide(subsidy, 3, "2026-09", "approve")
    assert taken(subsidy, step("post", "2026-09-10", 3)) == [CREATED]
    assert decided(subsidy, step("award", "2026-09-24", 3)) == [CREATED]

    granted = [each.period for each in events(subsidy, messages.AwardGranted)]
    assert granted == ["2026-03", "2026-09"]
    months = {month: pay_month(subsidy, "living", month)["amount"] for month in ("2026-06", "2026-09")}
    assert months == {"2026-06": "217.00", "2026-09": "217.00"}
