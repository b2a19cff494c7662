"""Claims and their steps, with defaults for all that a test does not care about.

The person lives in Guangdong, whose amounts of 2026 are published: 217 a month for living.
"""

from datetime import datetime
from itertools import groupby
from typing import Any

import time_machine

from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.support.platform import Harness
from tests.support.registry_events import TOWNSHIP, household, identifier, registered

DISTRICT = "440106000000"
STREET = "440106005000"
HOME = "440106005001"
WINDOW = TOWNSHIP
"""A window of the office; the home is elsewhere in the country."""


def live(subsidy: Harness, *numbers: int, flags: tuple[Any, ...] = ("dibao",), **certificate: Any) -> None:
    """Holders of grade 2, each in a household with these flags."""
    for number in numbers or (1,):
        subsidy.feed(
            "registry",
            [
                household(number, *flags, region=HOME),
                registered(number, region=HOME, household_id=identifier(number)),
                factories.certified(number, region=HOME, **certificate),
            ],
        )


def claim(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Living subsidy, handed in on 26 February 2026 at home."""
    own = {"ref": f"SQ-{number}", "person_id": identifier(number), "scheme": "living", "variant": "dibao"}
    return own | {"applicant": "self", "applied_on": "2026-02-26"} | changes


def step(action: str, acted_on: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A step of the claim SQ-<number>."""
    own = {"ref": f"{number}-{action}-{acted_on}", "claim_ref": f"SQ-{number}", "action": action}
    return own | {"acted_on": acted_on} | changes


def handed_in(subsidy: Harness, *claims: dict[str, Any], caller: str | None = None) -> list[str]:
    return codes(subsidy.bulk("record_claims", claims or [claim()], caller or at_home(subsidy)))


def taken(subsidy: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[str]:
    """Steps in their order. Without a caller, reviews are somebody else's than the other steps."""
    told = []
    for reviews, some in groupby(steps, key=lambda each: each["action"] == "review"):
        who = caller or subsidy.caller("clerk", subject="county" if reviews else "home", region=DISTRICT)
        told += codes(subsidy.bulk("record_claim_acts", list(some), who))
    return told


def decided(subsidy: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[str]:
    return codes(subsidy.bulk("decide_claims", steps, caller or decider(subsidy)))


def at_home(subsidy: Harness, region: str = DISTRICT) -> str:
    return subsidy.caller("clerk", subject="home", region=region)


def at_window(subsidy: Harness, region: str = WINDOW) -> str:
    return subsidy.caller("clerk", subject="window", region=region)


def decider(subsidy: Harness, region: str = DISTRICT, subject: str = "decider") -> str:
    return subsidy.checker(subject, region=region)


def examined(number: int = 1, ending: str = "review") -> list[dict[str, Any]]:
    """The steps at home, from acceptance on 27 February to the review on 6 March."""
    days = {"accept": "2026-02-27", "check": "2026-03-04", "review": "2026-03-06"}
    steps = [step(action, day, number) for action, day in days.items()]
    return steps[: [each["action"] for each in steps].index(ending) + 1]


def posted(subsidy: Harness, *numbers: int) -> None:
    """Claims whose notice stands from 10 to 19 March."""
    every = numbers or (1,)
    assert {*handed_in(subsidy, *map(claim, every))} == {"created"}
    assert {*taken(subsidy, *(each for n in every for each in examined(n)))} == {"created"}
    assert {*decided(subsidy, *(step("approve", "2026-03-09", n) for n in every))} == {"created"}
    assert {*taken(subsidy, *(step("post", "2026-03-10", n) for n in every))} == {"created"}


def listed(subsidy: Harness, caller: str | None = None, **asked: Any) -> dict[str, dict[str, Any]]:
    """Claims by reference."""
    page = subsidy.call("list_claims", asked, caller or at_home(subsidy))
    return {each["ref"]: each for each in page["claims"]}


def shown(subsidy: Harness, ref: str = "SQ-1", caller: str | None = None) -> dict[str, Any]:
    claim_id = listed(subsidy)[ref]["claim_id"]
    return subsidy.call("show_claim", {"claim_id": claim_id}, caller or at_home(subsidy))


def look(subsidy: Harness, day: str) -> None:
    """Run the daily look at the clocks of a day, at noon of that day in China."""
    with time_machine.travel(datetime.fromisoformat(f"{day}T04:00:00+00:00"), tick=False):
        with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
            tx.start_job("subsidy.claims", key=day, payload={})
        subsidy.run_jobs()
