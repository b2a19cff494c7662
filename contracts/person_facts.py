"""What other services keep of a person, and how registry's events change it.

Subsidy, rehab and employment each keep a copy of these facts, so that they can decide while the registry
is down. The copy is a fold of the registry's events: one place says how, each service owns its rows. A frozen
certificate is none until it is thawed. A merged person stays a row of its own that says who stands for it.
"""

from collections.abc import Callable
from typing import Any

from contracts import registry
from contracts.message import Event


def _registered(event: registry.PersonRegistered) -> dict[str, Any]:
    return {
        "region": event.region,
        "household_id": event.household_id,
        "birth_month": event.birth_month,
        "certified": False,
    }


def _corrected(event: registry.PersonCorrected) -> dict[str, Any]:
    return {"region": event.region, "household_id": event.household_id}


def _certified(event: registry.CertificateEvent) -> dict[str, Any]:
    return {
        "region": event.region,
        "category": event.category,
        "grade": event.grade,
        "certified": True,
        "certificate_expires_on": event.expires_on,
    }


def _uncertified(event: registry.CertificateEvent) -> dict[str, Any]:
    return {
        "region": event.region,
        "certified": False,
        "category": None,
        "grade": None,
        "certificate_expires_on": None,
    }


def _household(event: registry.HouseholdRegistered | registry.HouseholdFlagsChanged) -> dict[str, Any]:
    return {"region": event.region, "flags": ",".join(sorted(event.flags))}


def _merged(event: registry.PersonsMerged) -> dict[str, Any]:
    return {"region": event.region, "merged_into": event.kept_id}


def _unmerged(event: registry.PersonsUnmerged) -> dict[str, Any]:
    return {"region": event.region, "merged_into": None}


PERSON: dict[type[Event], Callable[[Any], dict[str, Any]]] = {
    registry.PersonRegistered: _registered,
    registry.PersonCorrected: _corrected,
    registry.PersonsMerged: _merged,
    registry.PersonsUnmerged: _unmerged,
    registry.CertificateIssued: _certified,
    registry.CertificateRenewed: _certified,
    registry.CertificateChanged: _certified,
    registry.CrossProvinceServed: _certified,
    registry.CertificateReissued: _certified,
    registry.CertificateReplaced: _certified,
    registry.CertificateReassessed: _certified,
    registry.CertificateThawed: _certified,
    registry.CertificateMovedIn: _certified,
    registry.CertificateCancelled: _uncertified,
    registry.CertificateFrozen: _uncertified,
    registry.CertificateMovedOut: _uncertified,
}
"""Columns to set on the person of the event."""

HOUSEHOLD: dict[type[Event], Callable[[Any], dict[str, Any]]] = {
    registry.HouseholdRegistered: _household,
    registry.HouseholdFlagsChanged: _household,
}
"""Columns to set on the household of the event."""
