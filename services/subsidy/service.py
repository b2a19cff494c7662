"""What the subsidy service offers to callers, whom it follows, and the jobs it works on."""

from typing import ClassVar

from chassis.jobs import Job
from chassis.service import Service, command, daily, follow, job, query
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy import bank_queries, queries, tables
from services.subsidy.handlers import (
    accounts,
    approval,
    awards,
    comparison,
    copies,
    fetching,
    funds,
    instruct,
    plan,
    receipts,
)


class SubsidyService(Service):
    """Schemes, awards, disbursement runs and their ledger."""

    name = "subsidy"
    tables = tables.metadata
    projections: ClassVar = {"registry": ("persons",)}

    @command(messages.RecordFundAllotments, roles=("clerk",))
    def record_fund_allotments(self, message: messages.RecordFundAllotments, tx: Transaction) -> BulkReply:
        """Record money made available for a scheme, a year and a division."""
        return funds.record_fund_allotments(tx, message)

    @command(messages.GrantAwards, roles=("clerk",))
    def grant_awards(self, message: messages.GrantAwards, tx: Transaction) -> BulkReply:
        """Grant awards that the scheme's rules admit."""
        return awards.grant_awards(tx, message)

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

    @command(messages.InstructDisbursement, roles=("maker",))
    def instruct_disbursement(
        self, message: messages.InstructDisbursement, tx: Transaction
    ) -> messages.DisbursementRun:
        """Tell the bank to pay an approved run, or what was held up of one."""
        return instruct.instruct_disbursement(tx, message)

    @command(messages.FetchBankFile, roles=("maker",))
    def fetch_bank_file(self, message: messages.FetchBankFile, tx: Transaction) -> messages.BankFile:
        """A batch as the bank takes it."""
        return fetching.fetch_bank_file(tx, message)

    @command(messages.RecordBankReceipt, roles=("maker",))
    def record_bank_receipt(
        self, message: messages.RecordBankReceipt, tx: Transaction
    ) -> messages.BankReceipt:
        """Take the bank's answer to a batch."""
        return receipts.record_bank_receipt(tx, message)

    @command(messages.RecordPayAccounts, roles=("clerk",))
    def record_pay_accounts(self, message: messages.RecordPayAccounts, tx: Transaction) -> BulkReply:
        """Record where persons are paid to, or ask for a change."""
        return accounts.record_pay_accounts(tx, message)

    @command(messages.DecidePayAccounts, roles=("checker",))
    def decide_pay_accounts(self, message: messages.DecidePayAccounts, tx: Transaction) -> BulkReply:
        """Decide on changes of accounts."""
        return accounts.decide_pay_accounts(tx, message)

    @query(messages.ListPayAccounts, roles=("clerk", "checker", "auditor"))
    def list_pay_accounts(
        self, message: messages.ListPayAccounts, tx: Transaction
    ) -> messages.PayAccountPage:
        """Accounts, masked."""
        return bank_queries.list_pay_accounts(tx, message)

    @query(messages.ListBankBatches, roles=("maker", "checker", "auditor"))
    def list_bank_batches(self, message: messages.ListBankBatches, tx: Transaction) -> messages.BankBatchPage:
        """What a run sent to the bank."""
        return bank_queries.list_bank_batches(tx, message)

    @query(messages.ListHeldPayments, roles=("clerk", "maker", "checker", "auditor"))
    def list_held_payments(
        self, message: messages.ListHeldPayments, tx: Transaction
    ) -> messages.HeldPaymentPage:
        """Payments held up, and what is to be done about them."""
        return bank_queries.list_held_payments(tx, message)

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
        return queries.spending_progress(tx, message)

    @query(messages.Reconcile, roles=("maker", "checker", "auditor"))
    def reconcile(self, message: messages.Reconcile, tx: Transaction) -> messages.Reconciliation:
        """Whether books, bank and payments tell the same."""
        return queries.reconcile(tx, message)

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Keep a copy of the facts that eligibility is judged by."""
        copies.follow_registry(tx, events)

    @follow("rehab")
    def follow_rehab(self, events: list[Received], tx: Transaction) -> None:
        """Open the awards that enrolments lead to."""
        awards.open_awards(tx, events)

    @job("subsidy.plan")
    def plan_step(self, job: Job, tx: Transaction) -> bool:
        """Append the next lines to a run's list."""
        return plan.plan_step(tx, job)

    @daily(comparison.JOB)
    def reconcile_step(self, job: Job, tx: Transaction) -> bool:
        """Compare books, bank and payments of the next month."""
        return comparison.reconcile_step(tx, job)

    @job("subsidy.instruct")
    def instruct_step(self, job: Job, tx: Transaction) -> bool:
        """Prove, instruct or seal the next part of an approved list."""
        return instruct.instruct_step(tx, job)
