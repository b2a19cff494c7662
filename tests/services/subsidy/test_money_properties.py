"""In whatever order things happen and processes die: the books balance, and nobody is paid twice."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import bank_repository, run_repository, tables
from services.subsidy.bank_tables import bank_answers, held_payments, instructions
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.handlers import bank_files, plan
from services.subsidy.handlers import instruct as instructing
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, balances, batches, events, fetch, give_accounts, receive
from tests.services.subsidy.test_restart import Killed, kill_at
from tests.support.bank import Bank
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE, identifier

ACTS = 50
DEADLY = (
    (run_repository, "add_lines"),
    (run_repository, "lines_after"),
    (bank_repository, "instruct"),
    (bank_repository, "seal"),
)
"""After which the process may die."""
MONTHS = ("2024", "2025", "2026", "2027", "2028")


@dataclass
class Office:
    """Does things at random. receipts: what the bank has written, delivered or not."""

    subsidy: Harness
    random: Random
    persons: int = 0
    requests: int = 0
    bank: Bank = field(default_factory=Bank)
    receipts: list[bytes] = field(default_factory=list)

    def place(self) -> None:
        self.persons += 1
        region = self.random.choice([VILLAGE, OTHER_VILLAGE])
        self.subsidy.feed("rehab", [factories.placed_in_care(self.persons, region=region)])

    def plan(self) -> None:
        told = factories.plan("care", region=self.random.choice([COUNTY, TOWNSHIP]))
        self.subsidy.call("plan_disbursement", told, self.subsidy.maker())

    def approve(self) -> None:
        run = self.random.choice(self.subsidy.rows(tables.runs))
        approve(self.subsidy, {"run_id": run.run_id, "list_hash": run.list_hash or "0" * 64})

    def accounts(self) -> None:
        give_accounts(self.subsidy)

    def instruct(self) -> None:
        run = self.random.choice(self.subsidy.rows(tables.runs))
        self.subsidy.call("instruct_disbursement", {"run_id": run.run_id}, self.subsidy.maker())

    def work(self) -> None:
        self.subsidy.run_jobs()

    def die(self) -> None:
        """The process ends somewhere in its jobs; what is left of them is done by the next one."""
        module, function = self.random.choice(DEADLY)
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            kill_at(patch, module, function, self.random.randint(1, 3))
            self.subsidy.run_jobs()

    def answer(self) -> None:
        """The bank answers some lines of some batch, of which it may return some."""
        batch = self.random.choice(self.all_batches())
        self.write(batch, self.random.random() / 2)

    def write(self, batch: dict[str, Any], returned: float) -> None:
        file = fetch(self.subsidy, batch["batch_id"])
        lines = [line for line in Bank.read(file)[1] if line[2] not in self.answered()]
        some = [line for line in lines if returned == 0 or self.random.random() < 0.7]
        self.bank.refuses = {line[3]: "B1" for line in some if self.random.random() < returned}
        if some:
            self.receipts.append(self.bank.answer(file, places={int(line[1]) for line in some}))

    def deliver(self) -> None:
        receive(self.subsidy, self.random.choice(self.receipts))

    def ask(self) -> None:
        """The bank takes a payment back, or somebody who waits died."""
        back = [row for row in self.subsidy.rows(bank_answers) if row.paid]
        waiting = [row for row in self.subsidy.rows(held_payments) if row.state == "open"]
        kind, target, begin, reason = self.random.choice(
            [("take_back", row.instruction_id, row.settled_on, "bank_failure") for row in back]
            + [("give_up", row.id, row.held_on, "deceased") for row in waiting]
        )
        self.requests += 1
        item = {"ref": f"F-{self.requests}", "kind": kind, "target_id": target, "reason": reason}
        item |= {"document": "退汇通知", "booked_on": begin.isoformat()}
        self.subsidy.bulk("request_payment_changes", [item])

    def decide(self) -> None:
        asked = self.random.randint(1, self.requests or 1)
        decision = self.random.choice(["approved", "approved", "rejected"])
        item = {"ref": f"J-{asked}", "request_ref": f"F-{asked}", "decision": decision}
        self.subsidy.bulk("decide_payment_changes", [item], self.subsidy.checker())

    def answered(self) -> set[str]:
        """The instructions that some receipt has answered, delivered or not."""
        text = b"".join(self.receipts).decode("gb18030")
        return {line.split("|")[2] for line in text.splitlines() if line.startswith("D|")}

    def all_batches(self) -> list[dict[str, Any]]:
        runs = self.subsidy.rows(tables.runs)
        return [batch for run in runs for batch in batches(self.subsidy, {"run_id": run.run_id})]


@pytest.mark.system("SUB-12")
@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_acts_leaves_the_books_balanced_and_everybody_paid_once(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    monkeypatch.setattr(instructing, "LINES_PER_STEP", 2)
    monkeypatch.setitem(bank_files._LAYOUTS, "plain", replace(bank_files.layout("plain"), lines=3))
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="7000.01")])
    office = Office(subsidy, Random(seed))  # noqa: S311 - to repeat a failure
    acts = [office.place, office.plan, office.approve, office.accounts, office.instruct, office.work]
    acts += [office.answer, office.deliver, office.die] * 2
    office.place()

    # In the second half there is something to take back, and to give up.
    for half in (acts, [*acts, *[office.ask, office.decide] * 5]):
        for _ in range(ACTS):
            # What is not possible at that moment is refused, and changes nothing.
            with suppress(Refused, IndexError):
                office.random.choice(half)()
        _finish(office)

    made = Counter(event.person_id for event in events(subsidy, messages.PaymentMade))
    made.subtract(event.person_id for event in events(subsidy, messages.PaymentTakenBack))
    given_up = {event.person_id for event in events(subsidy, messages.PaymentGivenUp)}
    everybody = {identifier(number) for number in range(1, office.persons + 1)}
    assert {person: made[person] for person in everybody} == {
        person: int(person not in given_up) for person in everybody
    }
    drawn = sum(row.drawn_fen for row in subsidy.rows(fund_allotments))
    assert drawn == _borne_by_allotments(subsidy, given_up)
    assert set(office.bank.paid) <= {row.id for row in subsidy.rows(instructions)}
    assert sum(office.bank.paid.values()) == sum(row.amount_fen for row in subsidy.rows(tables.payments))
    for account, (debit, credit) in balances(subsidy).items():
        assert account.startswith(("allotted:", "funds:", "expense:")) or debit == credit, account
    for period in MONTHS:
        told = subsidy.call("reconcile", {"period": period}, subsidy.auditor())
        assert told["first_difference"] is None


def _borne_by_allotments(subsidy: Harness, given_up: set[str]) -> int:
    """Fen of the lines that stand, borne by the source that has allotments."""
    stand = {(row.run_id, row.seq) for row in subsidy.rows(tables.run_lines) if row.person_id not in given_up}
    shares = subsidy.rows(tables.run_shares)
    return sum(
        row.amount_fen for row in shares if row.source == "superior" and (row.run_id, row.seq) in stand
    )


def _finish(office: Office) -> None:
    """Everybody does what is left to do: what is open, then what was granted meanwhile."""
    subsidy = office.subsidy
    give_accounts(subsidy)
    for _ in range(3):
        with suppress(Refused):  # nobody is left for a run of the whole county
            office.subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
        subsidy.run_jobs()
        for run in subsidy.rows(tables.runs):
            if run.state == "frozen":
                approve(subsidy, {"run_id": run.run_id, "list_hash": run.list_hash})
            subsidy.call("instruct_disbursement", {"run_id": run.run_id}, subsidy.maker())
        subsidy.run_jobs()
        for batch in office.all_batches():
            office.write(batch, returned=0)
        for receipt in office.receipts:
            receive(subsidy, receipt)
    assert {run.state for run in subsidy.rows(tables.runs)} == {"paid"}
