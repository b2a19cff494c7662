"""Sends chunks of records to the services, each under a key made of what it holds."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from canlian.calling import Caller, Identity
from canlian.package.kinds import Kind
from canlian.package.problems import Problem
from canlian.package.reader import Record
from contracts.message import Query
from contracts.registry import ResolveHouseholds, ResolvePersons

CHUNK = 500

_UNKNOWN = {
    "person_id": "no person with this number is registered in the office's region; register the person first",
    "household_id": "no household of this reference is registered in the office's region; register it first",
}
_RESOLVERS: dict[str, tuple[type[Query], str]] = {
    "person_id": (ResolvePersons, "id_numbers"),
    "household_id": (ResolveHouseholds, "refs"),
}


def chunk_key(package: str, kind: Kind, items: Sequence[dict[str, Any]]) -> str:
    """The same records of the same file and package always go under the same key."""
    content = json.dumps(items, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{package}/{kind.file}/{sha256(content.encode()).hexdigest()}"


class Sender:
    """Sends the records of one package."""

    def __init__(self, caller: Caller, who: Identity, package: str) -> None:
        self._caller = caller
        self._who = who
        self._package = package

    def send(self, kind: Kind, records: Sequence[Record]) -> Iterator[tuple[str, Problem | None]]:
        """The outcome of each record, "created", "unchanged" or "rejected", and why it was rejected.

        "created" may have been by an earlier load: a chunk that was taken whole is answered from memory. One
        with rejected records is decided anew, so that what was put right since is seen.
        """
        known: list[tuple[Record, dict[str, Any]]] = []
        for record, values, problem in self._identified(kind, records):
            if problem:
                yield "rejected", problem
            else:
                known.append((record, values))
        if not known:
            return
        items = [values for _, values in known]
        fields = {"idempotency_key": chunk_key(self._package, kind, items), "items": items}
        outcomes = self._caller.call(kind.service, kind.method, fields, self._who)["outcomes"]
        for (record, _), outcome in zip(known, outcomes, strict=True):
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
