"""What the registry service offers to callers. It follows nobody."""

from chassis.service import Service, command, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import queries, tables
from services.registry.handlers import certificates, disclosure, households, persons, regions


class RegistryService(Service):
    """Regions, households, persons and certificates: the facts that the other services decide by."""

    name = "registry"
    tables = tables.metadata

    @command(messages.RecordRegions, roles=("clerk", "system"))
    def record_regions(self, message: messages.RecordRegions, tx: Transaction) -> BulkReply:
        """Record divisions with their validity."""
        return regions.record_regions(tx, message)

    @command(messages.RegisterHouseholds, roles=("clerk",))
    def register_households(self, message: messages.RegisterHouseholds, tx: Transaction) -> BulkReply:
        """Register households with their flags."""
        return households.register_households(tx, message)

    @command(messages.RegisterPersons, roles=("clerk",))
    def register_persons(self, message: messages.RegisterPersons, tx: Transaction) -> BulkReply:
        """Register persons."""
        return persons.register_persons(tx, message)

    @command(messages.RecordCertificateActs, roles=("clerk",))
    def record_certificate_acts(self, message: messages.RecordCertificateActs, tx: Transaction) -> BulkReply:
        """Record acts on certificates."""
        return certificates.record_certificate_acts(tx, message)

    @command(messages.RevealPerson, roles=("clerk", "auditor"))
    def reveal_person(self, message: messages.RevealPerson, tx: Transaction) -> messages.RevealedPerson:
        """Read sealed fields in plain; audited."""
        return disclosure.reveal_person(tx, message)

    @query(messages.ResolvePersons, roles=("clerk", "maker"))
    def resolve_persons(self, message: messages.ResolvePersons, tx: Transaction) -> messages.Identities:
        """Identifiers by citizen number."""
        return queries.resolve_persons(tx, message)

    @query(messages.ResolveHouseholds, roles=("clerk", "maker"))
    def resolve_households(self, message: messages.ResolveHouseholds, tx: Transaction) -> messages.Identities:
        """Identifiers by the office's reference."""
        return queries.resolve_households(tx, message)

    @query(messages.FindPerson, roles=("clerk", "auditor"))
    def find_person(self, message: messages.FindPerson, tx: Transaction) -> messages.PersonView:
        """One person, masked."""
        return queries.find_person(tx, message)
