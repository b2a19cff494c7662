"""A run of payments from its plan to its last payment.

    planning     its list is drawn up
    frozen       the list cannot change any more, and has a hash
    approved     a second person said yes to that hash; the funds are committed
    instructing  instructions to the bank are written
    instructed   they are written; the bank answers, now or days later
    paid         the bank has paid every line that was not given up
    rejected     the frozen list was not approved; its lines count no more

What was held up is instructed again: then it goes from instructed to instructing once more. A payment that
the bank takes back makes a paid run an instructed one again.
"""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict, Forbidden
from kernel.money import Money
from kernel.periods import Period
from services.subsidy.domain import frozen_list

OPEN = ("planning", "frozen", "approved")
"""The list is still being decided on; there is one such run of a scheme, a period and a division."""


UNDECIDED = ("planning", "frozen")
"""Nobody has said yes yet."""


def check_begun(period: Period, pay_on: date, ahead: int) -> None:
    """Raises Conflict("subsidy.period_to_come") for a period that begins more than so many months after the
    month of the payment: who may still die, move or recover is not paid for years to come.
    """
    latest = Period.of(pay_on, "month")
    for _ in range(ahead):
        latest = latest.next()
    if period.start >= latest.end:
        raise Conflict(
            "subsidy.period_to_come",
            f"Period {period.text} begins more than {ahead} months after the day of payment; plan an earlier "
            "one, or correct the day.",
            field="period",
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands. list_hash is None while it is being planned, approved_by until it is approved."""

    id: str
    scheme: str
    period: str
    region: str
    pay_on: date
    state: str
    lines: int
    paid_lines: int
    amount: Money
    list_hash: str | None
    planned_by: str
    approved_by: str | None
    given_up_lines: int = 0
    rejected_by: str | None = None
    rejected_because: str | None = None

    @property
    def periods(self) -> list[str]:
        """The periods that its lines are for, in their order: the months of a quarter, else its own."""
        period = Period.parse(self.period)
        return [month.text for month in period.months()] if period.kind == "quarter" else [period.text]

    @property
    def empty_hash(self) -> str:
        """The hash of its list before the first line."""
        return frozen_list.begin(self.id, self.scheme, self.period, self.region, self.pay_on)

    def approved_already(self, checker: str, list_hash: str) -> bool:
        """Whether this checker has approved this list before; the approval then need not be repeated."""
        return self.approved_by == checker and self.list_hash == list_hash

    def check_approval(self, checker: str, list_hash: str) -> None:
        """Whether this checker may approve the list with this hash.

        Raises Conflict("subsidy.run_not_frozen") in any other state, Forbidden("subsidy.maker_is_checker"),
        and Conflict("subsidy.list_changed") when the hash is of another list.
        """
        self._check_frozen("approved")
        if checker == self.planned_by:
            raise Forbidden(
                "subsidy.maker_is_checker",
                "Who planned a run cannot approve it; ask a second person.",
                run_id=self.id,
            )
        self._check_hash(list_hash)

    def rejected_already(self, by: str, list_hash: str) -> bool:
        """Whether this person has rejected this list before; that need not be repeated then."""
        return self.rejected_by == by and self.list_hash == list_hash

    def check_rejection(self, list_hash: str) -> None:
        """Whether the list with this hash may be rejected.

        Raises Conflict("subsidy.run_not_frozen") in any other state, and Conflict("subsidy.list_changed") for
        the hash of another list.
        """
        self._check_frozen("rejected")
        self._check_hash(list_hash)

    def _check_frozen(self, to_be: str) -> None:
        if self.state != "frozen":
            raise Conflict(
                "subsidy.run_not_frozen",
                f"The run is {self.state}; only a frozen run that nobody has approved can be {to_be}.",
                run_id=self.id,
                state=self.state,
            )

    def _check_hash(self, list_hash: str) -> None:
        if list_hash != self.list_hash:
            raise Conflict(
                "subsidy.list_changed",
                "The hash is not that of the frozen list; look at the run again and decide on what it shows.",
                run_id=self.id,
                field="list_hash",
            )

    def check_approved(self) -> None:
        """Raises Conflict("subsidy.run_not_approved") when nobody has approved it yet."""
        if self.state in {*UNDECIDED, "rejected"}:
            raise Conflict(
                "subsidy.run_not_approved",
                f"The run is {self.state}; the bank is told only what a second person has approved.",
                run_id=self.id,
                state=self.state,
            )
