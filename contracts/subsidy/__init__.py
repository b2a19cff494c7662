"""Messages of the subsidy service: funds, awards, disbursement runs, payments.

One module for each topic; callers import all of them from here.
"""

from contracts.message import Event, Request
from contracts.subsidy.awards import (
    AwardGranted,
    AwardItem,
    AwardStopped,
    GrantAwards,
    OutsideBenefits,
    StopAwards,
    StopItem,
    StopReason,
)
from contracts.subsidy.disbursement import (
    ApproveDisbursement,
    DisbursementApproved,
    DisbursementRun,
    FindDisbursement,
    PaymentMade,
    PlanDisbursement,
)
from contracts.subsidy.estimates import EstimateRate, PeriodEstimate, RateEstimate
from contracts.subsidy.explanations import (
    AwardShown,
    CheckEntitlement,
    Entitlement,
    ExplainScheme,
    KnownOn,
    RuleStep,
    SchemeExplained,
    SchemeRule,
    ShowAward,
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

EVENTS: tuple[type[Event], ...] = (
    FundAllotted,
    AwardGranted,
    AwardStopped,
    DisbursementApproved,
    PaymentMade,
)
REQUESTS: tuple[type[Request], ...] = (
    RecordFundAllotments,
    GrantAwards,
    StopAwards,
    PlanDisbursement,
    ApproveDisbursement,
    FindDisbursement,
    TrialBalance,
    ShowAward,
    CheckEntitlement,
    ExplainScheme,
    EstimateRate,
)

__all__ = [
    "EVENTS",
    "REQUESTS",
    "AccountBalance",
    "ApproveDisbursement",
    "AwardGranted",
    "AwardItem",
    "AwardShown",
    "AwardStopped",
    "Balances",
    "CheckEntitlement",
    "DisbursementApproved",
    "DisbursementRun",
    "Entitlement",
    "EstimateRate",
    "ExplainScheme",
    "FindDisbursement",
    "FundAllotmentItem",
    "FundAllotted",
    "FundSource",
    "GrantAwards",
    "KnownOn",
    "OutsideBenefits",
    "PaymentMade",
    "PeriodEstimate",
    "PlanDisbursement",
    "RateEstimate",
    "RecordFundAllotments",
    "RuleStep",
    "Scheme",
    "SchemeExplained",
    "SchemeRule",
    "ShowAward",
    "SourceShare",
    "StopAwards",
    "StopItem",
    "StopReason",
    "TrialBalance",
    "Variant",
]
