"""What the subsidy service offers to callers, whom it follows, and the jobs it works on."""

from typing import ClassVar

from chassis.jobs import Job
from chassis.service import Service, command, daily, follow, job, query
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.rulebook import RuleBook
from services.subsidy import (
    award_queries,
    difference_queries,
    estimate_queries,
    explanation_queries,
    outreach_queries,
    queries,
    spending_queries,
    tables,
)
from services.subsidy.bank_methods import BankMethods
from services.subsidy.claim_methods import ClaimMethods
from services.subsidy.domain import claim_rules, rule_check
from services.subsidy.handlers import (
    approval,
    awards,
    changes,
    comparison,
    copies,
    debts,
    funds,
    leads,
    outreach_runs,
    outside_benefits,
    plan,
    proofs,
    recompute,
    rejection,
    spending,
    stops,
)
from services.subsidy.review_methods import ReviewMethods


class SubsidyService(BankMethods, ClaimMethods, ReviewMethods, Service):
    """Schemes, awards, disbursement runs and their ledger."""

    name = "subsidy"
    tables = tables.metadata
    projections: ClassVar = {"registry": ("persons", "households", "guardianships")}

    @classmethod
    def rule_problems(cls, rules: RuleBook) -> list[str]:
        """What is wrong with the rules of the schemes and of claims."""
        return rule_check.problems(rules) + claim_rules.problems(rules)

    @command(messages.RecordFundAllotments, roles=("clerk",))
    def record_fund_allotments(self, message: messages.RecordFundAllotments, tx: Transaction) -> BulkReply:
        """Record money made available for a scheme, a year and a division."""
        return funds.record_fund_allotments(tx, message)

    @command(messages.WithdrawFundAllotments, roles=("clerk",))
    def withdraw_fund_allotments(
        self, message: messages.WithdrawFundAllotments, tx: Transaction
    ) -> BulkReply:
        """Record that money is not available any more."""
        return funds.withdraw_fund_allotments(tx, message)

    @command(messages.GrantAwards, roles=("clerk",))
    def grant_awards(self, message: messages.GrantAwards, tx: Transaction) -> BulkReply:
        """Grant awards that the scheme's rules admit."""
        return awards.grant_awards(tx, message)

    @command(messages.StopAwards, roles=("clerk",))
    def stop_awards(self, message: messages.StopAwards, tx: Transaction) -> BulkReply:
        """Stop awards that go on from month to month."""
        return stops.stop_awards(tx, message)

    @command(messages.RecordProofs, roles=("clerk",))
    def record_proofs(self, message: messages.RecordProofs, tx: Transaction) -> BulkReply:
        """Record what was seen of persons that an award waits for."""
        return proofs.record_proofs(tx, message)

    @query(messages.ListProofs, roles=("clerk", "checker", "auditor"))
    def list_proofs(self, message: messages.ListProofs, tx: Transaction) -> messages.ProofPage:
        """Proofs of a scheme, page by page."""
        return proofs.list_proofs(tx, message)

    @command(messages.PlanDisbursement, roles=("maker",))
    def plan_disbursement(
        self, message: messages.PlanDisbursement, tx: Transaction
    ) -> messages.DisbursementRun:
        """Start a run over the awards that are in none yet."""
        return plan.plan_disbursement(tx, message)

    @command(messages.ApproveDisbursement, roles=("checker",))
    def approve_disbursement(
        self, message: messages.ApproveDisbursement, tx: Transaction
    ) -> messages.DisbursementRun:
        """Approve a frozen list by its hash."""
        return approval.approve_disbursement(tx, message)

    @command(messages.RejectDisbursement, roles=("maker", "checker"))
    def reject_disbursement(
        self, message: messages.RejectDisbursement, tx: Transaction
    ) -> messages.DisbursementRun:
        """Reject a frozen list; what it took is free again."""
        return rejection.reject_disbursement(tx, message)

    @query(messages.FindDisbursement, roles=("clerk", "maker", "checker", "auditor"))
    def find_disbursement(
        self, message: messages.FindDisbursement, tx: Transaction
    ) -> messages.DisbursementRun:
        """A run and its progress."""
        return queries.find_disbursement(tx, message)

    @query(messages.TrialBalance, roles=("checker", "auditor"))
    def trial_balance(self, message: messages.TrialBalance, tx: Transaction) -> messages.Balances:
        """Debit and credit by account."""
        return queries.trial_balance(tx, message)

    @query(messages.SpendingProgress, roles=("maker", "checker", "auditor"))
    def spending_progress(self, message: messages.SpendingProgress, tx: Transaction) -> messages.Progress:
        """How far the money of a year is spent."""
        return spending_queries.spending_progress(tx, message)

    @query(messages.Reconcile, roles=("maker", "checker", "auditor"))
    def reconcile(self, message: messages.Reconcile, tx: Transaction) -> messages.Reconciliation:
        """Whether books, bank and payments tell the same."""
        return queries.reconcile(tx, message)

    @query(messages.ShowAward, roles=("clerk", "maker", "checker", "auditor"))
    def show_award(self, message: messages.ShowAward, tx: Transaction) -> messages.AwardShown:
        """An award, why it was granted, and what a month of it amounts to."""
        return explanation_queries.show_award(tx, message)

    @query(messages.ListAwards, roles=("clerk", "checker", "auditor"))
    def list_awards(self, message: messages.ListAwards, tx: Transaction) -> messages.AwardPage:
        """The awards of a scheme and a period, with what each rests on."""
        return award_queries.list_awards(tx, message)

    @query(messages.CountAwards, roles=("clerk", "checker", "auditor"))
    def count_awards(self, message: messages.CountAwards, tx: Transaction) -> messages.AwardYears:
        """Awards of a scheme by period, and what they rest on."""
        return award_queries.count_awards(tx, message)

    @query(messages.CheckEntitlement, roles=("clerk", "maker", "checker", "auditor"))
    def check_entitlement(self, message: messages.CheckEntitlement, tx: Transaction) -> messages.Entitlement:
        """Whether a person would be granted a scheme, by which rules, and what it would amount to."""
        return explanation_queries.check_entitlement(tx, message)

    @query(messages.ExplainScheme, roles=("clerk", "maker", "checker", "auditor"))
    def explain_scheme(self, message: messages.ExplainScheme, tx: Transaction) -> messages.SchemeExplained:
        """The rules of a scheme as of a day, in Chinese."""
        return explanation_queries.explain_scheme(tx, message)

    @query(messages.EstimateRate, roles=("clerk", "maker", "checker", "auditor"))
    def estimate_rate(self, message: messages.EstimateRate, tx: Transaction) -> messages.RateEstimate:
        """What a rate would cost on the awards that stand, by period and source."""
        return estimate_queries.estimate_rate(tx, message)

    # Differences and debts ------------------------------------------------------------------------

    @command(messages.RecomputeAwards, roles=("clerk", "maker"))
    def recompute_awards(self, message: messages.RecomputeAwards, tx: Transaction) -> messages.Recomputation:
        """Start comparing what was paid with what is due as known now."""
        return recompute.recompute_awards(tx, message)

    @query(messages.ListDifferences, roles=("clerk", "maker", "checker", "auditor"))
    def list_differences(self, message: messages.ListDifferences, tx: Transaction) -> messages.DifferencePage:
        """Differences, page by page."""
        return difference_queries.list_differences(tx, message)

    @command(messages.RecordDebtActs, roles=("clerk",))
    def record_debt_acts(self, message: messages.RecordDebtActs, tx: Transaction) -> BulkReply:
        """Record instalments, repayments and requests to write off."""
        return debts.record_debt_acts(tx, message)

    @command(messages.DecideDebtActs, roles=("checker",))
    def decide_debt_acts(self, message: messages.DecideDebtActs, tx: Transaction) -> BulkReply:
        """Decide on repayments and requests to write off."""
        return debts.decide_debt_acts(tx, message)

    @query(messages.ListDebts, roles=("clerk", "maker", "checker", "auditor"))
    def list_debts(self, message: messages.ListDebts, tx: Transaction) -> messages.DebtPage:
        """Debts, page by page."""
        return difference_queries.list_debts(tx, message)

    @job(recompute.JOB)
    def recompute_step(self, job: Job, tx: Transaction) -> bool:
        """Compare the next lines with what is due as known now."""
        return recompute.recompute_step(tx, job)

    # Outreach ------------------------------------------------------------------------------------

    @command(messages.StartOutreachRuns, roles=("clerk",))
    def start_outreach_runs(self, message: messages.StartOutreachRuns, tx: Transaction) -> BulkReply:
        """Start looking for those who are entitled and have no award."""
        return outreach_runs.start_outreach_runs(tx, message)

    @command(messages.RecordLeadActs, roles=("clerk",))
    def record_lead_acts(self, message: messages.RecordLeadActs, tx: Transaction) -> BulkReply:
        """Record what came of leads."""
        return leads.record_lead_acts(tx, message)

    @command(messages.RecordOutsideBenefits, roles=("clerk",))
    def record_outside_benefits(self, message: messages.RecordOutsideBenefits, tx: Transaction) -> BulkReply:
        """Record what others give, and find who is to be asked to switch."""
        return outside_benefits.record_outside_benefits(tx, message)

    @query(messages.ListOutreachRuns, roles=("clerk", "auditor"))
    def list_outreach_runs(
        self, message: messages.ListOutreachRuns, tx: Transaction
    ) -> messages.OutreachRunPage:
        """Runs of outreach, page by page."""
        return outreach_queries.list_outreach_runs(tx, message)

    @query(messages.ListLeads, roles=("clerk", "auditor"))
    def list_leads(self, message: messages.ListLeads, tx: Transaction) -> messages.LeadPage:
        """People to ask, page by page."""
        return outreach_queries.list_leads(tx, message)

    @query(messages.ShowLeadCounts, roles=("clerk", "auditor"))
    def show_lead_counts(self, message: messages.ShowLeadCounts, tx: Transaction) -> messages.LeadCounts:
        """Leads of a run by township and state."""
        return outreach_queries.show_lead_counts(tx, message)

    @job(outreach_runs.JOB)
    def outreach_step(self, job: Job, tx: Transaction) -> bool:
        """Look at the next persons of a run of outreach."""
        return outreach_runs.outreach_step(tx, job)

    # What others tell, and money -----------------------------------------------------------------

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Keep a copy of the facts that eligibility is judged by, and let them change awards."""
        changes.follow_news(tx, events)
        copies.follow_registry(tx, events)

    @follow("rehab")
    def follow_rehab(self, events: list[Received], tx: Transaction) -> None:
        """Open the awards that enrolments lead to."""
        awards.open_awards(tx, events)

    @daily(changes.JOB)
    def certificate_step(self, job: Job, tx: Transaction) -> bool:
        """Stop awards whose certificate's last day has passed."""
        return changes.certificate_step(tx, job)

    @job(plan.JOB)
    def plan_step(self, job: Job, tx: Transaction) -> bool:
        """Append the next lines to a run's list."""
        return plan.plan_step(tx, job)

    @daily(comparison.JOB)
    def reconcile_step(self, job: Job, tx: Transaction) -> bool:
        """Compare books, bank and payments of the next month."""
        return comparison.reconcile_step(tx, job)

    @daily(spending.JOB)
    def spending_step(self, job: Job, tx: Transaction) -> bool:
        """Look whether the money of the year is spent as the year goes on."""
        return spending.spending_step(tx, job)
