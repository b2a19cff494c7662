"""Free public transport: the certificate decides, by the rule of the day."""

from datetime import date
from typing import Any

import pytest

from chassis.rpc import Refused
from tests.services.registry.factories import act, citizen
from tests.services.registry.match_records import certified
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP

BORN = date(1960, 5, 17)


def entitled(registry: Harness, day: str = "2018-06-30", caller: str | None = None, **asked: Any) -> set[str]:
    page = registry.call("list_transport_entitlements", {"day": day} | asked, caller)
    return {each["person_id"] for each in page["entitled"]}


@pytest.mark.system("REG-21")
def test_any_visual_and_a_physical_certificate_of_grade_one_or_two_travel_free(registry: Harness):
    visual, first, second, third, _hearing, multiple = certified(
        registry,
        *((n, assessment, BORN) for n, assessment in enumerate(("14", "41", "42", "43", "21", "71"), 1)),
    )
    assert entitled(registry) == {visual, first, second}
    assert entitled(registry, person_id=visual) == {visual}
    assert entitled(registry, person_id=third) == entitled(registry, person_id=multiple) == set()
    page = registry.call("list_transport_entitlements", {"day": "2018-06-30", "limit": 2})
    rest = {"day": "2018-06-30", "limit": 2, "after": page["after"]}
    assert len(page["entitled"]) == 2
    assert len(registry.call("list_transport_entitlements", rest)["entitled"]) == 1
    assert "六安市" in page["rule"]


def test_an_expired_or_cancelled_certificate_and_a_regraded_one_no_longer_entitle(registry: Harness):
    lapsed, better = certified(registry, (1, "42", BORN), (2, "42", BORN))
    assert entitled(registry, "2026-02-01") == {lapsed, better}
    assert entitled(registry, "2026-02-02") == set()
    cancelled = act(lapsed, "cancel", "2018-03-01", sequence=1, reason="withdrawn")
    regraded = act(better, "change", "2018-03-01", "43", sequence=2)
    outcomes = registry.bulk("record_certificate_acts", [cancelled, regraded])
    assert {outcome["outcome"] for outcome in outcomes} == {"created"}
    assert entitled(registry) == set()


def test_a_day_before_the_rule_and_another_region_are_not_answered(registry: Harness):
    [person_id] = certified(registry, (1, "11", BORN))
    with pytest.raises(Refused, match=r"rule\.not_in_force"):
        entitled(registry, "2017-12-31")
    assert entitled(registry, caller=registry.clerk(OTHER_TOWNSHIP), person_id=person_id) == set()
    with pytest.raises(Refused, match=r"access\.role"):
        entitled(registry, caller=registry.maker())
    page = registry.call("list_transport_entitlements", {"day": "2018-06-30"})
    assert citizen(1) not in str(page)
