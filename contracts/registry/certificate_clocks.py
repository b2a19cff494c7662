"""What the clocks of a certificate tell by themselves, because a day has come."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.message import Event, Identifier
from contracts.registry.certificates import CategoryText, Grade


class CertificateClockEvent(Event):
    """What every clock of a certificate tells."""

    DAY: ClassVar[str] = "struck_on"

    person_id: Identifier
    certificate_id: Identifier
    category: CategoryText = Field(description="Category of disability")
    grade: Grade = Field(description="1 (most severe) to 4")
    expires_on: date = Field(description="Last day of validity")
    struck_on: date = Field(description="The day that has come")


class RenewalOpened(CertificateClockEvent):
    """From this day on the certificate may be renewed: the end of year 9."""

    TYPE: ClassVar[str] = "registry.renewal_opened.v1"


class CertificateExpiring(CertificateClockEvent):
    """The certificate expires soon and was not renewed; the holder is to be reminded (到期提醒)."""

    TYPE: ClassVar[str] = "registry.certificate_expiring.v1"


class CertificateExpired(CertificateClockEvent):
    """The first day on which the certificate is valid no more (到期失效)."""

    TYPE: ClassVar[str] = "registry.certificate_expired.v1"


class ReapplicationOpened(CertificateClockEvent):
    """From this day on who lost a certificate by cancellation may apply for a new one."""

    TYPE: ClassVar[str] = "registry.reapplication_opened.v1"
