"""Sends chunks of records to the services, each under a key made of what it holds."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Literal

from canlian.calling import Caller, Identity
from canlian.package.kinds import Kind
from canlian.package.problems import Problem
from canlian.package.reader import Record
from contracts.message import Query
from contracts.registry import ResolveGuardians, ResolveHouseholds, ResolvePersons

CHUNK = 500

_UNKNOWN = {
    "person_id": "no person with this number is registered in the office's region; register the person first",
    "household_id": "no household of this reference is registered in the office's region; register it first",
    "guardianship_id": "no guardian of this reference is registered in the office's region; register one",
}
_RESOLVERS: dict[str, tuple[type[Query], str]] = {
    "person_id": (ResolvePersons, "id_numbers"),
    "household_id": (ResolveHouseholds, "refs"),
    "guardianship_id": (ResolveGuardians, "refs"),
}


Known = tuple[Record, dict[str, Any]]
"""A record, and its values with the registry's identifiers."""
Act = Literal["step", "review", "decision"]
"""Whose turn it is: who loads, who reviews what that one checked, who decides."""


def turns(kind: Kind, known: Sequence[Known]) -> Iterator[tuple[Act, list[Known]]]:
    """The records in turns of those who enter them, so that the records of one file keep their order."""
    last: dict[Any, tuple[int, Act]] = {}
    by_turn: dict[tuple[int, Act], list[Known]] = {}
    for record, values in known:
        subject = values.get("claim_ref")
        turn, before = last.get(subject, (0, "step"))
        act: Act = "step"
        if values.get("action") in kind.decided:
            act = "decision"
        elif values.get("action") == "review":
            act = "review"
        last[subject] = turn + (act != before), act
        by_turn.setdefault(last[subject], []).append((record, values))
    for place in sorted(by_turn):
        yield place[1], by_turn[place]


def chunk_key(package: str, kind: Kind, items: Sequence[dict[str, Any]]) -> str:
    """The same records of the same file and package always go under the same key."""
    content = json.dumps(items, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{package}/{kind.file}/{sha256(content.encode()).hexdigest()}"


class Sender:
    """Sends the records of one package. approver: who decides; without one, decisions are left out.

    reviewer: who reviews; without one, who loads.
    """

    def __init__(
        self,
        caller: Caller,
        who: Identity,
        approver: Identity | None,
        package: str,
        reviewer: Identity | None = None,
    ) -> None:
        self._caller = caller
        self._who = who
        self._reviewer = reviewer or who
        self._approver = approver
        self._package = package
        self._undecided: set[str] = set()

    def send(self, kind: Kind, records: Sequence[Record]) -> Iterator[tuple[str, Problem | None]]:
        """The outcome of each record, "created", "unchanged", "rejected" or "left", and why it was rejected.

        "created" may have been by an earlier load: a chunk that was taken whole is answered from memory. One
        with rejected records is decided anew, so that what was put right since is seen. Left are decisions,
        and what comes after them, where nobody approves.
        """
        known: list[Known] = []
        for record, values, problem in self._identified(kind, records):
            if problem:
                yield "rejected", problem
            elif self._waits(kind, values):
                yield "left", None
            else:
                known.append((record, values))
        for act, part in turns(kind, known):
            if act == "decision" and self._approver:
                yield from self._command(kind, kind.deciding_method, part, self._approver)
            else:
                who = self._reviewer if act == "review" else self._who
                yield from self._command(kind, kind.method, part, who)

    def _waits(self, kind: Kind, values: dict[str, Any]) -> bool:
        """Whether the record is a decision that nobody here may make, or comes after one."""
        if self._approver is None and values.get("action") in kind.decided:
            self._undecided.add(values["claim_ref"])
        return values.get("claim_ref") in self._undecided

    def _command(
        self, kind: Kind, method: str, part: Sequence[Known], who: Identity
    ) -> Iterator[tuple[str, Problem | None]]:
        items = [values for _, values in part]
        fields = {"idempotency_key": chunk_key(self._package, kind, items), "items": items}
        outcomes = self._caller.call(kind.service, method, fields, who)["outcomes"]
        for (record, _), outcome in zip(part, outcomes, strict=True):
            error = outcome["error"]
            yield outcome["outcome"], _problem(kind, record, error) if error else None

    def _identified(
        self, kind: Kind, records: Sequence[Record]
    ) -> Iterator[tuple[Record, dict[str, Any], Problem | None]]:
        """Records with the registry's identifiers in place of numbers and references."""
        found = {column: self._resolve(column.field, records) for column in kind.columns if column.identifies}
        for record in records:
            values = dict(record.values)
            problem = None
            for column, identifiers in found.items():
                if column.field not in values:
                    continue  # an optional one that was left empty
                identifier = identifiers.get(values[column.field])
                if identifier is None:
                    text = _UNKNOWN[column.field]
                    problem = Problem(
                        kind.file, record.line, column.name, "package.unknown_" + column.field[:-3], text
                    )
                values[column.field] = identifier
            yield record, values, problem

    def _resolve(self, field: str, records: Sequence[Record]) -> dict[str, str]:
        query, argument = _RESOLVERS[field]
        service, _, method = query.TYPE.partition(".")
        asked = sorted({record.values[field] for record in records if field in record.values})
        if not asked:
            return {}
        found: dict[str, str] = self._caller.call(service, method, {argument: asked}, self._who)["found"]
        return found


def _problem(kind: Kind, record: Record, error: dict[str, Any]) -> Problem:
    columns = {column.field: column.name for column in kind.columns}
    field = columns.get(error["field"] or "", error["field"])
    return Problem(kind.file, record.line, field, error["code"], error["message"])
