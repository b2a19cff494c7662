"""People of a district of Guangdong, and their awards that are paid monthly."""

import base64
from typing import Any

from kernel.periods import Period
from services.subsidy import tables
from services.subsidy.bank_tables import pay_accounts
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.support.bank import Bank
from tests.support.platform import Harness
from tests.support.registry_events import household, identifier, registered

DISTRICT = "440106000000"
"""In Guangdong, whose amounts of 2026 are published: 217 a month for living, 290 for nursing."""


def clerk(subsidy: Harness) -> str:
    return subsidy.clerk(region=DISTRICT)


def live(subsidy: Harness, number: int = 1, *flags: Any, **certificate: Any) -> None:
    """A holder of grade 2 in a household with these flags."""
    subsidy.feed(
        "registry",
        [
            household(number, *(flags or ("dibao",)), region=DISTRICT),
            registered(number, region=DISTRICT, household_id=identifier(number)),
            factories.certified(number, region=DISTRICT, **certificate),
        ],
    )


def grant(subsidy: Harness, *awards: dict[str, Any]) -> list[str]:
    """Grant, and tell each outcome or the code of its rejection."""
    return codes(subsidy.bulk("grant_awards", awards, clerk(subsidy)))


def living(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Handed in on 26 February 2026, decided on 20 March."""
    fields = {
        "ref": f"SH-{number}",
        "scheme": "living",
        "variant": "dibao",
        "period": "2026-02",
        "granted_on": "2026-03-20",
        "applied_on": "2026-02-26",
    }
    return factories.award(number, **fields | changes)


def nursing(number: int = 1, **changes: Any) -> dict[str, Any]:
    return living(number, ref=f"HL-{number}", scheme="nursing", variant="grade_2", **changes)


def stop(subsidy: Harness, award_id: str, **changes: Any) -> list[str]:
    fields = {"ref": "TF-1", "award_id": award_id, "reason": "death", "happened_on": "2026-04-10"}
    return codes(subsidy.bulk("stop_awards", [fields | changes], clerk(subsidy)))


def freeze_month(subsidy: Harness, scheme: str, period: str) -> dict[str, Any]:
    """Plan a month, or a quarter, in the district, to its frozen list; tells the run."""
    maker = subsidy.maker(region=DISTRICT)
    last = Period.parse(period).months()[-1].text
    plan = factories.plan(scheme, region=DISTRICT, period=period, pay_on=f"{last}-25")
    run = subsidy.call("plan_disbursement", plan, maker)
    subsidy.run_jobs()
    return subsidy.call("find_disbursement", {"run_id": run["run_id"]}, maker)


def pay_month(subsidy: Harness, scheme: str, period: str, bank: Bank | None = None) -> dict[str, Any]:
    """Pay a month, or a quarter, in the district, from the plan to the bank's last answer; tells the run."""
    maker = subsidy.maker(region=DISTRICT)
    run = freeze_month(subsidy, scheme, period)
    if run["state"] == "frozen":
        approval = {"run_id": run["run_id"], "list_hash": run["list_hash"]}
        subsidy.call("approve_disbursement", approval, subsidy.checker("checker", region=DISTRICT))
    have = {row.person_id for row in subsidy.rows(pay_accounts)}
    people = {row.person_id for row in subsidy.rows(tables.awards)} - have
    if people:
        accounts = [factories.account(person_id) for person_id in sorted(people)]
        outcomes = subsidy.bulk("record_pay_accounts", accounts, clerk(subsidy))
        assert codes(outcomes) == ["created"] * len(people)
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, maker)
    subsidy.run_jobs()
    for batch in subsidy.call("list_bank_batches", {"run_id": run["run_id"]}, maker)["batches"]:
        if batch["answered"] == 0:
            file = base64.b64decode(
                subsidy.call("fetch_bank_file", {"batch_id": batch["batch_id"]}, maker)["content"]
            )
            receipt = base64.b64encode((bank or Bank()).answer(file)).decode()
            subsidy.call("record_bank_receipt", {"content": receipt}, maker)
    found: dict[str, Any] = subsidy.call("find_disbursement", {"run_id": run["run_id"]}, maker)
    return found
