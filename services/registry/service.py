"""What the registry service offers to callers, and the jobs it works on. It follows nobody."""

from chassis.jobs import Job
from chassis.service import command, daily, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import application_queries, case_queries, certificate_queries, queries, tables
from services.registry.duplicate_methods import DuplicateMethods
from services.registry.facility_methods import FacilityMethods
from services.registry.handlers import (
    application_acts,
    applications,
    benefits,
    case_acts,
    cases,
    certificates,
    daily_look,
    deadlines,
    disclosure,
    disputes,
    households,
    legal_aid,
    persons,
    plain_records,
    proposals,
    regions,
    risks,
)
from services.registry.inquiry_methods import InquiryMethods
from services.registry.network_methods import OrganisationNetwork
from services.registry.person_methods import PersonMethods


class RegistryService(PersonMethods, DuplicateMethods, InquiryMethods, FacilityMethods, OrganisationNetwork):
    """Divisions, households, persons, certificates; case files; inquiries; the organisation network."""

    name = "registry"
    tables = tables.metadata

    @command(messages.RecordRegions, roles=("clerk", "system"))
    def record_regions(self, message: messages.RecordRegions, tx: Transaction) -> BulkReply:
        """Record divisions with their validity."""
        return regions.record_regions(tx, message)

    @query(messages.NameRegions, roles=("clerk", "auditor"))
    def name_regions(self, message: messages.NameRegions, tx: Transaction) -> messages.RegionNames:
        """What divisions are called."""
        return queries.name_regions(tx, message)

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

    # Applications for certificates ---------------------------------------------------------------

    @command(messages.RecordApplications, roles=("clerk",))
    def record_applications(self, message: messages.RecordApplications, tx: Transaction) -> BulkReply:
        """Record applications for certificates."""
        return applications.record_applications(tx, message)

    @command(messages.RecordApplicationActs, roles=("clerk",))
    def record_application_acts(self, message: messages.RecordApplicationActs, tx: Transaction) -> BulkReply:
        """Record steps of applications."""
        return application_acts.record_application_acts(tx, message)

    @command(messages.IdentifyApplicant, roles=("clerk",))
    def identify_applicant(self, message: messages.IdentifyApplicant, tx: Transaction) -> messages.Applicant:
        """Who stands at a window; audited."""
        return applications.identify_applicant(tx, message)

    @query(messages.ListApplications, roles=("clerk", "auditor"))
    def list_applications(
        self, message: messages.ListApplications, tx: Transaction
    ) -> messages.ApplicationPage:
        """Applications, page by page."""
        return application_queries.list_applications(tx, message)

    @query(messages.ShowApplicationLights, roles=("clerk", "auditor"))
    def show_application_lights(
        self, message: messages.ShowApplicationLights, tx: Transaction
    ) -> messages.ApplicationLights:
        """Yellow and red lights by desk."""
        return application_queries.show_application_lights(tx, message)

    # Certificates --------------------------------------------------------------------------------

    @query(messages.ListCertificates, roles=("clerk", "auditor"))
    def list_certificates(
        self, message: messages.ListCertificates, tx: Transaction
    ) -> messages.CertificatePage:
        """Certificates, page by page."""
        return certificate_queries.list_certificates(tx, message)

    @command(messages.RecordBenefitMarks, roles=("clerk",))
    def record_benefit_marks(self, message: messages.RecordBenefitMarks, tx: Transaction) -> BulkReply:
        """Record who drew which benefit."""
        return benefits.record_benefit_marks(tx, message)

    @query(messages.ListOldRatings, roles=("clerk", "auditor"))
    def list_old_ratings(self, message: messages.ListOldRatings, tx: Transaction) -> messages.OldRatings:
        """Holders rated under older standards, page by page."""
        return certificate_queries.list_old_ratings(tx, message)

    @query(messages.CountOldRatings, roles=("clerk", "auditor"))
    def count_old_ratings(
        self, message: messages.CountOldRatings, tx: Transaction
    ) -> messages.OldRatingCounts:
        """Ratings under older standards, by benefit drawn."""
        return certificate_queries.count_old_ratings(tx, message)

    # Hidden risks --------------------------------------------------------------------------------

    @command(messages.RecordRisks, roles=("clerk",))
    def record_risks(self, message: messages.RecordRisks, tx: Transaction) -> BulkReply:
        """Record hidden risks."""
        return risks.record_risks(tx, message)

    @command(messages.RecordRiskActs, roles=("clerk",))
    def record_risk_acts(self, message: messages.RecordRiskActs, tx: Transaction) -> BulkReply:
        """Record steps of hidden risks."""
        return risks.record_risk_acts(tx, message)

    @query(messages.ListRisks, roles=("clerk", "auditor"))
    def list_risks(self, message: messages.ListRisks, tx: Transaction) -> messages.RiskPage:
        """The ledger of hidden risks, page by page."""
        return case_queries.list_risks(tx, message)

    # Cases ---------------------------------------------------------------------------------------

    @command(messages.RegisterHandlingUnits, roles=("clerk",))
    def register_handling_units(self, message: messages.RegisterHandlingUnits, tx: Transaction) -> BulkReply:
        """Register units that handle cases."""
        return plain_records.register_handling_units(tx, message)

    @command(messages.RecordCases, roles=("clerk",))
    def record_cases(self, message: messages.RecordCases, tx: Transaction) -> BulkReply:
        """Record petitions and hotline calls."""
        return cases.record_cases(tx, message)

    @command(messages.RecordCaseActs, roles=("clerk",))
    def record_case_acts(self, message: messages.RecordCaseActs, tx: Transaction) -> BulkReply:
        """Record steps of cases."""
        return case_acts.record_case_acts(tx, message)

    @command(messages.RevealCase, roles=("clerk", "auditor"))
    def reveal_case(self, message: messages.RevealCase, tx: Transaction) -> messages.RevealedCase:
        """Read the words of a case in plain; audited."""
        return disclosure.reveal_case(tx, message)

    @command(messages.CheckDeadlines, roles=("system",))
    def check_deadlines(self, message: messages.CheckDeadlines, tx: Transaction) -> messages.DeadlineCheck:
        """Look at the deadlines of a day, once."""
        return deadlines.check_deadlines(tx, message)

    @query(messages.ListCases, roles=("clerk", "auditor"))
    def list_cases(self, message: messages.ListCases, tx: Transaction) -> messages.CasePage:
        """Cases, page by page."""
        return case_queries.list_cases(tx, message)

    @query(messages.ShowUnitLoads, roles=("clerk", "auditor"))
    def show_unit_loads(self, message: messages.ShowUnitLoads, tx: Transaction) -> messages.UnitLoads:
        """Open, soon due and overdue cases by unit."""
        return case_queries.show_unit_loads(tx, message)

    @daily(deadlines.JOB)
    def deadline_step(self, job: Job, tx: Transaction) -> bool:
        """Tell of the next clocks that ran out."""
        return daily_look.look_step(tx, job)

    # Disputes ------------------------------------------------------------------------------------

    @command(messages.RecordScreeningRounds, roles=("clerk",))
    def record_screening_rounds(self, message: messages.RecordScreeningRounds, tx: Transaction) -> BulkReply:
        """Record rounds of dispute screening."""
        return plain_records.record_screening_rounds(tx, message)

    @command(messages.RecordDisputes, roles=("clerk",))
    def record_disputes(self, message: messages.RecordDisputes, tx: Transaction) -> BulkReply:
        """Record disputes that rounds found."""
        return disputes.record_disputes(tx, message)

    @command(messages.RecordDisputeActs, roles=("clerk",))
    def record_dispute_acts(self, message: messages.RecordDisputeActs, tx: Transaction) -> BulkReply:
        """Record steps of disputes."""
        return disputes.record_dispute_acts(tx, message)

    @command(messages.RevealFile, roles=("clerk", "auditor"))
    def reveal_file(self, message: messages.RevealFile, tx: Transaction) -> messages.RevealedFile:
        """Read the words of a file in plain; audited."""
        return disclosure.reveal_file(tx, message)

    @query(messages.ListDisputes, roles=("clerk", "auditor"))
    def list_disputes(self, message: messages.ListDisputes, tx: Transaction) -> messages.DisputePage:
        """Disputes, page by page."""
        return case_queries.list_disputes(tx, message)

    # Legal aid -----------------------------------------------------------------------------------

    @command(messages.RegisterLegalAgencies, roles=("clerk",))
    def register_legal_agencies(self, message: messages.RegisterLegalAgencies, tx: Transaction) -> BulkReply:
        """Register institutions that give legal help."""
        return plain_records.register_legal_agencies(tx, message)

    @command(messages.RecordLegalAid, roles=("clerk",))
    def record_legal_aid(self, message: messages.RecordLegalAid, tx: Transaction) -> BulkReply:
        """Record requests for legal help."""
        return legal_aid.record_legal_aid(tx, message)

    @command(messages.RecordLegalAidActs, roles=("clerk",))
    def record_legal_aid_acts(self, message: messages.RecordLegalAidActs, tx: Transaction) -> BulkReply:
        """Record steps of legal aid matters."""
        return legal_aid.record_legal_aid_acts(tx, message)

    @query(messages.ListLegalAid, roles=("clerk", "auditor"))
    def list_legal_aid(self, message: messages.ListLegalAid, tx: Transaction) -> messages.LegalAidPage:
        """Legal aid matters, page by page."""
        return case_queries.list_legal_aid(tx, message)

    # Proposals -----------------------------------------------------------------------------------

    @command(messages.RecordProposals, roles=("clerk",))
    def record_proposals(self, message: messages.RecordProposals, tx: Transaction) -> BulkReply:
        """Record proposals to answer."""
        return proposals.record_proposals(tx, message)

    @command(messages.RecordProposalActs, roles=("clerk",))
    def record_proposal_acts(self, message: messages.RecordProposalActs, tx: Transaction) -> BulkReply:
        """Record steps of proposals."""
        return proposals.record_proposal_acts(tx, message)

    @query(messages.ListProposals, roles=("clerk", "auditor"))
    def list_proposals(self, message: messages.ListProposals, tx: Transaction) -> messages.ProposalPage:
        """Proposals, page by page."""
        return case_queries.list_proposals(tx, message)
