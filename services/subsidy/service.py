"""The subsidy service's methods. Each hands the message and the open transaction to a handler."""

from typing import Any

from chassis.jobs import Job
from chassis.service import Service, command, follow, job, query
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import subsidy as messages
from services.subsidy import queries, tables
from services.subsidy.handlers import awards, funds, payment, persons, plan


class SubsidyService(Service):
    """Schemes, awards, disbursement runs and their ledger."""

    name = "subsidy"
    tables = tables.metadata

    @command(messages.RecordFundAllotments, roles=("clerk",))
    def record_fund_allotments(self, message: messages.RecordFundAllotments, tx: Transaction) -> Any:
        return funds.record_fund_allotments(tx, message)

    @command(messages.GrantAwards, roles=("clerk",))
    def grant_awards(self, message: messages.GrantAwards, tx: Transaction) -> Any:
        return awards.grant_awards(tx, message)

    @command(messages.PlanDisbursement, roles=("maker",))
    def plan_disbursement(self, message: messages.PlanDisbursement, tx: Transaction) -> Any:
        return plan.plan_disbursement(tx, message)

    @command(messages.ApproveDisbursement, roles=("checker",))
    def approve_disbursement(self, message: messages.ApproveDisbursement, tx: Transaction) -> Any:
        return payment.approve_disbursement(tx, message)

    @query(messages.FindDisbursement, roles=("clerk", "maker", "checker", "auditor"))
    def find_disbursement(self, message: messages.FindDisbursement, tx: Transaction) -> Any:
        return queries.find_disbursement(tx, message)

    @query(messages.TrialBalance, roles=("checker", "auditor"))
    def trial_balance(self, message: messages.TrialBalance, tx: Transaction) -> Any:
        return queries.trial_balance(tx, message)

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        persons.keep_persons(tx, events)

    @follow("rehab")
    def follow_rehab(self, events: list[Received], tx: Transaction) -> None:
        awards.open_awards(tx, events)

    @job("subsidy.plan")
    def plan_step(self, job: Job, tx: Transaction) -> bool:
        return plan.plan_step(tx, job)

    @job("subsidy.pay")
    def pay_step(self, job: Job, tx: Transaction) -> bool:
        return payment.pay_step(tx, job)
