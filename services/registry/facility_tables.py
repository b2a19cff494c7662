"""Tables of facilities in use and of the projects that build them. Amounts are whole fen.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer

from services.registry.case_tables import CODE
from services.registry.record_tables import TITLE, acts, link, records

projects = records(
    "projects",
    Column("project", TITLE, nullable=False),
    Column("facility_kind", CODE, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("expected_on", Date),
    Column("serves", TITLE),
    Column("approved_fen", BigInteger, nullable=False),
    Column("paid_fen", BigInteger, nullable=False),
    CheckConstraint("paid_fen BETWEEN 0 AND approved_fen", name="ck_projects_not_overpaid"),
)
project_acts = acts(
    "project_acts",
    projects,
    Column("amount_fen", BigInteger),
    Column("expected_output_fen", BigInteger),
)

facilities = records(
    "facilities",
    Column("facility", TITLE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("area", Integer, nullable=False, comment="Square metres when it opened"),
    Column("rooms", Integer, nullable=False),
    Column("investment_fen", BigInteger, nullable=False),
    link("facilities", "project_id", "projects", optional=True),
    Column("equipment", TITLE),
    Column("area_now", Integer, nullable=False),
    Column("rooms_now", Integer, nullable=False),
)
facility_acts = acts("facility_acts", facilities, Column("area", Integer), Column("rooms", Integer))
