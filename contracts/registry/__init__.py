"""Messages of the registry: regions, persons, households, certificates, case files.

One module for each topic; callers import all of them from here.
"""

from contracts.message import Event, Request
from contracts.registry.certificates import (
    CategoryText,
    CertificateActItem,
    CertificateCancelled,
    CertificateChanged,
    CertificateEvent,
    CertificateIssued,
    CertificateRenewed,
    CertificateView,
    CrossProvinceServed,
    Grade,
    Mode,
    RecordCertificateActs,
)
from contracts.registry.households import (
    HouseholdFlag,
    HouseholdItem,
    HouseholdRegistered,
    RegisterHouseholds,
    ResolveHouseholds,
)
from contracts.registry.identities import Identities
from contracts.registry.persons import (
    FindPerson,
    PersonItem,
    PersonRegistered,
    PersonView,
    RegisterPersons,
    ResolvePersons,
    RevealedPerson,
    RevealPerson,
    Sex,
)
from contracts.registry.regions import RecordRegions, RegionItem, RegionRecorded

EVENTS: tuple[type[Event], ...] = (
    RegionRecorded,
    HouseholdRegistered,
    PersonRegistered,
    CertificateIssued,
    CertificateRenewed,
    CertificateChanged,
    CrossProvinceServed,
    CertificateCancelled,
)
REQUESTS: tuple[type[Request], ...] = (
    RecordRegions,
    RegisterHouseholds,
    RegisterPersons,
    RecordCertificateActs,
    ResolvePersons,
    ResolveHouseholds,
    FindPerson,
    RevealPerson,
)

__all__ = [
    "EVENTS",
    "REQUESTS",
    "CategoryText",
    "CertificateActItem",
    "CertificateCancelled",
    "CertificateChanged",
    "CertificateEvent",
    "CertificateIssued",
    "CertificateRenewed",
    "CertificateView",
    "CrossProvinceServed",
    "FindPerson",
    "Grade",
    "HouseholdFlag",
    "HouseholdItem",
    "HouseholdRegistered",
    "Identities",
    "Mode",
    "PersonItem",
    "PersonRegistered",
    "PersonView",
    "RecordCertificateActs",
    "RecordRegions",
    "RegionItem",
    "RegionRecorded",
    "RegisterHouseholds",
    "RegisterPersons",
    "ResolveHouseholds",
    "ResolvePersons",
    "RevealPerson",
    "RevealedPerson",
    "Sex",
]
