"""What the registry offers about what others say of people, and what people need: matching, the survey.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, job, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import match_queries, survey_queries
from services.registry.handlers import (
    department_lists,
    match_findings,
    match_runs,
    matching,
    survey_rounds,
    survey_tasks,
)


class InquiryMethods:
    """Methods of the registry service about matching and the needs survey."""

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
