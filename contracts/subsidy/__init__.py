"""Messages of the subsidy service: funds, awards, disbursement runs, the bank, payments, outreach, claims.

One module for each topic; callers import all of them from here.
"""

from contracts.collecting import messages_of
from contracts.message import Event, Request
from contracts.subsidy.accounts import *
from contracts.subsidy.award_queries import *
from contracts.subsidy.awards import *
from contracts.subsidy.bank import *
from contracts.subsidy.benefits import *
from contracts.subsidy.claim_queries import *
from contracts.subsidy.claims import *
from contracts.subsidy.differences import *
from contracts.subsidy.disbursement import *
from contracts.subsidy.estimates import *
from contracts.subsidy.explanations import *
from contracts.subsidy.funds import *
from contracts.subsidy.ledger import *
from contracts.subsidy.notices import *
from contracts.subsidy.outreach import *
from contracts.subsidy.payment_changes import *
from contracts.subsidy.proofs import *
from contracts.subsidy.recoveries import *
from contracts.subsidy.reviews import *
from contracts.subsidy.schemes import *
from contracts.subsidy.verification import *

EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
