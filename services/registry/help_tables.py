"""Tables of those who help: volunteers with their hours, and pairs of helper and household.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import Column, Date, Index, Integer, Text, UniqueConstraint, text

from chassis.sealing import Sealed
from services.registry.case_tables import CODE
from services.registry.record_tables import acts, link, records
from services.registry.tables import INDEX

VOLUNTEER = Sealed("registry.volunteers.volunteer")
NETWORK_NUMBER = Sealed("registry.volunteers.network_number")
HELPER = Sealed("registry.pairs.helper")

volunteers = records(
    "volunteers",
    Column("origin", CODE, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("volunteer", Text, comment="Sealed"),
    Column("network_number", Text, comment="Sealed"),
    Column("network_number_index", INDEX, comment="Blind index; none: no number, or an older row"),
)
_STANDING = text("state <> 'left'")
Index(
    "uq_volunteers_network_number",
    volunteers.c.network_number_index,
    unique=True,
    sqlite_where=_STANDING,
    postgresql_where=_STANDING,
)
volunteer_acts = acts("volunteer_acts", volunteers)

volunteer_hours = records(
    "volunteer_hours",
    link("volunteer_hours", "volunteer_id", "volunteers"),
    Column("origin", CODE, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("hours", Integer, nullable=False, comment="Above zero, also where they are taken back"),
    link("volunteer_hours", "activity_id", "activities", optional=True),
    link("volunteer_hours", "corrects_id", "volunteer_hours", optional=True),
    UniqueConstraint("corrects_id", name="uq_volunteer_hours_corrects"),
    steps=False,
)
Index("ix_volunteer_hours_volunteer", volunteer_hours.c.volunteer_id)

pairs = records(
    "pairs",
    link("pairs", "household_id", "households"),
    link("pairs", "person_id", "persons"),
    Column("helper_kind", CODE, nullable=False),
    Column("paired_on", Date, nullable=False),
    Column("helper", Text, comment="Sealed"),
    Column("visits", Integer, nullable=False),
    Column("reason", CODE),
)
_OPEN = text("state IN ('paired', 'helping')")
Index("uq_pairs_open", pairs.c.person_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_pairs_household", pairs.c.household_id)
Index("ix_pairs_person", pairs.c.person_id)
pair_acts = acts("pair_acts", pairs, Column("reason", CODE))
