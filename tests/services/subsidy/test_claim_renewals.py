"""A certificate that expired and was renewed: what becomes of a claim that waits for it."""

from datetime import date

import pytest

from contracts import subsidy as messages
from tests.services.subsidy.claim_records import (
    HOME,
    claim,
    decided,
    handed_in,
    listed,
    live,
    posted,
    step,
    taken,
)
from tests.services.subsidy.monthly import pay_month
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_changes import look
from tests.support.platform import Harness
from tests.support.registry_events import identifier, renewed

CREATED = "created"


@pytest.mark.system("SUB-01")
def test_a_claim_from_before_the_renewal_pays_no_month_twice_and_none_without_a_certificate(
    subsidy: Harness,
) -> None:
    """Worked example 4 of the rules: valid to 2026-06-30, renewed on 2026-09-03."""
    live(subsidy, expires_on=date(2026, 6, 30))
    posted(subsidy)
    assert decided(subsidy, step("award", "2026-03-20")) == [CREATED]
    look(subsidy, "2026-07-01")
    assert [each.last_period for each in events(subsidy, messages.AwardStopped)] == ["2026-06"]

    assert handed_in(subsidy, claim(2, person_id=identifier(1), applied_on="2026-07-03")) == [CREATED]
    days = [("accept", "2026-07-06"), ("check", "2026-07-07"), ("review", "2026-07-08")]
    assert taken(subsidy, *(step(action, day, 2) for action, day in days)) == [CREATED] * 3
    assert decided(subsidy, step("approve", "2026-07-09", 2)) == ["subsidy.certificate_expired"]

    told = {"region": HOME, "acted_on": date(2026, 9, 3), "expires_on": date(2036, 9, 2)}
    subsidy.feed("registry", [renewed(1, **told)])
    assert [each.first_period for each in events(subsidy, messages.AwardResumed)] == ["2026-09"]
    assert decided(subsidy, step("approve", "2026-09-04", 2)) == ["subsidy.already_granted"]
    assert decided(subsidy, step("refuse", "2026-09-04", 2, reason="already_granted")) == [CREATED]
    assert listed(subsidy)["SQ-2"]["state"] == "refused"
    months = {month: pay_month(subsidy, "living", month)["amount"] for month in ("2026-06", "2026-09")}
    assert months == {"2026-06": "217.00", "2026-09": "217.00"}
