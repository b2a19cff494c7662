"""From the subsidy service to the bank and back, batch by batch.

Nothing is kept here. What the bank has is asked of the bank, what was answered of the service, and each step
may be done again: so the work goes on wherever it was killed.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from canlian.bank.channel import BankRefused, BankUnavailable, Channel, UnknownBatch
from canlian.calling import Caller, CallRefused, Identity

REPEATS_MAX = 20
"""Receipts of a batch beyond one for each line: a bank may repeat itself, but not for ever."""


def batches(caller: Caller, who: Identity, run_id: str) -> Iterator[dict[str, Any]]:
    """All batches of a run. Raises CallRefused, CallUnavailable."""
    after = None
    while True:
        page = caller.call("subsidy", "list_bank_batches", {"run_id": run_id, "after": after}, who)
        yield from page["batches"]
        if (after := page["after"]) is None:
            return


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a batch stands after a look. problem: why it did not go on, None when all went well."""

    batch_id: str
    lines: int
    answered: int
    problem: str | None = None


class Carrier:
    """Carries the sealed batches of a run. say: told what happened, without accounts and names."""

    def __init__(self, caller: Caller, who: Identity, bank: Channel, say: Callable[[str], None]) -> None:
        self._caller = caller
        self._who = who
        self._bank = bank
        self._say = say

    def look(self, run_id: str) -> list[Carried]:
        """Send what the bank has not yet, and bring in what it has answered since.

        One batch that the bank or the service refuses does not stop the others. Raises CallRefused for a
        run that the caller cannot see, CallUnavailable.
        """
        return [self._carried(batch) for batch in batches(self._caller, self._who, run_id)]

    def _carried(self, batch: dict[str, Any]) -> Carried:
        batch_id, lines, answered = batch["batch_id"], batch["lines"], batch["answered"]
        if answered == lines:
            return Carried(batch_id, lines, answered)
        try:
            for receipt in self._receipts(batch):
                answered += self._bring_in(batch_id, receipt)
                if answered >= lines:
                    break
        except CallRefused as refusal:
            return Carried(batch_id, lines, answered, f"{refusal.message} [{refusal.code}]")
        except BankRefused as refusal:
            return Carried(batch_id, lines, answered, f"{refusal} [{refusal.code}]")
        except BankUnavailable as error:
            return Carried(batch_id, lines, answered, f"{error} [bank.unavailable]")
        return Carried(batch_id, lines, answered)

    def _receipts(self, batch: dict[str, Any]) -> Iterator[bytes]:
        """The bank's receipts of a batch so far; a batch that it does not know is handed over."""
        batch_id = batch["batch_id"]
        for number in range(1, batch["lines"] + REPEATS_MAX + 1):
            try:
                receipt = self._bank.receipt(batch_id, number)
            except UnknownBatch:
                if number > 1 or batch["answered"]:
                    raise BankRefused(
                        "bank.batch_lost", f"the bank does not know batch {batch_id}, which it has answered"
                    ) from None
                self._send(batch_id)
                return
            if receipt is None:
                return
            yield receipt

    def _send(self, batch_id: str) -> None:
        told = self._call("fetch_bank_file", {"batch_id": batch_id, "idempotency_key": uuid4().hex})
        self._bank.send(batch_id, told["file_hash"], base64.b64decode(told["content"]))
        self._say(f"batch {batch_id}: handed over")

    def _bring_in(self, batch_id: str, receipt: bytes) -> int:
        """How many instructions of the batch the receipt answers for the first time."""
        # A fresh key: the service knows the file itself again.
        fields = {"idempotency_key": uuid4().hex, "content": base64.b64encode(receipt).decode()}
        told = self._call("record_bank_receipt", fields)
        if told["outcome"] == "unchanged":
            return 0
        if told["batch_id"] != batch_id:
            raise BankRefused(
                "bank.receipt_elsewhere",
                f"the bank gave one of batch {told['batch_id']}, which was taken, instead of {batch_id}",
            )
        paid, returned = told["paid_lines"], told["returned_lines"]
        self._say(f"batch {batch_id}: {paid} paid, {returned} returned")
        return int(paid + returned)

    def _call(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        return self._caller.call("subsidy", method, fields, self._who)
