"""The money's way: allotments, runs, the bank, payments that change, differences and debts."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from chassis.rpc import Refused
from tests.services.subsidy import factories
from tests.services.subsidy.cycle import books
from tests.services.subsidy.cycle.base import PEOPLE, STREETS, Base, few
from tests.services.subsidy.monthly import DISTRICT
from tests.support.bank import Bank, rewritten, yuan
from tests.support.registry_events import identifier

PLACES = (DISTRICT, *STREETS)
RATES = (29001, 33333, 10003, 1700)
"""Fen: amounts that halves and allotments do not divide."""


class Money(Base):
    """Rules about money."""

    @rule(fen=st.integers(1, 200_000), where=few)
    def allot(self, fen: int, where: int) -> None:
        told: dict[str, Any] = {"ref": self.ref(), "scheme": "nursing", "year": "2026", "amount": yuan(fen)}
        told |= {"region": PLACES[where % 3], "allotted_on": self.office.today}
        assert self.office.bulk("record_fund_allotments", factories.allotment(**told)) == "created"

    @rule(grade=st.integers(1, 2), month=st.integers(2, 9), which=st.integers(0, 3))
    def rate(self, grade: int, month: int, which: int) -> None:
        self.new_rate(grade, month, RATES[which])

    @rule(which=few)
    def account(self, which: int) -> None:
        """The first account of a person, or another one, on which a second person decides."""
        person_id = identifier(which % len(PEOPLE) + 1)
        ref = self.ref()
        card = f"62300000{int(person_id, 16):03d}{self.refs:08d}"
        told = factories.account(person_id, ref=ref, number=card)
        assert self.office.bulk("record_pay_accounts", told) == "created"
        decision = {"ref": f"J{ref}", "account_ref": ref, "decision": "approved"}
        self.office.bulk("decide_pay_accounts", decision, caller="checker")

    @rule(back=st.integers(0, 4), where=few)
    def plan(self, back: int, where: int) -> None:
        month = max(2, self.office.today.month - back)
        told = {"scheme": "nursing", "period": f"2026-{month:02d}", "region": PLACES[where % 3]}
        self.send("plan_disbursement", told | {"pay_on": self.office.today.isoformat()}, "maker")

    @rule()
    def work(self) -> None:
        self.office.work()

    @rule(which=few, hand=st.sampled_from(["checker", "checker-2", "maker"]), right=st.booleans())
    def approve(self, which: int, hand: str, right: bool) -> None:
        """By somebody, who may be the maker, or have another list in front of them."""
        runs = [row for row in self.books().runs if row.state == "frozen"]
        if not runs:
            return
        run = runs[which % len(runs)]
        told = {"run_id": run.run_id, "list_hash": run.list_hash if right else "0" * 64}
        caller = f"checker-{hand}" if hand != "maker" else "maker"
        reply = self._approved(told, caller)
        assert (reply is not None) == (right and hand != "maker")

    def _approved(self, told: dict[str, Any], caller: str) -> dict[str, Any] | None:
        if caller != "maker":
            return self.send("approve_disbursement", told, caller)
        # Somebody who has both roles.
        token = self.office.subsidy.caller("maker", "checker", subject="maker", region=DISTRICT)
        with pytest.raises(Refused, match=r"maker_is_checker|list_changed"):
            self.office.subsidy.call("approve_disbursement", told, token)
        return None

    @rule(which=few)
    def reject(self, which: int) -> None:
        """Its awards, funds and debts are as before the plan."""
        runs = [row for row in self.books().runs if row.state == "frozen"]
        if runs:
            run = runs[which % len(runs)]
            told = {"run_id": run.run_id, "list_hash": run.list_hash, "reason": "名单有误"}
            self.send("reject_disbursement", told, "checker")

    @rule(which=few)
    def instruct(self, which: int) -> None:
        runs = [row for row in self.books().runs if row.state in books.DECIDED]
        if runs:
            self.send("instruct_disbursement", {"run_id": runs[which % len(runs)].run_id}, "maker")

    @rule(back=st.integers(0, 4), returned=st.integers(0, 255))
    def pay(self, back: int, returned: int) -> None:
        """A whole month at once, as offices do it."""
        self.plan(back, 0)
        self.pay_what_is_planned(returned if returned % 3 == 0 else 0)

    def pay_what_is_planned(self, returned: int = 0) -> None:
        """Everybody does their part, up to the bank's answers."""
        self.office.work_to_the_end()
        for run in self.books().runs:
            if run.state == "frozen":
                told = {"run_id": run.run_id, "list_hash": run.list_hash}
                self.send("approve_disbursement", told, "checker")
        for run in self.books().runs:
            if run.state in {"approved", "instructed"}:
                self.send("instruct_disbursement", {"run_id": run.run_id}, "maker")
        self.office.work_to_the_end()
        for number, batch in enumerate(self.books().bank_batches):
            if batch.answered < batch.lines:
                self.answer(number, 255, returned)
        for number, receipt in enumerate(self.office.receipts):
            if receipt not in self.office.delivered:
                self.deliver(number)

    # The bank -------------------------------------------------------------------------------------

    @rule(which=st.integers(0, 30), some=st.integers(1, 7), returned=st.integers(0, 255))
    def answer(self, which: int, some: int, returned: int) -> None:
        """The bank answers lines of a batch that it has not answered, and returns some of them. Two bits of
        `returned` are for one line.
        """
        batches = [row for row in self.books().bank_batches if row.file_hash]
        if not batches:
            return
        file = self.office.fetch(batches[which % len(batches)].id)
        lines = [line for line in Bank.read(file)[1] if line[2] not in self.office.answered]
        lines = [line for n, line in enumerate(lines) if some >> n & 1]
        codes = ("", "B1", "A2", "C1")
        told = {line[3]: codes[returned >> 2 * n & 3] for n, line in enumerate(lines)}
        self.office.bank.refuses = {number: code for number, code in told.items() if code}
        if lines:
            self.office.write(file, {int(line[1]) for line in lines})

    @rule(which=st.integers(0, 30))
    def deliver(self, which: int) -> None:
        """A receipt, maybe again."""
        receipts = self.office.receipts
        if receipts:
            receipt = receipts[which % len(receipts)]
            expected = "unchanged" if receipt in self.office.delivered else "created"
            assert self.office.receive(receipt) == expected

    @rule(which=st.integers(0, 30), how=st.sampled_from(["cut", "amount", "repeated", "order", "day"]))
    def deliver_a_wrong_one(self, which: int, how: str) -> None:
        """It is refused whole."""
        receipts = self.office.receipts
        if not receipts:
            return
        receipt = receipts[which % len(receipts)]
        before = self.books()

        def spoil(lines: list[list[str]]) -> list[list[str]]:
            [first, *rest] = [[*line] for line in lines]
            match how:
                case "amount":
                    first[3] = "9" + first[3]
                case "repeated":
                    return [first, first, *rest]
                case "day":
                    first[6] = "20261231"
                case "order":
                    first[1] = "9"
            return [first, *rest]

        wrong = receipt[:-3] if how == "cut" else rewritten(receipt, spoil)
        with pytest.raises(Refused) as refused:
            self.office.receive(wrong)
        assert refused.value.code.startswith("subsidy.receipt_")
        assert self.books() == before

    # Payments given up, and taken back --------------------------------------------------------------

    @rule(which=few, back=st.booleans(), sure=st.sampled_from([True, True, False]))
    def change_payment(self, which: int, back: bool, sure: bool) -> None:
        """One asks, another decides."""
        now = self.books()
        targets = (
            [row.instruction_id for row in now.bank_answers if row.paid]
            if back
            else [row.id for row in now.held_payments if row.state == "open"]
        )
        if targets:
            self.changed(targets[which % len(targets)], back=back, sure=sure)

    def changed(self, target: str, *, back: bool, sure: bool = True) -> None:
        ref = self.ref()
        item = {"ref": ref, "target_id": target, "document": "退汇通知", "booked_on": self.office.today}
        item |= (
            {"kind": "take_back", "reason": "bank_failure"}
            if back
            else {"kind": "give_up", "reason": "deceased"}
        )
        asked = self.office.bulk("request_payment_changes", item)
        decision = {"ref": f"J{ref}", "request_ref": ref, "decision": "approved" if sure else "rejected"}
        told = self.office.bulk("decide_payment_changes", decision, caller="checker")
        assert told == (asked if asked == "created" else "subsidy.unknown_payment")

    # Differences and debts --------------------------------------------------------------------------

    @rule()
    def recompute(self) -> None:
        """What was paid, with all differences, is what is due as known now."""
        fields = {"scheme": "nursing", "region": DISTRICT, "first": "2026-01", "last": "2026-12"}
        self.office.call("recompute_awards", fields, "clerk")
        self.office.work_to_the_end()
        self.compare()

    def compare(self) -> None:
        now = self.books()
        stands = {
            (self.head(int(line.person_id, 16)), line.period)
            for place, line in now.lines.items()
            if place not in now.given_up and place[0] in now.decided
        }
        had: dict[tuple[int, str], int] = {}
        for (person_id, period), fen in now.had().items():
            key = self.head(int(person_id, 16)), period
            had[key] = had.get(key, 0) + fen
        for (number, period), fen in had.items():
            due = self.law.due(number, int(period[-2:]))
            if due is not None:
                # Of a month that was given up nobody has paid anything back.
                right = fen in due if (number, period) in stands else fen >= 0
                assert right, (number, period, fen, due)

    @rule(which=few, act=st.sampled_from(["agree", "pay_back", "ask_write_off"]), part=st.integers(1, 3))
    def settle(self, which: int, act: str, part: int) -> None:
        debts = [row for row in self.books().debts if row.settled_fen < row.amount_fen]
        if not debts:
            return
        debt = debts[which % len(debts)]
        fen = max(1, (debt.amount_fen - debt.settled_fen) // part)
        ref = self.ref()
        item = {"ref": ref, "debt_id": debt.debt_id, "act": act, "amount": yuan(fen)}
        item |= {"document": "协议", "happened_on": self.office.today}
        assert self.office.bulk("record_debt_acts", item) == "created"
        if act != "agree":
            decision = {"ref": f"J{ref}", "act_ref": ref, "decision": "approved"}
            decision |= {"decided_on": self.office.today.isoformat()}
            assert self.office.bulk("decide_debt_acts", decision, caller="checker") == "created"

    @rule(which=few)
    def sample(self, which: int) -> None:
        """Changes no money."""
        runs = [row for row in self.books().runs if row.state == "paid"]
        if runs:
            item = {"ref": self.ref(), "run_id": runs[which % len(runs)].run_id, "seed": "2026-lot"}
            item |= {"drawn_on": self.office.today}
            self.office.bulk("draw_payment_samples", item)
