"""Registry, rehab, subsidy and reporting of a county: called as callers do, following each other's logs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from chassis import clock
from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy.domain import schemes
from tests.services.registry import factories as people
from tests.services.reporting.steps import figures, take, trace, value
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events, instruct, pay, settle
from tests.support.bank import Bank
from tests.support.logged_office import LoggedOffice
from tests.support.platform import COUNTY

RULES = Path(schemes.__file__).parents[1] / "rules"
AT_ONCE = 1000
"""Records that a command takes."""


def stated(key: str, unit: str, value: str, zh: str) -> str:
    """A rule as an office states it in its file."""
    return f"""
  {key}:
    description: Stated by the office
    zh: {zh}
    unit: {unit}
    values:
      - from: 2007-01-01
        value: "{value}"
        reference: {{document: "本地文件"}}
"""


class WholeOffice:
    """The services, the people of a story, and the year in which it takes place."""

    def __init__(self, logged: LoggedOffice) -> None:
        self.logged = logged
        self.year = 2024
        self.registry, self.rehab = logged.service("registry"), logged.service("rehab")
        self.subsidy, self.reporting = logged.service("subsidy"), logged.service("reporting")
        self.registry.bulk("record_regions", people.regions(), self.registry.caller("system"))
        self._numbers = count()
        self._citizens: dict[str, str] = {}
        self._homes: dict[str, str] = {}

    def rules_of(self, office: str, stated: str = "") -> None:
        """Apply the rules of an office. stated: rules that its file has besides, as YAML below `rules:`."""
        folder = self.logged.folder / f"rules-{office}"
        (folder / "offices").mkdir(parents=True)
        for path in RULES.glob("*.yaml"):
            (folder / path.name).write_bytes(path.read_bytes())
        own = RULES / "offices" / f"{office}.yaml"
        text = own.read_text(encoding="utf-8") if own.exists() else "rules:\n"
        (folder / "offices" / own.name).write_text(text + stated, encoding="utf-8")
        self.subsidy.runtime.rules = RuleBook.load(folder, office)

    # people, in the registry -----------------------------------------------------------------------

    def holders(
        self, number: int = 1, assessment: str = "42", *flags: str, year: int = 1960, **more: Any
    ) -> list[str]:
        """Persons born in May of a year, with a certificate of this category and grade, each in a household
        with these flags. more: of the act that issued it.
        """
        ids = self._persons(number, flags, date(year, 5, 1))
        acts = [self.act(person_id, "new", f"{self.year}-01-02", assessment, **more) for person_id in ids]
        self.done("registry", "record_certificate_acts", acts)
        self.tell()
        return ids

    def _persons(self, number: int, flags: Sequence[str], born: date) -> list[str]:
        numbers = list(islice(self._numbers, number))
        day = f"{self.year}-01-01"
        homes = [people.household(f"H-{n}", flags=list(flags), registered_on=day) for n in numbers]
        self.done("registry", "register_households", homes)
        citizens = [people.citizen(n % 999 + 1, born + timedelta(days=n // 999)) for n in numbers]
        told = [
            people.person(id_number=citizen, household_ref=f"H-{n}", registered_on=day)
            for n, citizen in zip(numbers, citizens, strict=True)
        ]
        ids = self.done("registry", "register_persons", told)
        self._citizens |= dict(zip(ids, citizens, strict=True))
        self._homes |= {each: home["ref"] for each, home in zip(ids, homes, strict=True)}
        return ids

    def act(self, person_id: str, action: str, on: str, assessment: str, **more: Any) -> dict[str, Any]:
        """An act on the person's certificate, of this category and grade."""
        number = self._citizens[person_id] + assessment
        ref = {"ref": f"{action}-{on}-{person_id}", "certificate_number": number}
        return people.act(person_id, action, on, assessment) | ref | more

    def poor_no_longer(self, person_id: str, flag: str, on: str) -> None:
        """The person's household is not that any more."""
        told = {"household_ref": self._homes[person_id], "flag": flag, "holds": False, "told_on": on}
        record = told | {"ref": f"Q-{person_id}", "source": "civil_affairs"}
        self.done("registry", "record_household_flags", [record])
        self.tell()

    # awards and payments ---------------------------------------------------------------------------

    def grant(self, scheme: str, variant: str, ids: Sequence[str], **changes: Any) -> list[str]:
        """Awards of this year for these persons, and their identifiers."""
        fields = {"period": str(self.year), "granted_on": f"{self.year}-06-03"} | changes
        items = [
            factories.award(0, scheme=scheme, variant=variant, person_id=person_id, **fields)
            | {"ref": f"{scheme}-{fields['period']}-{person_id}"}
            for person_id in ids
        ]
        return self.done("subsidy", "grant_awards", items)

    def seen(self, scheme: str, fact: str, ids: Sequence[str], value: str = "yes", on: str = "") -> None:
        """Proofs that the office has seen of these persons."""
        proof = {"scheme": scheme, "fact": fact, "value": value, "seen_on": on or f"{self.year}-05-06"}
        self.done(
            "subsidy", "record_proofs", [proof | {"ref": f"{fact}-{each}", "person_id": each} for each in ids]
        )

    def paid(self, scheme: str, bank: Bank | None = None, period: str = "", **changes: Any) -> dict[str, Any]:
        """A run of the year, from its plan to the bank's last answer."""
        fields = {"period": period or str(self.year), "pay_on": f"{self.year}-12-10"} | changes
        return pay(self.subsidy, scheme, bank, **fields)

    def again(self, run: dict[str, Any]) -> dict[str, Any]:
        """Send the bank again what it returned; it takes it now."""
        return settle(self.subsidy, instruct(self.subsidy, run), Bank())

    def came_back(self, person_id: str, on: str) -> None:
        """Money that the bank had paid to a person came back; told by one, decided by another."""
        paid = [
            each for each in events(self.subsidy, messages.PaymentInstructed) if each.person_id == person_id
        ]
        told = {
            "ref": f"TH-{person_id}",
            "kind": "take_back",
            "target_id": paid[-1].instruction_id,
            "reason": "account_closed",
            "document": "退汇通知",
            "booked_on": on,
        }
        self.done("subsidy", "request_payment_changes", [told])
        decision = {"ref": f"JD-{person_id}", "request_ref": told["ref"], "decision": "approved"}
        self.done("subsidy", "decide_payment_changes", [decision], self.subsidy.checker())

    def done(self, service: str, method: str, items: Iterable[dict[str, Any]], caller: str = "") -> list[str]:
        """Record many, all of which must be new; their identifiers."""
        ids: list[str] = []
        rest = iter(items)
        while part := list(islice(rest, AT_ONCE)):
            outcomes = self.logged.service(service).bulk(method, part, caller or None)
            assert codes(outcomes) == ["created"] * len(part)
            ids += [outcome["id"] for outcome in outcomes]
        return ids

    # claims ----------------------------------------------------------------------------------------

    def claimed(self, scheme: str, variant: str, ids: Sequence[str], on: str, **changes: Any) -> None:
        """Claims handed in at home by the persons themselves, looked at by the township and by the county."""
        own = {"scheme": scheme, "variant": variant, "applicant": "self", "applied_on": on} | changes
        claims = [own | {"ref": f"SQ-{scheme}-{person_id}", "person_id": person_id} for person_id in ids]
        if f"{scheme}.claim_proof" in self.explained(scheme, on):
            claims = [claim | {"proof": f"2024-{claim['person_id']}"} for claim in claims]
        self.done("subsidy", "record_claims", claims, self.subsidy.clerk())
        for action in ("accept", "check", "review"):
            self.stepped(scheme, action, ids, on)

    def stepped(self, scheme: str, action: str, ids: Sequence[str], on: str, **changes: Any) -> None:
        """A step of the claims of these persons; decisions are somebody else's."""
        decides = action in {"approve", "refuse", "award"}
        method = "decide_claims" if decides else "record_claim_acts"
        caller = self.subsidy.checker("decider") if decides else self.subsidy.clerk()
        step = {"action": action, "acted_on": on} | changes
        items = [
            step | {"ref": f"{action}-{scheme}-{each}", "claim_ref": f"SQ-{scheme}-{each}"} for each in ids
        ]
        self.done("subsidy", method, items, caller)

    # what is told, and what becomes of it ----------------------------------------------------------

    def tell(self) -> None:
        """Bring every follower to the end of what the others have told, and what they tell in turn."""
        for follower in ("rehab", "subsidy", "reporting"):
            for owner in ("registry", "rehab", "subsidy"):
                self.logged.record(owner)
            self.logged.follow(follower, AT_ONCE)

    @property
    def today(self) -> str:
        """The day of the office on which the test is run."""
        return clock.office_day(clock.now()).isoformat()

    def reasons(self, award_id: str) -> list[str]:
        """Why an award was granted, as the citizen reads it."""
        shown = self.subsidy.call("show_award", {"award_id": award_id})
        return [each["text"] for each in shown["reasons"]]

    def set_task(self, indicator: str, dimensions: dict[str, str], task: str) -> None:
        """Set a task for the year."""
        day = f"{self.year}-02-01"
        told = {"region": COUNTY, "period": str(self.year), "value": task, "set_on": day}
        self.done("reporting", "set_targets", [told | {"indicator": indicator, "dimensions": dimensions}])

    def explained(self, scheme: str, on: str) -> dict[str, str]:
        """The rules of a scheme as a citizen reads them, by key."""
        asked = {"scheme": scheme, "region": COUNTY, "on": on}
        told = self.subsidy.call("explain_scheme", asked)["rules"]
        return {each["rule"]: each["value"] for each in told}

    def figures(self, period: str = "") -> "Figures":
        """The figures of the year, or of a part of it."""
        self.tell()
        return Figures(self, period or str(self.year))


class Figures:
    """A snapshot, and the events behind its figures."""

    def __init__(self, office: WholeOffice, period: str) -> None:
        self._office, self._period = office, period
        self._snapshot = take(office.reporting, period=period)

    def __call__(self, code: str, dimensions: str = "") -> Any:
        """The value of a cell."""
        return value(self._snapshot, code, dimensions)

    def completion(self, code: str, dimensions: str = "") -> Any:
        """How far the task of a cell is met, in percent."""
        return figures(self._snapshot)[code, dimensions]["completion"]

    def events(self, code: str, dimensions: str = "") -> list[dict[str, Any]]:
        """Every event behind a cell."""
        told = dict(pair.split("=") for pair in dimensions.split(",") if pair)
        return list(self._pages(code, told))

    def _pages(self, code: str, dimensions: dict[str, str]) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            page = trace(
                self._office.reporting,
                code,
                period=self._period,
                dimensions=dimensions,
                after=after,
                limit=1000,
            )
            yield from page["events"]
            if (after := page["next"]) is None:
                return
