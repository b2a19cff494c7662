"""What the subsidy service offers about payments of approved runs: what the bank is told and answers, what is
held up, given up or comes back, and whether the money arrived.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, job, query
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy import bank_queries, verification_queries
from services.subsidy.handlers import (
    accounts,
    checks,
    fetching,
    instruct,
    payment_changes,
    receipts,
    recoveries,
    samples,
)


class BankMethods:
    """Methods of the subsidy service about the bank and what it paid."""

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

    @command(messages.RequestPaymentChanges, roles=("clerk",))
    def request_payment_changes(self, message: messages.RequestPaymentChanges, tx: Transaction) -> BulkReply:
        """Ask for payments to be given up, or tell that they came back."""
        return payment_changes.request_payment_changes(tx, message)

    @command(messages.DecidePaymentChanges, roles=("checker",))
    def decide_payment_changes(self, message: messages.DecidePaymentChanges, tx: Transaction) -> BulkReply:
        """Decide on what was asked for, and book it."""
        return payment_changes.decide_payment_changes(tx, message)

    @query(messages.ListPaymentChanges, roles=("clerk", "maker", "checker", "auditor"))
    def list_payment_changes(
        self, message: messages.ListPaymentChanges, tx: Transaction
    ) -> messages.PaymentChangePage:
        """What was asked for, and what became of it."""
        return bank_queries.list_payment_changes(tx, message)

    @query(messages.ListPayAccounts, roles=("clerk", "checker", "auditor"))
    def list_pay_accounts(
        self, message: messages.ListPayAccounts, tx: Transaction
    ) -> messages.PayAccountPage:
        """Accounts, masked."""
        return bank_queries.list_pay_accounts(tx, message)

    @query(messages.ListAccountReads, roles=("clerk", "auditor"))
    def list_account_reads(
        self, message: messages.ListAccountReads, tx: Transaction
    ) -> messages.AccountReads:
        """Who read a person's accounts in plain."""
        return bank_queries.list_account_reads(tx, message)

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

    @job(instruct.JOB)
    def instruct_step(self, job: Job, tx: Transaction) -> bool:
        """Prove, instruct or seal the next part of an approved list."""
        return instruct.instruct_step(tx, job)

    # Verification after payment ------------------------------------------------------------------

    @command(messages.DrawPaymentSamples, roles=("clerk",))
    def draw_payment_samples(self, message: messages.DrawPaymentSamples, tx: Transaction) -> BulkReply:
        """Draw samples of paid runs by lot."""
        return samples.draw_payment_samples(tx, message)

    @command(messages.RecordPaymentChecks, roles=("clerk",))
    def record_payment_checks(self, message: messages.RecordPaymentChecks, tx: Transaction) -> BulkReply:
        """Record whether payments arrived, and how findings were settled."""
        return checks.record_payment_checks(tx, message)

    @command(messages.ProposeRecoveries, roles=("clerk",))
    def propose_recoveries(self, message: messages.ProposeRecoveries, tx: Transaction) -> BulkReply:
        """Propose to recover what did not reach its person."""
        return recoveries.propose_recoveries(tx, message)

    @command(messages.DecideRecoveries, roles=("checker",))
    def decide_recoveries(self, message: messages.DecideRecoveries, tx: Transaction) -> BulkReply:
        """Decide on recoveries."""
        return recoveries.decide_recoveries(tx, message)

    @query(messages.ListRecoveries, roles=("clerk", "checker", "auditor"))
    def list_recoveries(self, message: messages.ListRecoveries, tx: Transaction) -> messages.RecoveryPage:
        """Recoveries, page by page."""
        return verification_queries.list_recoveries(tx, message)

    @query(messages.ListPaymentSamples, roles=("clerk", "auditor"))
    def list_payment_samples(
        self, message: messages.ListPaymentSamples, tx: Transaction
    ) -> messages.PaymentSamplePage:
        """Samples, page by page."""
        return verification_queries.list_payment_samples(tx, message)

    @query(messages.ListPaymentChecks, roles=("clerk", "auditor"))
    def list_payment_checks(
        self, message: messages.ListPaymentChecks, tx: Transaction
    ) -> messages.PaymentCheckPage:
        """Payments to ask for, page by page."""
        return verification_queries.list_payment_checks(tx, message)

    @query(messages.ShowPaymentCheckCounts, roles=("clerk", "auditor"))
    def show_payment_check_counts(
        self, message: messages.ShowPaymentCheckCounts, tx: Transaction
    ) -> messages.PaymentCheckCounts:
        """Checks of a sample by township, state and finding."""
        return verification_queries.show_payment_check_counts(tx, message)

    @job(samples.JOB)
    def sample_step(self, job: Job, tx: Transaction) -> bool:
        """Write the next payments of a sample on the work list."""
        return samples.sample_step(tx, job)
