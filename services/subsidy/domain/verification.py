"""Verification after payment (发放后抽查): which payments are drawn, and what a finding leads to."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256
from heapq import nsmallest
from math import ceil

from kernel import ladder
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.money import Money
from kernel.rulebook import RuleView
from services.subsidy.domain.run import Run

UNSETTLED = ("held", "to_recover")
"""The states of what was found and is not settled."""


def size(rules: RuleView, lines: int) -> int:
    """How many of a run's payments are asked for: the share of verification.share, rounded up, but not fewer
    than verification.least, where there are so many.
    """
    share = ceil(lines * rules["verification.share"].ratio)
    return min(lines, max(share, rules["verification.least"].integer))


def draw(list_hash: str, seed: str, lines: int, number: int) -> list[int]:
    """The places of the lines that are drawn, in order: those with the lowest SHA-256 of "hash|seed|place".

    Anybody can draw again. Nobody can choose, as long as the seed is drawn by lot after the list has its
    hash.
    """

    def lot(place: int) -> bytes:
        return sha256(f"{list_hash}|{seed}|{place}".encode()).digest()

    return sorted(nsmallest(number, range(1, lines + 1), key=lot))


def check_drawable(run: Run) -> None:
    """Raises Conflict("subsidy.run_not_paid") while the bank has not paid every line."""
    if run.state != "paid":
        raise Conflict(
            "subsidy.run_not_paid",
            f"The run is {run.state}; a sample is drawn when the bank has paid every line.",
            field="run_id",
        )


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step of a check. means: how it was asked for. received_fen: what the person got, if not that."""

    means: str | None = None
    received_fen: int | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Check(ladder.Standing):
    """Where a check stands. amount_fen: what the bank was told. finding: what was found last.

    received_fen: what the person got, where it was another amount.
    """

    amount_fen: int
    finding: str | None = None
    received_fen: int | None = None


def check_verifier(handled_by: Collection[str | None], by: str) -> None:
    """handled_by: who planned and who approved the run. Raises Forbidden("subsidy.verifier_paid")."""
    if by in handled_by:
        raise Forbidden(
            "subsidy.verifier_paid", "Who planned or approved the run cannot verify it; ask somebody else."
        )


def follow_up(check: Check, act: Act, rules: RuleView) -> Check:
    """Where the check stands after the step. A later finding takes the place of an earlier one, until it is
    settled; both stay on the record.

    Raises Invalid("subsidy.wrong_step"), Invalid("subsidy.same_amount"),
    Conflict("subsidy.act_out_of_order") and Conflict("subsidy.check_state").
    """
    _check_complete(check, act)
    if act.acted_on < check.last_act_on:
        raise Conflict(
            "subsidy.act_out_of_order",
            f"A step of {check.last_act_on} is already recorded; record steps in the order of their days.",
            field="acted_on",
        )
    if check.state == "settled" or (act.action == "settle" and check.state not in UNSETTLED):
        raise Conflict(
            "subsidy.check_state",
            f"The check is {check.state}; settle one that is held or to recover, and verify any other one.",
            field="action",
            state=check.state,
        )
    if act.action == "settle":
        return replace(check, state="settled", last_act_on=act.acted_on)
    after = _leads_to(act.action, rules)
    return Check(after, act.acted_on, check.amount_fen, act.action, act.received_fen)


def check_recoverable(state: str, paid: Money, amount: Money) -> None:
    """Whether the amount may be recovered after a check.

    Raises Conflict("subsidy.check_state") and Invalid("subsidy.more_than_paid").
    """
    if state != "to_recover":
        raise Conflict(
            "subsidy.check_state",
            f"The check is {state}; only after one that is to recover is money recovered.",
            state=state,
        )
    if not Money.ZERO < amount <= paid:
        raise Invalid(
            "subsidy.more_than_paid",
            "What is recovered must be above zero, and not more than the payment.",
            field="amount",
        )


def _check_complete(check: Check, act: Act) -> None:
    settling = act.action == "settle"
    for field, told, wanted in (
        ("means", act.means, not settling),
        ("document", act.document, settling),
        ("received", act.received_fen, act.action == "wrong_amount"),
    ):
        if (told is not None) != wanted:
            raise Invalid(
                "subsidy.wrong_step",
                f"{act.action} {'needs' if wanted else 'is told without'} {field}; correct the step.",
                field=field,
            )
    if act.received_fen is not None and (act.received_fen == check.amount_fen or act.received_fen < 0):
        raise Invalid(
            "subsidy.same_amount",
            "What was received must be zero or more, and another amount than was paid.",
            field="received",
        )


def _leads_to(finding: str, rules: RuleView) -> str:
    """The state that a finding leads to, by the rules of the day."""
    for state in UNSETTLED:
        if finding in rules[f"verification.{state}"].texts:
            return state
    return "confirmed"
