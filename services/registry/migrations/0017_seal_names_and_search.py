"""Names sealed and found by words; flags of households found by flag; persons listed by division.

The key of the seal is not known here: the daily job `registry.names` seals what is still plain.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

FLAGS = (
    "dibao",
    "dibao_edge",
    "extreme_poverty",
    "hardship",
    "multiple_disabled",
    "old_carer",
    "poverty_monitored",
    "zero_employment",
)


def upgrade() -> None:
    """Alter and create the tables, and fill the flags."""
    _names()
    _household_flags()
    op.drop_index("ix_persons_region", "persons")
    op.create_index("ix_persons_region", "persons", ["region", "id"])


def _names() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Neither writes the table anew.
        op.alter_column("persons", "name", type_=sa.Text, nullable=True, comment="Sealed")
    else:
        op.add_column("persons", sa.Column("sealed_name", sa.Text))
        op.execute("update persons set sealed_name = name")
        op.drop_column("persons", "name")
        op.execute("alter table persons rename column sealed_name to name")
    op.add_column(
        "persons",
        sa.Column(
            "name_words",
            sa.String(24),
            comment="Edition and key of its words; none: the name is not sealed yet",
        ),
    )
    op.create_table(
        "name_words",
        sa.Column(
            "word",
            sa.BigInteger,
            primary_key=True,
            autoincrement=False,
            comment="Blind index, 64 bits of it",
        ),
        sa.Column(
            "person_id",
            sa.String(32),
            sa.ForeignKey("persons.id", name="fk_name_words_person"),
            primary_key=True,
        ),
    )


def _household_flags() -> None:
    op.create_table(
        "household_flags",
        sa.Column("flag", sa.String(40), primary_key=True),
        sa.Column(
            "household_id",
            sa.String(32),
            sa.ForeignKey("households.id", name="fk_household_flags_household"),
            primary_key=True,
        ),
        comment="The flags that households have now, to find them by",
    )
    for flag in FLAGS:
        op.execute(
            sa.text(
                "insert into household_flags (flag, household_id) select :flag, id from households"
                " where ',' || flags || ',' like '%,' || :flag || ',%'"
            ).bindparams(sa.bindparam("flag", flag, sa.Text))
        )
