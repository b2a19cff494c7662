"""What the registry offers about how people fare: matching, the needs survey, poverty, schooling.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, job, query
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from services.registry import inquiry_queries, match_queries, survey_queries
from services.registry.handlers import (
    department_lists,
    match_findings,
    match_runs,
    matching,
    poverty,
    sample_surveys,
    schooling,
    survey_rounds,
    survey_tasks,
)


class InquiryMethods:
    """Methods of the registry service about how people fare and what they need."""

    # Matching ------------------------------------------------------------------------------------

    @command(messages.RecordDepartmentLists, roles=("clerk",))
    def record_department_lists(self, message: messages.RecordDepartmentLists, tx: Transaction) -> BulkReply:
        """Record other departments' lists."""
        return department_lists.record_department_lists(tx, message)

    @command(messages.RecordDepartmentRows, roles=("clerk",))
    def record_department_rows(self, message: messages.RecordDepartmentRows, tx: Transaction) -> BulkReply:
        """Record rows of lists."""
        return department_lists.record_department_rows(tx, message)

    @command(messages.StartMatchRuns, roles=("clerk",))
    def start_match_runs(self, message: messages.StartMatchRuns, tx: Transaction) -> BulkReply:
        """Start runs of a match."""
        return match_runs.start_match_runs(tx, message)

    @command(messages.RecordMatchFindingActs, roles=("clerk",))
    def record_match_finding_acts(
        self, message: messages.RecordMatchFindingActs, tx: Transaction
    ) -> BulkReply:
        """Record steps of findings."""
        return match_findings.record_match_finding_acts(tx, message)

    @query(messages.ListDepartmentLists, roles=("clerk", "auditor"))
    def list_department_lists(
        self, message: messages.ListDepartmentLists, tx: Transaction
    ) -> messages.DepartmentListPage:
        """Other departments' lists, page by page."""
        return match_queries.list_department_lists(tx, message)

    @query(messages.ListMatchRuns, roles=("clerk", "auditor"))
    def list_match_runs(self, message: messages.ListMatchRuns, tx: Transaction) -> messages.MatchRunPage:
        """Runs of a match, page by page."""
        return match_queries.list_match_runs(tx, message)

    @query(messages.ListMatchFindings, roles=("clerk", "auditor"))
    def list_match_findings(
        self, message: messages.ListMatchFindings, tx: Transaction
    ) -> messages.MatchFindingPage:
        """Findings of a match, page by page."""
        return match_queries.list_match_findings(tx, message)

    @query(messages.ShowMatchCounts, roles=("clerk", "auditor"))
    def show_match_counts(self, message: messages.ShowMatchCounts, tx: Transaction) -> messages.MatchCounts:
        """Persons of a run by township, category and grade."""
        return match_queries.show_match_counts(tx, message)

    @job(matching.JOB)
    def match_step(self, job: Job, tx: Transaction) -> bool:
        """Compare the next persons with the lists."""
        return matching.match_step(tx, job)

    # Needs survey --------------------------------------------------------------------------------

    @command(messages.OpenSurveyRounds, roles=("clerk",))
    def open_survey_rounds(self, message: messages.OpenSurveyRounds, tx: Transaction) -> BulkReply:
        """Open rounds of the needs survey."""
        return survey_rounds.open_survey_rounds(tx, message)

    @command(messages.RecordSurveyRoundActs, roles=("clerk",))
    def record_survey_round_acts(self, message: messages.RecordSurveyRoundActs, tx: Transaction) -> BulkReply:
        """Record steps of rounds."""
        return survey_rounds.record_survey_round_acts(tx, message)

    @command(messages.AssignSurveyTasks, roles=("clerk",))
    def assign_survey_tasks(self, message: messages.AssignSurveyTasks, tx: Transaction) -> BulkReply:
        """Assign persons to surveyors."""
        return survey_tasks.assign_survey_tasks(tx, message)

    @command(messages.RecordSurveyTaskActs, roles=("clerk",))
    def record_survey_task_acts(self, message: messages.RecordSurveyTaskActs, tx: Transaction) -> BulkReply:
        """Record visits, corrections and hand-overs."""
        return survey_tasks.record_survey_task_acts(tx, message)

    @query(messages.ListSurveyRounds, roles=("clerk", "auditor"))
    def list_survey_rounds(
        self, message: messages.ListSurveyRounds, tx: Transaction
    ) -> messages.SurveyRoundPage:
        """Rounds, page by page."""
        return survey_queries.list_survey_rounds(tx, message)

    @query(messages.ListSurveyTasks, roles=("clerk", "auditor"))
    def list_survey_tasks(
        self, message: messages.ListSurveyTasks, tx: Transaction
    ) -> messages.SurveyTaskPage:
        """Tasks of surveyors, page by page."""
        return survey_queries.list_survey_tasks(tx, message)

    @query(messages.ShowSurveyProgress, roles=("clerk", "auditor"))
    def show_survey_progress(
        self, message: messages.ShowSurveyProgress, tx: Transaction
    ) -> messages.SurveyProgressReport:
        """How far a round is, by township."""
        return survey_queries.show_survey_progress(tx, message)

    # Poverty register, schooling, free transport, sample survey ----------------------------------

    @command(messages.RecordPovertyFiles, roles=("clerk",))
    def record_poverty_files(self, message: messages.RecordPovertyFiles, tx: Transaction) -> BulkReply:
        """Record persons of the poverty register."""
        return poverty.record_poverty_files(tx, message)

    @command(messages.RecordPovertyActs, roles=("clerk",))
    def record_poverty_acts(self, message: messages.RecordPovertyActs, tx: Transaction) -> BulkReply:
        """Record changes of the poverty register."""
        return poverty.record_poverty_acts(tx, message)

    @command(messages.RecordSchooling, roles=("clerk",))
    def record_schooling(self, message: messages.RecordSchooling, tx: Transaction) -> BulkReply:
        """Record children who may be out of school."""
        return schooling.record_schooling(tx, message)

    @command(messages.RecordSchoolingActs, roles=("clerk",))
    def record_schooling_acts(self, message: messages.RecordSchoolingActs, tx: Transaction) -> BulkReply:
        """Record steps of a child's schooling."""
        return schooling.record_schooling_acts(tx, message)

    @command(messages.RecordSampleBlocks, roles=("clerk",))
    def record_sample_blocks(self, message: messages.RecordSampleBlocks, tx: Transaction) -> BulkReply:
        """Record blocks of a sample survey."""
        return sample_surveys.record_sample_blocks(tx, message)

    @query(messages.ListPovertyFiles, roles=("clerk", "auditor"))
    def list_poverty_files(
        self, message: messages.ListPovertyFiles, tx: Transaction
    ) -> messages.PovertyFilePage:
        """The poverty register, page by page."""
        return inquiry_queries.list_poverty_files(tx, message)

    @query(messages.ListSchooling, roles=("clerk", "auditor"))
    def list_schooling(self, message: messages.ListSchooling, tx: Transaction) -> messages.SchoolingPage:
        """Children's schooling, page by page."""
        return inquiry_queries.list_schooling(tx, message)

    @query(messages.ListTransportEntitlements, roles=("clerk", "auditor"))
    def list_transport_entitlements(
        self, message: messages.ListTransportEntitlements, tx: Transaction
    ) -> messages.TransportEntitlements:
        """Who travels free, page by page."""
        return inquiry_queries.list_transport_entitlements(tx, message)

    @query(messages.ShowSampleSurvey, roles=("clerk", "auditor"))
    def show_sample_survey(
        self, message: messages.ShowSampleSurvey, tx: Transaction
    ) -> messages.SampleSurveyFigures:
        """The figures of a sample survey."""
        return inquiry_queries.show_sample_survey(tx, message)
