"""A snapshot as the reporting service gives it, and its figures beside the published ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from canlian.calling import Caller, Identity
from canlian.package.kinds import PUBLISHED
from canlian.package.problems import PackageError, Problem
from canlian.package.reader import Package

Snapshot = dict[str, Any]


def take(caller: Caller, who: Identity, office: str, region: str, period: str) -> Snapshot:
    """Record a period's figures, or get the revision that stands. Raises CallRefused, CallUnavailable."""
    # A fresh key: the same question is asked again to see what has changed.
    fields = {"idempotency_key": uuid4().hex, "office": office, "region": region, "period": period}
    return caller.call("reporting", "take_snapshot", fields, who)


def dimensions_text(dimensions: Mapping[str, str]) -> str:
    """Dimensions as one text, "key=value;key=value", keys in alphabetical order."""
    return ";".join(f"{key}={dimensions[key]}" for key in sorted(dimensions))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure beside the platform's own. indicator: None when the snapshot has no such figure."""

    published: Mapping[str, Any]
    indicator: Mapping[str, Any] | None

    @property
    def equal(self) -> bool:
        """Whether value and target, as far as published, are exactly the same."""
        if self.indicator is None:
            return False
        told = [name for name in ("value", "target") if name in self.published]
        return bool(told) and all(_same(self.published[name], self.indicator[name]) for name in told)


def _same(published: str, found: object) -> bool:
    try:
        return found is not None and Decimal(published) == Decimal(str(found))
    except InvalidOperation:
        return False


def compare(snapshot: Snapshot, package: Package) -> Iterator[Comparison]:
    """Each figure of a package's published.csv beside the snapshot's. Raises PackageError for a bad line."""
    found = {(row["code"], dimensions_text(row["dimensions"])): row for row in snapshot["indicators"]}
    for record in package.records(PUBLISHED):
        if isinstance(record, Problem):
            raise PackageError(record)
        key = (record.values["indicator"], dimensions_text(record.values.get("dimensions", {})))
        yield Comparison(record.values, found.get(key))
