"""Taking and signing snapshots (REP-01, REP-05): one person records the figures, another vouches for them."""

import json
from typing import Any

from chassis.transaction import Transaction
from contracts.reporting import SignSnapshot, Snapshot, SnapshotTaken, TakeSnapshot
from kernel.errors import Conflict, Invalid, NotFound
from kernel.periods import Period
from services.reporting import definitions, fact_repository, replies, repository
from services.reporting.domain import checks
from services.reporting.domain import snapshot as documents
from services.reporting.domain.figures import figures, target_value


def take_snapshot(tx: Transaction, message: TakeSnapshot) -> Snapshot:
    """Record the figures, or return the revision that stands when they are what it says already."""
    tx.within(message.region)
    _check_office(tx, message)
    period = Period.parse(message.period)
    scope = fact_repository.Scope(message.region, period, documents.cut_off(period, message.as_of))
    document = _document(tx, scope)
    standing = repository.newest_snapshot(tx, tx.office, scope.region, period.text, as_of=scope.as_of)
    if standing is not None and json.loads(standing.document)["indicators"] == document["indicators"]:
        return replies.snapshot(standing)
    newest = repository.newest_snapshot(tx, tx.office, scope.region, period.text)
    return _record(tx, scope, document, revision=1 if newest is None else newest.revision + 1)


def sign_snapshot(tx: Transaction, message: SignSnapshot) -> Snapshot:
    """Sign a snapshot by its hash; signing it again by the same person changes nothing."""
    row = repository.snapshot_by_id(tx, message.snapshot_id)
    if row is None:
        tx.no_scope("there is no such snapshot")
        raise NotFound(
            "reporting.unknown_snapshot", "There is no snapshot of this identifier; take one first."
        )
    tx.within(row.region)
    if row.hash != message.hash:
        raise Conflict(
            "reporting.hash_differs",
            "The snapshot has another hash than the one given; read it again and sign what it says.",
            snapshot_id=row.snapshot_id,
        )
    documents.check_signer(row.taken_by, tx.caller.subject)
    if row.signed_by is not None and row.signed_by != tx.caller.subject:
        raise Conflict(
            "reporting.signed_already",
            "The snapshot is signed by another person.",
            snapshot_id=row.snapshot_id,
        )
    if row.signed_by is None:
        repository.add_signature(tx, row.snapshot_id, row.taken_by, tx.caller.subject)
    return replies.snapshot(row, signed_by=tx.caller.subject)


def _check_office(tx: Transaction, message: TakeSnapshot) -> None:
    if message.office != tx.office:
        raise Invalid(
            "reporting.other_office",
            f"This is office {tx.office}; take the snapshot of {message.office} at that office.",
            field="office",
        )
    documents.check_region(message.office, message.region)


def _document(tx: Transaction, scope: fact_repository.Scope) -> dict[str, Any]:
    catalogue = definitions.catalogue()
    positions = fact_repository.hold(tx)
    found = figures(catalogue, fact_repository.tally(tx, catalogue, scope))
    checks.check(found)
    set_values = repository.targets(tx, scope.region, scope.period.text)
    targets = {
        figure.cell: target_value(figure.indicator, set_values[figure.cell])
        for figure in found
        if figure.cell in set_values
    }
    return {
        "office": tx.office,
        "region": scope.region,
        "period": scope.period.text,
        "as_of": scope.as_of.isoformat(),
        "positions": positions,
        "indicators": documents.indicators(found, targets),
    }


def _record(
    tx: Transaction, scope: fact_repository.Scope, document: dict[str, Any], revision: int
) -> Snapshot:
    text = documents.canonical(document)
    snapshot_id, digest = tx.new_id(), documents.hash_of(text)
    recorded = repository.add_snapshot(
        tx,
        snapshot_id=snapshot_id,
        office=tx.office,
        region=scope.region,
        period=scope.period.text,
        revision=revision,
        as_of=scope.as_of,
        hash=digest,
        document=text,
        taken_by=tx.caller.subject,
    )
    tx.record(
        SnapshotTaken(
            region=scope.region,
            snapshot_id=snapshot_id,
            period=scope.period.text,
            revision=revision,
            hash=digest,
            as_of=scope.as_of,
        )
    )
    return replies.snapshot(recorded)
