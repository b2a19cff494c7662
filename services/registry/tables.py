"""The registry's tables and its sealed columns. The migrations say the same; a test compares both."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from chassis.sealing import Sealed

metadata = MetaData()

ID = String(32)
REGION = String(12)
INDEX = String(81)
INSTANT = DateTime(timezone=True)

NAME = Sealed("registry.persons.name")
NAME_WORD = Sealed("registry.name_words.word")
ID_NUMBER = Sealed("registry.persons.id_number")
PHONE = Sealed("registry.persons.phone")
BANK_ACCOUNT = Sealed("registry.persons.bank_account")
CERTIFICATE_NUMBER = Sealed("registry.certificates.number")

regions = Table(
    "regions",
    metadata,
    Column("code", REGION, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("valid_to", Date, comment="First day the row no longer holds"),
    Column("successors", Text, nullable=False, comment="Codes that took it over, comma separated"),
)

households = Table(
    "households",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("region", REGION, nullable=False),
    Column("flags", String(200), nullable=False, comment="In alphabetical order, comma separated"),
    Column("registered_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_households_ref"),
)
Index("ix_households_region", households.c.region)

household_flags = Table(
    "household_flags",
    metadata,
    Column("flag", String(40), primary_key=True),
    Column(
        "household_id",
        ID,
        ForeignKey("households.id", name="fk_household_flags_household"),
        primary_key=True,
    ),
    comment="The flags that households have now, to find them by",
)
Index("ix_household_flags_household", household_flags.c.household_id, household_flags.c.flag)

household_flag_records = Table(
    "household_flag_records",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column(
        "household_id",
        ID,
        ForeignKey("households.id", name="fk_household_flag_records_household"),
        nullable=False,
    ),
    Column("flag", String(40), nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("source", String(40), nullable=False),
    Column("told_on", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("rule", Text, comment="JSON of the rule that derived it; null: a source said so"),
    UniqueConstraint("ref", name="uq_household_flag_records_ref"),
)
Index(
    "ix_household_flag_records_household",
    household_flag_records.c.household_id,
    household_flag_records.c.flag,
    household_flag_records.c.told_on,
)
Index("ix_household_flag_records_flag", household_flag_records.c.flag, household_flag_records.c.id)

persons = Table(
    "persons",
    metadata,
    Column("id", ID, primary_key=True),
    Column("id_number", Text, nullable=False, comment="Sealed"),
    Column("id_number_index", INDEX, nullable=False, comment="Blind index"),
    Column("sex", String(6), nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("region", REGION, nullable=False),
    Column("household_id", ID, ForeignKey("households.id", name="fk_persons_household")),
    Column("phone", Text, comment="Sealed"),
    Column("bank_account", Text, comment="Sealed"),
    Column("registered_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("registered_region", REGION, comment="If no longer the region"),
    Column("name", Text, comment="Sealed"),
    Column(
        "name_words", String(24), comment="Edition and key of its words; none: the name is not sealed yet"
    ),
    Column("merged_into", ID, comment="Who stands for this one, if another does"),
    UniqueConstraint("id_number_index", name="uq_persons_id_number_index"),
)
Index("ix_persons_region", persons.c.region, persons.c.id)
Index("ix_persons_household", persons.c.household_id)
Index("ix_persons_birth_date", persons.c.birth_date, persons.c.id)
Index("ix_persons_merged_into", persons.c.merged_into)

name_words = Table(
    "name_words",
    metadata,
    Column("word", BigInteger, primary_key=True, autoincrement=False, comment="Blind index, 64 bits of it"),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_name_words_person"), primary_key=True),
)

certificates = Table(
    "certificates",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_certificates_person"), nullable=False),
    Column("number", Text, nullable=False, comment="Sealed"),
    Column("number_index", INDEX, nullable=False, comment="Blind index"),
    Column("category", String(20), nullable=False),
    Column("grade", Integer, nullable=False),
    Column("standard", String(120), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False, comment="Last day of validity"),
    Column("last_act_on", Date, nullable=False),
    Column("status", String(10), nullable=False),
    Column("cancelled_on", Date),
    Column("rated_on", Date, comment="Day of the rating; null: not known"),
    Column("frozen_for", String(20), comment="Why it is frozen"),
    Column("left_on", Date, comment="When the hukou moved and left it behind"),
    Column("moved_on", Date, comment="When it went to another office's register"),
    Column("due_on", Date, comment="Next day on which one of its clocks strikes"),
    Column("recorded_at", INSTANT, comment="Of the last act or look; null: before there were clocks"),
    UniqueConstraint("person_id", name="uq_certificates_person"),
    UniqueConstraint("number_index", name="uq_certificates_number_index"),
)
Index("ix_certificates_due", certificates.c.due_on)
Index("ix_certificates_category", certificates.c.category, certificates.c.grade, certificates.c.person_id)

certificate_acts = Table(
    "certificate_acts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_certificate_acts_person"), nullable=False),
    Column(
        "certificate_id",
        ID,
        ForeignKey("certificates.id", name="fk_certificate_acts_certificate"),
        nullable=False,
    ),
    Column("action", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("number_index", INDEX, nullable=False, comment="Blind index of the number the act named"),
    Column("standard", String(120), nullable=False, comment="As the act named it"),
    Column("reason", String(20)),
    Column("category_before", String(20)),
    Column("grade_before", Integer),
    Column("expires_on_before", Date),
    Column("category_after", String(20), nullable=False),
    Column("grade_after", Integer, nullable=False),
    Column("expires_on_after", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("assessed_on", Date),
    Column("issued_on", Date, comment="As the act named it, of a certificate that moved in"),
    Column("region", REGION, comment="The new home, of a move"),
    Column("status_after", String(20)),
    UniqueConstraint("ref", name="uq_certificate_acts_ref"),
)
Index(
    "ix_certificate_acts_person",
    certificate_acts.c.person_id,
    certificate_acts.c.acted_on,
    certificate_acts.c.id,
)
_MOVES = certificate_acts.c.region.is_not(None)
Index(
    "ix_certificate_acts_moves",
    certificate_acts.c.person_id,
    certificate_acts.c.acted_on,
    certificate_acts.c.id,
    sqlite_where=_MOVES,
    postgresql_where=_MOVES,
)

benefit_marks = Table(
    "benefit_marks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_benefit_marks_person"), nullable=False),
    Column("benefit", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("recorded_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_benefit_marks_ref"),
    UniqueConstraint("person_id", "month", "benefit", name="uq_benefit_marks_month"),
)

certificate_clocks = Table(
    "certificate_clocks",
    metadata,
    Column("certificate_id", ID, ForeignKey("certificates.id", name="fk_certificate_clocks_certificate")),
    Column("clock", String(20)),
    Column("struck_on", Date),
    Column("recorded_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("certificate_id", "clock", "struck_on", name="pk_certificate_clocks"),
)
