"""An office in memory that answers as the services do, for tests of the loader."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from canlian.calling import CallRefused, CallUnavailable, Identity
from contracts.catalogue import SERVICES, SUBSCRIPTIONS

SILENT = {
    "record_benefit_marks",
    "record_department_rows",
    "record_household_flags",
    "record_pay_accounts",
}
"""Commands whose records are not each told of by an event, and whose replies are not kept."""

Call = tuple[str, str, dict[str, Any], Identity]


class FakeOffice:
    """Keeps what it is sent. slow: events that a follower has still to apply, one fewer with each look.

    jobs: what the registry says of its jobs, one answer with each look, and then of none.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.replies: dict[str, dict[str, Any]] = {}
        self.kept: dict[str, dict[str, str]] = defaultdict(dict)
        self.recorded = dict.fromkeys(SERVICES, 0)
        self.slow = 0
        self.jobs: list[list[dict[str, Any]]] = []
        self.stuck = False
        self.parked = 0
        self.unavailable = 0
        self.refuse: set[str] = set()
        self.runs: dict[str, dict[str, Any]] = {}

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        self.calls.append((service, method, fields, who))
        if method == "show_status":
            return self._status(service)
        if self.unavailable:
            self.unavailable -= 1
            raise CallUnavailable(f"{service} did not answer")
        handler = getattr(self, f"_{method}", None)
        if handler:
            reply: dict[str, Any] = handler(fields, who)
            return reply
        return self._bulk(service, method, fields)

    def sent(self, method: str) -> list[dict[str, Any]]:
        """What was sent to a method."""
        return [fields for _, called, fields, _ in self.calls if called == method]

    def _status(self, service: str) -> dict[str, Any]:
        late = self.slow
        if not self.stuck:
            self.slow = max(0, self.slow - 1)
        follows = [
            {
                "source": source,
                "epoch": 1,
                "position": max(0, self.recorded[source] - late),
                "parked": self.parked,
            }
            for source in SUBSCRIPTIONS.get(service, ())
        ]
        recorded = self.recorded[service]
        return {
            "service": service,
            "epoch": 1,
            "recorded": recorded,
            "published": recorded,
            "follows": follows,
            "jobs": self.jobs.pop(0) if self.jobs and service == "registry" else [],
        }

    def _bulk(self, service: str, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        key = fields["idempotency_key"]
        if key in self.replies:
            return self.replies[key]
        outcomes = []
        for index, item in enumerate(fields["items"]):
            name = str(item.get("ref") or item.get("id_number") or item.get("code") or sorted(item.items()))
            if name in self.refuse:
                error = {"code": "test.refused", "message": "No.", "field": "person_id"}
                outcomes.append({"index": index, "outcome": "rejected", "id": None, "error": error})
                continue
            known = self.kept[method].get(name)
            if known is None:
                self.kept[method][name] = json.dumps(item, sort_keys=True)
                self.recorded[service] += method not in SILENT
            outcome = "created" if known is None else "unchanged"
            outcomes.append({"index": index, "outcome": outcome, "id": identifier(name), "error": None})
        reply = {"outcomes": outcomes}
        if method not in SILENT and all(outcome["outcome"] != "rejected" for outcome in outcomes):
            self.replies[key] = reply
        return reply

    def _resolve_persons(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        known = self.kept["register_persons"]
        return {"found": {number: identifier(number) for number in fields["id_numbers"] if number in known}}

    def _resolve_households(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        known = self.kept["register_households"]
        return {"found": {ref: identifier(ref) for ref in fields["refs"] if ref in known}}

    def _resolve_guardians(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        known = self.kept["register_guardians"]
        return {"found": {ref: identifier(ref) for ref in fields["refs"] if ref in known}}

    def _plan_disbursement(self, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        if fields["scheme"] in self.refuse:
            raise CallRefused("subsidy.nothing_to_pay", "No award is unpaid there.")
        run_id = identifier(fields["scheme"] + fields["period"])
        return self.runs.setdefault(
            run_id,
            {
                "run_id": run_id,
                "scheme": fields["scheme"],
                "period": fields["period"],
                "lines": 2,
                "state": "planning",
                "amount": "3.00",
                "paid_lines": 0,
                "planned_by": who.subject,
                "list_hash": None,
            },
        ).copy()

    def _find_disbursement(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        run = self.runs[fields["run_id"]]
        shown = run.copy()
        if not self.stuck:
            run["state"] = {"planning": "frozen", "instructing": "instructed"}.get(run["state"], run["state"])
            run["list_hash"] = "f" * 64
        return shown

    def _approve_disbursement(self, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        run = self.runs[fields["run_id"]]
        assert run["planned_by"] != who.subject
        assert fields["list_hash"] == run["list_hash"]
        run["state"] = "approved"
        return run.copy()

    def _instruct_disbursement(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        run = self.runs[fields["run_id"]]
        assert run["state"] in {"approved", "instructed"}
        run["state"] = "instructing"
        return run.copy()

    def _list_bank_batches(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        run = self.runs[fields["run_id"]]
        batch = {"batch_id": fields["run_id"], "answered": run["paid_lines"]}
        return {"batches": [batch], "after": None}

    def _fetch_bank_file(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        lines = f"H|{fields['batch_id']}|20240102|1|3.00\r\nD|1|{'0' * 32}|6217|王|3.00\r\nT|1|3.00|hash\r\n"
        return {"content": base64.b64encode(lines.encode("gb18030")).decode()}

    def _record_bank_receipt(self, fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        header, line, _ = base64.b64decode(fields["content"]).decode("gb18030").splitlines()
        assert line == f"D|1|{'0' * 32}|3.00|00||20240102"
        run = self.runs[header.removeprefix("R|")]
        run["state"], run["paid_lines"] = "paid", run["lines"]
        return {}


def identifier(name: str) -> str:
    """A made-up identifier of 32 hexadecimal digits."""
    return name.encode().hex().rjust(32, "0")[-32:]


class FakeShown:
    """Progress, kept as texts."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    def say(self, text: str) -> None:
        self.titles.append(text)

    def reached(self, done: int, total: int | None = None) -> None:
        self.titles.append(f"{done} of {total}")

    @contextmanager
    def step(self, title: str, total: int) -> Iterator["FakeShown"]:
        self.titles.append(f"{title} {total}")
        yield self
