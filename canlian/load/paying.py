"""Disbursements of a package: planned by one, approved by another, told to the bank, paid.

A package may tell of a year that was paid: then the practice bank answers, on the day that the package names.
Nobody else is told anything by a load: what is approved waits for `canlian bank send`.
"""

import base64
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import uuid4

from canlian.calling import Caller, Identity
from canlian.load import practice_bank
from canlian.load.outcome import Run
from canlian.load.progress import Shown
from canlian.package.reader import Record

POLL_SECONDS = 0.2
STALLED_SECONDS = 120.0


class RunStalled(Exception):
    """A run of payments stopped on its way."""

    code = "load.run_stalled"


class Paying:
    """Plans runs, and has the practice bank pay them if that is wanted. checker: None keeps them frozen."""

    def __init__(
        self, caller: Caller, maker: Identity, checker: Identity | None, shown: Shown, practice: bool
    ) -> None:
        self._caller = caller
        self._maker = maker
        self._checker = checker
        self._shown = shown
        self._practice = practice

    def pay(self, record: Record) -> Run:
        """Bring one run as far as it goes: to frozen, to approved, or to paid by the practice bank. It stays
        instructed while somebody on it has no account.

        Raises CallRefused, and RunStalled when a job makes no step for a while.
        """
        # A key of its own each time: awards may have been granted since. The service itself gives the open
        # run, or the last one when no award is new.
        fields = {"idempotency_key": f"plan/{uuid4().hex}", **record.values}
        run = self._call("plan_disbursement", fields, self._maker)
        title = f"{record.values['scheme']} {record.values['period']}"
        changed = run["state"] != "paid"
        run = self._reach(
            run, {"frozen", "approved", "instructing", "instructed", "paid"}, f"planning {title}"
        )
        if self._checker and run["state"] == "frozen":
            fields = {
                "idempotency_key": f"approve/{run['run_id']}/{run['list_hash']}",
                "run_id": run["run_id"],
                "list_hash": run["list_hash"],
            }
            run = self._call("approve_disbursement", fields, self._checker)
            approved = f"{run['lines']} lines, {run['amount']} yuan, approved by {self._checker.subject}"
            self._shown.say(f"{title}: {approved}")
        if self._practice and run["state"] in {"approved", "instructing", "instructed"}:
            run = self._have_paid(run, title)
        kept = ("run_id", "scheme", "period", "state", "lines", "amount", "list_hash")
        return Run(**{name: run[name] for name in kept}, changed=changed)

    def _have_paid(self, run: dict[str, Any], title: str) -> dict[str, Any]:
        fields = {"idempotency_key": f"instruct/{uuid4().hex}", "run_id": run["run_id"]}
        run = self._call("instruct_disbursement", fields, self._maker)
        run = self._reach(run, {"instructed", "paid"}, f"instructing {title}")
        for batch in self._batches(run):
            self._settle(batch)
        return self._call("find_disbursement", {"run_id": run["run_id"]}, self._maker)

    def _batches(self, run: dict[str, Any]) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            fields = {"run_id": run["run_id"], "after": after}
            page = self._call("list_bank_batches", fields, self._maker)
            yield from page["batches"]
            after = page["after"]
            if after is None:
                return

    def _settle(self, batch: dict[str, Any]) -> None:
        """Have a batch answered that was not answered before."""
        if batch["answered"]:
            return
        fields = {"idempotency_key": f"fetch/{uuid4().hex}", "batch_id": batch["batch_id"]}
        file = base64.b64decode(self._call("fetch_bank_file", fields, self._maker)["content"])
        receipt = practice_bank.answer(file)
        fields = {
            "idempotency_key": f"receipt/{sha256(receipt).hexdigest()}",
            "content": base64.b64encode(receipt).decode(),
        }
        self._call("record_bank_receipt", fields, self._maker)

    def _reach(self, run: dict[str, Any], states: set[str], title: str) -> dict[str, Any]:
        moved_at, before = time.monotonic(), None
        run = self._call("find_disbursement", {"run_id": run["run_id"]}, self._maker)
        if run["state"] in states:
            return run
        with self._shown.step(title, run["lines"]) as step:
            while run["state"] not in states:
                now = (run["state"], run["lines"], run["paid_lines"])
                if now != before:
                    moved_at, before = time.monotonic(), now
                elif time.monotonic() - moved_at > STALLED_SECONDS:
                    raise RunStalled(f"{title}: the run {run['run_id']} stays {run['state']}")
                time.sleep(POLL_SECONDS)
                run = self._call("find_disbursement", {"run_id": run["run_id"]}, self._maker)
                step.reached(run["paid_lines"], run["lines"])
        return run

    def _call(self, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        return self._caller.call("subsidy", method, fields, who)
