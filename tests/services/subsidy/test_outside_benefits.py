"""Who keeps a benefit of others that is lower than a scheme by now is to be asked to switch (择高)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from services.subsidy.outreach_tables import leads
from services.subsidy.service import SubsidyService
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, nursing
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_resumption import asked
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer
from tests.support.registry_events import identifier

HIGHER = {"elderly_care": "300.00"}


def given(amount: str, since: str = "2026-05-01", number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"YL-{number}-{since}",
        "person_id": identifier(number),
        "benefit": "elderly_care",
        "amount": amount,
        "since": since,
    } | changes


def told(subsidy: Harness, *items: dict[str, Any], caller: str | None = None) -> list[str]:
    return codes(subsidy.bulk("record_outside_benefits", items, caller or clerk(subsidy)))


def test_who_kept_the_higher_benefit_is_to_be_asked_to_switch_when_it_falls(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, nursing(benefits=HIGHER)) == ["subsidy.higher_benefit_kept"]
    assert told(subsidy, given("300.00", "2026-02-01")) == ["created"]
    assert asked(subsidy) == []

    assert told(subsidy, given("289.99", "2026-05-01")) == ["created"]

    [lead] = asked(subsidy, causes=["lower_benefit"])
    assert (lead["scheme"], lead["period"], lead["state"]) == ("nursing", "2026-05", "found")
    assert lead["rules"][-1] == "nursing.overlap.elderly_care"
    assert "本补贴290.00元高于另一待遇289.99元" in subsidy.rows(leads)[0].rules
    again: dict[str, Any] = {"period": "2026-05", "applied_on": "2026-05-09", "granted_on": "2026-05-20"}
    assert grant(subsidy, nursing(benefits={"elderly_care": "289.99"}, **again)) == ["created"]
    assert [each.state for each in events(subsidy, messages.LeadMoved)] == ["granted"]


def test_the_same_amount_is_no_reason_to_switch(subsidy: Harness) -> None:
    live(subsidy)
    assert told(subsidy, given("290.00")) == ["created"]
    assert asked(subsidy) == []


def test_of_several_amounts_the_last_one_counts(subsidy: Harness) -> None:
    live(subsidy)
    assert told(subsidy, given("300.00", "2026-05-01"), given("90.00", "2026-02-01")) == ["created"] * 2
    assert told(subsidy, given("80.00", "2026-03-01")) == ["created"]
    assert asked(subsidy) == []
    assert told(subsidy, given("90.00", "2026-06-01"), given("400.00", "2026-07-01")) == ["created"] * 2
    assert asked(subsidy) == []


def test_who_declined_is_asked_again_when_it_falls_further(subsidy: Harness) -> None:
    live(subsidy)
    told(subsidy, given("280.00", "2026-05-01"))
    [lead] = asked(subsidy)
    act = {"ref": "JJ-1", "lead_id": lead["lead_id"], "action": "decline", "acted_on": "2026-05-20"}
    assert codes(subsidy.bulk("record_lead_acts", [act], clerk(subsidy))) == ["created"]
    told(subsidy, given("280.00", "2026-06-01"))
    assert len(asked(subsidy)) == 1
    told(subsidy, given("90.00", "2026-07-01"))
    assert [each["state"] for each in asked(subsidy)] == ["not_wanted", "found"]


def test_who_draws_the_scheme_or_is_not_entitled_is_not_asked(subsidy: Harness) -> None:
    live(subsidy, 1)
    live(subsidy, 2, grade=4)
    assert grant(subsidy, nursing(1)) == ["created"]
    assert told(subsidy, given("90.00", number=1), given("90.00", number=2)) == ["created"] * 2
    assert asked(subsidy) == []


def test_a_benefit_told_again_changes_nothing_and_one_without_a_rule_is_refused(subsidy: Harness) -> None:
    live(subsidy)
    assert told(subsidy, given("90.00")) == ["created"]
    assert told(subsidy, given("90.00")) == ["unchanged"]
    assert told(subsidy, given("91.00")) == ["subsidy.ref_reused"]
    assert told(subsidy, given("90.00", ref="X", benefit="orphan_allowance")) == ["subsidy.unknown_benefit"]
    assert len(events(subsidy, messages.LeadFound)) == 1


def test_a_person_of_another_region_is_as_one_who_does_not_exist(subsidy: Harness) -> None:
    live(subsidy)
    elsewhere = subsidy.clerk()
    one, other = subsidy.bulk(
        "record_outside_benefits", [given("90.00"), given("90.00", number=9)], elsewhere
    )
    assert one["error"] == other["error"]
    assert one["error"]["code"] == "subsidy.unknown_person"
    with pytest.raises(Exception, match=r"access\.role"):
        subsidy.call("record_outside_benefits", {"items": []}, subsidy.maker(region=DISTRICT))


def test_the_lead_is_of_who_stands_for_a_person_registered_twice(subsidy: Harness) -> None:
    live(subsidy, 1)
    live(subsidy, 2)
    subsidy.feed("registry", [registry_events.merged(1, 2, region=DISTRICT)])
    assert told(subsidy, given("90.00", number=1)) == ["created"]
    assert [each["person_id"] for each in asked(subsidy)] == [identifier(2)]


def test_what_was_told_of_the_other_record_is_the_last_of_the_person(subsidy: Harness) -> None:
    live(subsidy, 1)
    live(subsidy, 2)
    assert told(subsidy, given("900.00", number=1, ref="YL-1", since="2026-05-01")) == ["created"]
    subsidy.feed("registry", [registry_events.merged(1, 2, region=DISTRICT)])

    assert told(subsidy, given("90.00", number=2, ref="YL-2", since="2026-02-01")) == ["created"]

    assert asked(subsidy) == []


def test_of_twenty_who_tell_of_one_person_at_once_one_lead_comes(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(20) as pool:
        subsidy = Harness(SubsidyService, url, keys=tmp_path)
        live(subsidy)

        def one(number: int) -> str:
            return told(subsidy, given(f"{90 + number}.00", ref=f"YL-{number}"))[0]

        assert Counter(pool.map(one, range(20))) == {"created": 20}
        assert len(subsidy.rows(leads)) == 1
        subsidy.close()
