"""Messages of the subsidy service: funds, awards, disbursement runs, payments.

One module for each topic; callers import all of them from here.
"""

from contracts.message import Event, Request
from contracts.subsidy.awards import AwardGranted, AwardItem, GrantAwards
from contracts.subsidy.disbursement import (
    ApproveDisbursement,
    DisbursementApproved,
    DisbursementRun,
    FindDisbursement,
    PaymentMade,
    PlanDisbursement,
)
from contracts.subsidy.funds import (
    FundAllotmentItem,
    FundAllotted,
    FundSource,
    RecordFundAllotments,
    SourceShare,
)
from contracts.subsidy.ledger import AccountBalance, Balances, TrialBalance
from contracts.subsidy.schemes import Scheme, Variant

EVENTS: tuple[type[Event], ...] = (FundAllotted, AwardGranted, DisbursementApproved, PaymentMade)
REQUESTS: tuple[type[Request], ...] = (
    RecordFundAllotments,
    GrantAwards,
    PlanDisbursement,
    ApproveDisbursement,
    FindDisbursement,
    TrialBalance,
)

__all__ = [
    "EVENTS",
    "REQUESTS",
    "AccountBalance",
    "ApproveDisbursement",
    "AwardGranted",
    "AwardItem",
    "Balances",
    "DisbursementApproved",
    "DisbursementRun",
    "FindDisbursement",
    "FundAllotmentItem",
    "FundAllotted",
    "FundSource",
    "GrantAwards",
    "PaymentMade",
    "PlanDisbursement",
    "RecordFundAllotments",
    "Scheme",
    "SourceShare",
    "TrialBalance",
    "Variant",
]
