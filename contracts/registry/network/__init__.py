"""Messages of the organisation network: who works where, with which money, places, helpers and files.

One module for each topic; callers import all of them from here.
"""

from contracts.collecting import messages_of
from contracts.message import Event, Request
from contracts.registry.network.appointments import *
from contracts.registry.network.archives import *
from contracts.registry.network.duties import *
from contracts.registry.network.facilities import *
from contracts.registry.network.organisations import *
from contracts.registry.network.pairs import *
from contracts.registry.network.projects import *
from contracts.registry.network.staff_trainings import *
from contracts.registry.network.staffing import *
from contracts.registry.network.terms import *
from contracts.registry.network.volunteers import *

EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
