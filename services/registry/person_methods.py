"""What the registry offers about who is registered: search, reads, flags, guardians, corrections.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, daily, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import correction_queries, person_queries, queries
from services.registry.handlers import (
    correction_decisions,
    corrections,
    disclosure,
    guardians,
    household_flags,
    names,
)


class PersonMethods:
    """Methods of the registry service about persons and households that are registered."""

    # Persons -------------------------------------------------------------------------------------

    @command(messages.RevealPerson, roles=("clerk", "auditor"))
    def reveal_person(self, message: messages.RevealPerson, tx: Transaction) -> messages.RevealedPerson:
        """Read sealed fields in plain; audited."""
        return disclosure.reveal_person(tx, message)

    @command(messages.RevealNoticeNames, roles=("clerk", "auditor"))
    def reveal_notice_names(
        self, message: messages.RevealNoticeNames, tx: Transaction
    ) -> messages.NoticeNames:
        """Names for a public notice, partly hidden; audited."""
        return disclosure.reveal_notice_names(tx, message)

    @query(messages.ResolvePersons, roles=("clerk", "maker"))
    def resolve_persons(self, message: messages.ResolvePersons, tx: Transaction) -> messages.Identities:
        """Identifiers by citizen number."""
        return queries.resolve_persons(tx, message)

    @query(messages.ResolveHouseholds, roles=("clerk", "maker"))
    def resolve_households(self, message: messages.ResolveHouseholds, tx: Transaction) -> messages.Identities:
        """Identifiers by the office's reference."""
        return queries.resolve_households(tx, message)

    @query(messages.ResolveGuardians, roles=("clerk", "maker"))
    def resolve_guardians(self, message: messages.ResolveGuardians, tx: Transaction) -> messages.Identities:
        """Identifiers of guardianships by the office's reference."""
        return queries.resolve_guardians(tx, message)

    @query(messages.FindPerson, roles=("clerk", "auditor"))
    def find_person(self, message: messages.FindPerson, tx: Transaction) -> messages.PersonView:
        """One person, masked."""
        return queries.find_person(tx, message)

    @query(messages.SearchPersons, roles=("clerk", "auditor"))
    def search_persons(self, message: messages.SearchPersons, tx: Transaction) -> messages.PersonPage:
        """Persons by number, name, division, flags and certificate, masked, page by page."""
        return person_queries.search_persons(tx, message)

    @daily(names.JOB)
    def name_step(self, job: Job, tx: Transaction) -> bool:
        """Seal old names and find their words."""
        return names.name_step(tx, job)

    @query(messages.ListPersonReads, roles=("clerk", "auditor"))
    def list_person_reads(self, message: messages.ListPersonReads, tx: Transaction) -> messages.PersonReads:
        """Who read sealed fields of a person and of their files."""
        return person_queries.list_person_reads(tx, message)

    @command(messages.RecordHouseholdFlags, roles=("clerk",))
    def record_household_flags(self, message: messages.RecordHouseholdFlags, tx: Transaction) -> BulkReply:
        """Record what sources say of flags of households."""
        return household_flags.record_household_flags(tx, message)

    @query(messages.ListHouseholdFlags, roles=("clerk", "auditor"))
    def list_household_flags(
        self, message: messages.ListHouseholdFlags, tx: Transaction
    ) -> messages.HouseholdFlagPage:
        """What was said of flags of households, page by page."""
        return person_queries.list_household_flags(tx, message)

    # Guardians -----------------------------------------------------------------------------------

    @command(messages.RegisterGuardians, roles=("clerk",))
    def register_guardians(self, message: messages.RegisterGuardians, tx: Transaction) -> BulkReply:
        """Register guardians of persons."""
        return guardians.register_guardians(tx, message)

    @command(messages.EndGuardianships, roles=("clerk",))
    def end_guardianships(self, message: messages.EndGuardianships, tx: Transaction) -> BulkReply:
        """End guardianships."""
        return guardians.end_guardianships(tx, message)

    @query(messages.ListGuardians, roles=("clerk", "auditor"))
    def list_guardians(self, message: messages.ListGuardians, tx: Transaction) -> messages.Guardians:
        """The guardians of a person, masked."""
        return queries.list_guardians(tx, message)

    # Corrections ---------------------------------------------------------------------------------

    @command(messages.RequestCorrections, roles=("clerk",))
    def request_corrections(self, message: messages.RequestCorrections, tx: Transaction) -> BulkReply:
        """Ask for corrections of what is registered."""
        return corrections.request_corrections(tx, message)

    @command(messages.DecideCorrections, roles=("checker",))
    def decide_corrections(self, message: messages.DecideCorrections, tx: Transaction) -> BulkReply:
        """Approve or reject corrections that somebody else asked for."""
        return correction_decisions.decide_corrections(tx, message)

    @query(messages.ListCorrections, roles=("clerk", "checker", "auditor"))
    def list_corrections(self, message: messages.ListCorrections, tx: Transaction) -> messages.CorrectionPage:
        """Corrections, page by page."""
        return correction_queries.list_corrections(tx, message)

    @command(messages.RevealCorrection, roles=("clerk", "checker", "auditor"))
    def reveal_correction(
        self, message: messages.RevealCorrection, tx: Transaction
    ) -> messages.RevealedCorrection:
        """Read before and after in plain; audited."""
        return disclosure.reveal_correction(tx, message)

    @query(messages.ShowPersonThen, roles=("clerk", "auditor"))
    def show_person_then(self, message: messages.ShowPersonThen, tx: Transaction) -> messages.PersonThen:
        """A person as of a day, as known on a day."""
        return correction_queries.show_person_then(tx, message)
