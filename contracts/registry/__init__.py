"""Messages of the registry: regions, persons, households, certificates, case files.

One module for each topic; callers import all of them from here, and those of the organisation network from
`contracts.registry.network`.
"""

from contracts.collecting import messages_of
from contracts.message import Event, Request
from contracts.registry import inquiries, network
from contracts.registry.application_queries import *
from contracts.registry.applications import *
from contracts.registry.case_queries import *
from contracts.registry.cases import *
from contracts.registry.certificate_clocks import *
from contracts.registry.certificates import *
from contracts.registry.corrections import *
from contracts.registry.disputes import *
from contracts.registry.duplicates import *
from contracts.registry.files import *
from contracts.registry.guardians import *
from contracts.registry.handling_units import *
from contracts.registry.household_flags import *
from contracts.registry.households import *
from contracts.registry.identities import *
from contracts.registry.legal_aid import *
from contracts.registry.merges import *
from contracts.registry.notice_names import *
from contracts.registry.person_reads import *
from contracts.registry.person_search import *
from contracts.registry.persons import *
from contracts.registry.proposals import *
from contracts.registry.ratings import *
from contracts.registry.regions import *
from contracts.registry.risks import *

EVENTS = (*messages_of(Event, globals()), *network.EVENTS, *inquiries.EVENTS)
REQUESTS = (*messages_of(Request, globals()), *network.REQUESTS, *inquiries.REQUESTS)
