"""What the registry tells the other services, with defaults for all that a test does not care about."""

from datetime import date
from typing import Any

from contracts import registry
from tests.support.platform import COUNTY

TOWNSHIP = "341524103000"
VILLAGE = "341524103206"
OTHER_TOWNSHIP = "341524104000"
OTHER_VILLAGE = "341524104201"
PLACES = {COUNTY: "金寨县", TOWNSHIP: "甲镇", VILLAGE: "甲村", OTHER_TOWNSHIP: "乙镇", OTHER_VILLAGE: "乙村"}


def identifier(number: int) -> str:
    """An identifier as services give them."""
    return f"{number:032x}"


def registered(number: int, **changes: Any) -> registry.PersonRegistered:
    """The event of a person who is registered without a certificate."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": identifier(number),
        "sex": "female",
        "birth_month": "1980-01",
        "registered_on": date(2020, 1, 1),
    }
    return registry.PersonRegistered(**fields | changes)


def _certificate(number: int) -> dict[str, Any]:
    return {
        "region": VILLAGE,
        "person_id": identifier(number),
        "certificate_id": identifier(number + 0xC000),
        "category": "physical",
        "grade": 2,
        "mode": "office",
        "acted_on": date(2024, 1, 3),
        "expires_on": date(2033, 12, 31),
    }


def certified(number: int, **changes: Any) -> registry.CertificateIssued:
    """The event of a person's first certificate."""
    return registry.CertificateIssued(**_certificate(number) | changes)


def renewed(number: int, **changes: Any) -> registry.CertificateRenewed:
    """The event of a renewal."""
    return registry.CertificateRenewed(**_certificate(number) | changes)


def changed(number: int, **changes: Any) -> registry.CertificateChanged:
    """The event of a new category or grade; previous_category and previous_grade are to be given."""
    return registry.CertificateChanged(**_certificate(number) | changes)


def cancelled(number: int, **changes: Any) -> registry.CertificateCancelled:
    """The event of a cancellation."""
    fields = {"reason": "standard_not_met", "acted_on": date(2024, 2, 1)}
    return registry.CertificateCancelled(**_certificate(number) | fields | changes)


def frozen(number: int, **changes: Any) -> registry.CertificateFrozen:
    """The event of a freeze."""
    fields = {"reason": "under_review", "acted_on": date(2024, 2, 1)}
    return registry.CertificateFrozen(**_certificate(number) | fields | changes)


def thawed(number: int, **changes: Any) -> registry.CertificateThawed:
    """The event of the end of a freeze."""
    return registry.CertificateThawed(**_certificate(number) | changes)


def moved_out(number: int, **changes: Any) -> registry.CertificateMovedOut:
    """The event of a certificate that left its division."""
    return registry.CertificateMovedOut(**_certificate(number) | changes)


def moved_in(number: int, **changes: Any) -> registry.CertificateMovedIn:
    """The event of a certificate that came to a division."""
    return registry.CertificateMovedIn(**_certificate(number) | changes)


def merged(number: int, kept: int, **changes: Any) -> registry.PersonsMerged:
    """The event of a person who turned out to be the other one."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": identifier(number),
        "kept_id": identifier(kept),
        "merged_on": date(2024, 7, 1),
    }
    return registry.PersonsMerged(**fields | changes)


def unmerged(number: int, kept: int, **changes: Any) -> registry.PersonsUnmerged:
    """The event of a person who turned out not to be the other one."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": identifier(number),
        "kept_id": identifier(kept),
        "unmerged_on": date(2024, 8, 1),
    }
    return registry.PersonsUnmerged(**fields | changes)


def household(number: int, *flags: Any, region: str = VILLAGE) -> registry.HouseholdRegistered:
    """The event of a household with these flags."""
    return registry.HouseholdRegistered(
        region=region, household_id=identifier(number), flags=list(flags), registered_on=date(2020, 1, 1)
    )


def flagged(number: int, *flags: Any, region: str = VILLAGE) -> registry.HouseholdFlagsChanged:
    """The event of a household that has these flags from now on, and no others."""
    return registry.HouseholdFlagsChanged(
        region=region, household_id=identifier(number), flags=list(flags), changed_on=date(2024, 5, 6)
    )


def guardian(number: int, ward: int, **changes: Any) -> registry.GuardianRegistered:
    """The event of somebody who became a person's guardian, for subsidies."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": identifier(ward),
        "guardianship_id": identifier(number),
        "relation": "parent",
        "scope": ["subsidy", "certificate"],
        "since": date(2020, 1, 1),
        "until": None,
    }
    return registry.GuardianRegistered(**fields | changes)


def guardianship_ended(number: int, ward: int, **changes: Any) -> registry.GuardianshipEnded:
    """The event of the end of a guardianship."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": identifier(ward),
        "guardianship_id": identifier(number),
        "ended_on": date(2024, 6, 30),
    }
    return registry.GuardianshipEnded(**fields | changes)
