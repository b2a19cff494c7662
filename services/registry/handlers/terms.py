"""Recording terms of office, and the delegates to the congresses that elect."""

from collections.abc import Mapping

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.filing import Guard, Register, fields_of, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.errors import Conflict
from kernel.ladder import Act, Standing
from kernel.rulebook import RuleView
from services.registry.domain.term import DELEGATE_STEPS, Term, decide, named, prepared
from services.registry.handlers.organisations import ORGANISATION
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.network_tables import DELEGATE, delegate_acts, delegates, term_acts, terms
from services.registry.tables import persons
from services.registry.telling import steps


def record_terms(tx: Transaction, message: messages.RecordTerms) -> BulkReply:
    """Record terms; the office's reference is the key, and a number of an organisation is taken once."""
    return record(tx, message, _TERM)


def record_term_acts(tx: Transaction, message: messages.RecordTermActs) -> BulkReply:
    """Record steps of terms; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _TERM_STEPS, fields_of(Act))


def record_delegates(tx: Transaction, message: messages.RecordDelegates) -> BulkReply:
    """Record delegates; the office's reference is the key."""
    return record(tx, message, _DELEGATE)


def record_delegate_acts(tx: Transaction, message: messages.RecordDelegateActs) -> BulkReply:
    """Record checks of delegates; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _DELEGATE_STEPS, fields_of(Act))


def _prepared(row: Row, by_field: Named, _rules: RuleView) -> Term:
    return prepared(by_field["organisation_ref"]["established_on"], row["prepared_on"])


def _guard(tx: Transaction, files: Mapping[str, Row]) -> Guard[Act]:
    """No election before the delegates are checked, no term in office beside another."""
    ids = {file["id"] for file in files.values()}
    named = sa.select(delegates.c.term_id).where(delegates.c.state == "named").distinct()
    unchecked = {row.term_id for row in rows_among(tx, named, delegates.c.term_id, ids)}
    # Locked, so that two terms do not take office side by side.
    locked = sa.select(terms).order_by(terms.c.id).with_for_update()
    organisations = {file["organisation_id"] for file in files.values()}
    found = rows_among(tx, locked, terms.c.organisation_id, organisations)
    stood = {row.ref: (row.organisation_id, row.state) for row in found}

    def check(file: Row, act: Act) -> None:
        if act.action == "elect" and file["id"] in unchecked:
            raise Conflict(
                "registry.delegates_unchecked",
                "The qualification of some delegates is not checked; record that before the election.",
                field="action",
            )
        if act.action != "take_office":
            return
        stands = stood | {ref: (each["organisation_id"], each["state"]) for ref, each in files.items()}
        del stands[file["ref"]]
        if (file["organisation_id"], "in_office") in stands.values():
            raise Conflict(
                "registry.term_in_office",
                "Another term of the organisation is in office; record its end first.",
                field="action",
            )

    return check


def _delegate(row: Row, by_field: Named, _rules: RuleView) -> Standing:
    return named(by_field["term_ref"]["prepared_on"], row["named_on"])


_TERM = Kind(
    "term",
    terms,
    "prepared_on",
    _prepared,
    messages.TermPrepared,
    links={"organisation_ref": ORGANISATION},
    place="organisation_ref",
    soles=(Sole(("organisation_id", "number"), "registry.term_recorded", "number"),),
)
_TERM_STEPS = Register(
    "registry.term",
    terms,
    term_acts,
    Term,
    Act,
    decide,
    steps(
        "term",
        {
            "elect": messages.TermElected,
            "take_office": messages.TermStarted,
            "leave_office": messages.TermEnded,
        },
    ),
    _guard,
)
_DELEGATE = Kind(
    "delegate",
    delegates,
    "named_on",
    _delegate,
    messages.DelegateNamed,
    links={
        "term_ref": Link(terms, "term", states=("preparing",)),
        "person_id": Link(persons, "person", key="id"),
    },
    place="term_ref",
    words={"delegate": DELEGATE},
)
_DELEGATE_STEPS = Register(
    "registry.delegate",
    delegates,
    delegate_acts,
    Standing,
    Act,
    DELEGATE_STEPS.decide,
    steps("delegate", {"qualify": messages.DelegateQualified, "reject": messages.DelegateRejected}),
)
