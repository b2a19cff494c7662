"""Messages about how people fare: matching with other departments, the needs survey, poverty, schooling.

One module for each topic; callers import all of them from here.
"""

from contracts.collecting import messages_of
from contracts.message import Event, Request
from contracts.registry.inquiries.department_lists import *
from contracts.registry.inquiries.match_queries import *
from contracts.registry.inquiries.matching import *
from contracts.registry.inquiries.poverty import *
from contracts.registry.inquiries.sample_surveys import *
from contracts.registry.inquiries.schooling import *
from contracts.registry.inquiries.survey_queries import *
from contracts.registry.inquiries.surveys import *
from contracts.registry.inquiries.transport import *

EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
