"""What the registry offers for facilities, the projects that build them, and archives.

A room of its own because one module for all methods of the registry would be too long to read.
"""

from chassis.service import command, query
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from services.registry import network_queries
from services.registry.handlers import archives, facilities


class FacilityMethods:
    """Facilities, construction projects, archives."""

    # Facilities -----------------------------------------------------------------------------------

    @command(messages.RegisterFacilities, roles=("clerk",))
    def register_facilities(self, message: messages.RegisterFacilities, tx: Transaction) -> BulkReply:
        """Register facilities."""
        return facilities.register_facilities(tx, message)

    @command(messages.RecordFacilityActs, roles=("clerk",))
    def record_facility_acts(self, message: messages.RecordFacilityActs, tx: Transaction) -> BulkReply:
        """Record steps of facilities."""
        return facilities.record_facility_acts(tx, message)

    @query(messages.ListFacilities, roles=("auditor", "clerk"))
    def list_facilities(self, message: messages.ListFacilities, tx: Transaction) -> messages.FacilityPage:
        """Facilities of the caller's regions, page by page."""
        return network_queries.list_facilities(tx, message)

    # Construction projects ------------------------------------------------------------------------

    @command(messages.RecordProjects, roles=("clerk",))
    def record_projects(self, message: messages.RecordProjects, tx: Transaction) -> BulkReply:
        """Record projects."""
        return facilities.record_projects(tx, message)

    @command(messages.RecordProjectActs, roles=("clerk",))
    def record_project_acts(self, message: messages.RecordProjectActs, tx: Transaction) -> BulkReply:
        """Record steps of projects."""
        return facilities.record_project_acts(tx, message)

    @query(messages.ListProjects, roles=("auditor", "clerk"))
    def list_projects(self, message: messages.ListProjects, tx: Transaction) -> messages.ProjectPage:
        """Projects of the caller's regions, page by page; also those that are late."""
        return network_queries.list_projects(tx, message)

    # Archives -------------------------------------------------------------------------------------

    @command(messages.RecordArchives, roles=("clerk",))
    def record_archives(self, message: messages.RecordArchives, tx: Transaction) -> BulkReply:
        """Record archives."""
        return archives.record_archives(tx, message)

    @command(messages.RecordArchiveActs, roles=("clerk",))
    def record_archive_acts(self, message: messages.RecordArchiveActs, tx: Transaction) -> BulkReply:
        """Record steps of archives."""
        return archives.record_archive_acts(tx, message)

    @command(messages.RecordArchiveDocuments, roles=("clerk",))
    def record_archive_documents(
        self, message: messages.RecordArchiveDocuments, tx: Transaction
    ) -> BulkReply:
        """Record documents of archives."""
        return archives.record_archive_documents(tx, message)

    @query(messages.ListArchives, roles=("auditor", "clerk"))
    def list_archives(self, message: messages.ListArchives, tx: Transaction) -> messages.ArchivePage:
        """Archives of the caller's regions, page by page; also those that should be closed."""
        return network_queries.list_archives(tx, message)

    @query(messages.ListArchiveDocuments, roles=("auditor", "clerk"))
    def list_archive_documents(
        self, message: messages.ListArchiveDocuments, tx: Transaction
    ) -> messages.ArchiveDocumentPage:
        """Documents of archives of the caller's regions, page by page."""
        return network_queries.list_archive_documents(tx, message)
