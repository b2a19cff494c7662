"""Recording organisations, their money and their activities."""

from collections.abc import Mapping
from typing import Any

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
from services.registry.domain.correction import Earlier, check_correction
from services.registry.domain.organisation import (
    STEPS,
    check_activity,
    check_after,
    check_funds,
    established,
)
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.network_tables import (
    activities,
    appointments,
    organisation_acts,
    organisation_funds,
    organisations,
)
from services.registry.telling import steps

ORGANISATION = Link(organisations, "organisation", states=STEPS.open, copies={"organisation_kind": "kind"})
"""The organisation that a record belongs to; it is not dissolved."""


def register_organisations(tx: Transaction, message: messages.RegisterOrganisations) -> BulkReply:
    """Register organisations; the office's reference is the key."""
    return record(tx, message, _ORGANISATION)


def record_organisation_acts(tx: Transaction, message: messages.RecordOrganisationActs) -> BulkReply:
    """Record steps of organisations; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _STEPS, fields_of(Act))


def record_organisation_funds(tx: Transaction, message: messages.RecordOrganisationFunds) -> BulkReply:
    """Record money of organisations; the office's reference is the key."""
    return record(tx, message, _FUNDS)


def record_activities(tx: Transaction, message: messages.RecordActivities) -> BulkReply:
    """Record activities of organisations; the office's reference is the key."""
    return record(tx, message, _ACTIVITY)


def _established(row: Row, _named: Named, _rules: RuleView) -> Standing:
    return established(row["kind"], row["region"], row["established_on"])


def _guard(tx: Transaction, files: Mapping[str, Row]) -> Guard[Act]:
    """No organisation is dissolved while somebody holds a post there."""
    posts = sa.select(appointments.c.organisation_id).where(appointments.c.state == "in_office").distinct()
    ids = {file["id"] for file in files.values()}
    held = {row.organisation_id for row in rows_among(tx, posts, appointments.c.organisation_id, ids)}

    def check(file: Row, act: Act) -> None:
        if act.action == "dissolve" and file["id"] in held:
            raise Conflict(
                "registry.posts_held", "Somebody still holds a post there; end that first.", field="action"
            )

    return check


def _was_qualified(file: Any, _act: Act, _after: Standing) -> Row:
    return {"was_qualified": file["state"] == "qualified"}


def _funded(row: Row, named: Named, rules: RuleView) -> None:
    check_after(named["organisation_ref"]["established_on"], row["received_on"], "received_on")
    check_funds(row["amount_fen"], row["purpose"], rules)
    if earlier := named.get("corrects_ref"):
        owner, taken_back = earlier["organisation_id"], earlier["corrects_id"] is not None
        known = Earlier(owner, earlier["amount_fen"], earlier["received_on"], taken_back)
        check_correction(known, row["organisation_id"], row["amount_fen"], row["received_on"], "amount")


def _signed_amount(row: Row) -> Row:
    return {"amount_fen": row["amount_fen"] if row["corrects_id"] is None else -row["amount_fen"]}


def _held(row: Row, named: Named, rules: RuleView) -> None:
    check_after(named["organisation_ref"]["established_on"], row["held_on"], "held_on")
    check_activity(row["kind"], row["participants"], row["volunteers"], rules)


_ORGANISATION = Kind(
    "organisation",
    organisations,
    "established_on",
    _established,
    messages.OrganisationEstablished,
    soles=(Sole(("region", "kind"), "registry.organisation_exists", "kind", ended=("dissolved",)),),
)
_STEPS = Register(
    "registry.organisation",
    organisations,
    organisation_acts,
    Standing,
    Act,
    STEPS.decide,
    steps(
        "organisation",
        {
            "qualify": messages.OrganisationQualified,
            "disqualify": messages.OrganisationDisqualified,
            "dissolve": messages.OrganisationDissolved,
        },
        _was_qualified,
    ),
    _guard,
)
_FUNDS = Kind(
    "organisation_fund",
    organisation_funds,
    "received_on",
    _funded,
    messages.OrganisationFunded,
    links={
        "organisation_ref": ORGANISATION,
        "corrects_ref": Link(organisation_funds, "organisation_fund"),
    },
    place="organisation_ref",
    money=("amount",),
    soles=(
        Sole(
            ("corrects_id",),
            "registry.corrected_already",
            "corrects_ref",
            among=lambda row, _rules: row["corrects_id"] is not None,
        ),
    ),
    tell=_signed_amount,
)
_ACTIVITY = Kind(
    "activity",
    activities,
    "held_on",
    _held,
    messages.ActivityHeld,
    links={"organisation_ref": ORGANISATION},
    place="organisation_ref",
    money=("cost",),
)
