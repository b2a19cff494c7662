"""Messages of the subsidy service: funds, awards, disbursement runs, payments.

One module for each topic; callers import all of them from here.
"""

from contracts.message import Event, Request
from contracts.subsidy.accounts import (
    AccountState,
    DecidePayAccounts,
    ListPayAccounts,
    PayAccountDecisionItem,
    PayAccountItem,
    PayAccountPage,
    PayAccountView,
    RecordPayAccounts,
)
from contracts.subsidy.awards import AwardGranted, AwardItem, GrantAwards
from contracts.subsidy.bank import (
    BankBatch,
    BankBatchPage,
    BankFile,
    BankReceipt,
    FetchBankFile,
    HeldPayment,
    HeldPaymentPage,
    InstructDisbursement,
    ListBankBatches,
    ListHeldPayments,
    PaymentInstructed,
    PaymentReissued,
    PaymentReturned,
    RecordBankReceipt,
)
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

EVENTS: tuple[type[Event], ...] = (
    FundAllotted,
    AwardGranted,
    DisbursementApproved,
    PaymentInstructed,
    PaymentReissued,
    PaymentReturned,
    PaymentMade,
)
REQUESTS: tuple[type[Request], ...] = (
    RecordFundAllotments,
    GrantAwards,
    PlanDisbursement,
    ApproveDisbursement,
    FindDisbursement,
    TrialBalance,
    RecordPayAccounts,
    DecidePayAccounts,
    ListPayAccounts,
    InstructDisbursement,
    ListBankBatches,
    FetchBankFile,
    RecordBankReceipt,
    ListHeldPayments,
)

__all__ = [
    "EVENTS",
    "REQUESTS",
    "AccountBalance",
    "AccountState",
    "ApproveDisbursement",
    "AwardGranted",
    "AwardItem",
    "Balances",
    "BankBatch",
    "BankBatchPage",
    "BankFile",
    "BankReceipt",
    "DecidePayAccounts",
    "DisbursementApproved",
    "DisbursementRun",
    "FetchBankFile",
    "FindDisbursement",
    "FundAllotmentItem",
    "FundAllotted",
    "FundSource",
    "GrantAwards",
    "HeldPayment",
    "HeldPaymentPage",
    "InstructDisbursement",
    "ListBankBatches",
    "ListHeldPayments",
    "ListPayAccounts",
    "PayAccountDecisionItem",
    "PayAccountItem",
    "PayAccountPage",
    "PayAccountView",
    "PaymentInstructed",
    "PaymentMade",
    "PaymentReissued",
    "PaymentReturned",
    "PlanDisbursement",
    "RecordBankReceipt",
    "RecordFundAllotments",
    "RecordPayAccounts",
    "Scheme",
    "SourceShare",
    "TrialBalance",
    "Variant",
]
