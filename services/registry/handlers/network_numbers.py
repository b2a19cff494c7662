"""The daily job that indexes volunteers' network numbers that were recorded before they were found again."""

import sqlalchemy as sa

from chassis.jobs import Job
from chassis.rows import rows_among
from chassis.transaction import Transaction
from services.registry.domain.volunteer import compared_number
from services.registry.help_tables import NETWORK_NUMBER, volunteers

JOB = "registry.network_numbers"
VOLUNTEERS_PER_STEP = 500


def number_step(tx: Transaction, job: Job) -> bool:
    """Index the next numbers. One that stands under another reference stays without, and is told as found."""
    column = volunteers.c.network_number_index
    query = (
        sa.select(volunteers.c.id, volunteers.c.network_number)
        .where(volunteers.c.network_number.is_not(None), column.is_(None), volunteers.c.state != "left")
        .where(volunteers.c.id > job.cursor.get("volunteer_id", ""))
        .order_by(volunteers.c.id)
        .limit(VOLUNTEERS_PER_STEP)
        .with_for_update()
    )
    rows = tx.execute(query).all()
    if not rows:
        return True
    plain = {row.id: NETWORK_NUMBER.open(tx.vault, row.id, row.network_number) for row in rows}
    indexes = {each: NETWORK_NUMBER.indexes(tx.vault, compared_number(told)) for each, told in plain.items()}
    sought = {index for each in indexes.values() for index in each}
    standing = sa.select(column).where(volunteers.c.state != "left")
    taken = {row.network_number_index for row in rows_among(tx, standing, column, sought)}
    changed = []
    for volunteer, each in indexes.items():
        if taken.isdisjoint(each):
            changed.append({"standing": volunteer, "network_number_index": each[0]})
            taken.add(each[0])
    if changed:
        tx.execute(sa.update(volunteers).where(volunteers.c.id == sa.bindparam("standing")), changed)
    job.cursor["volunteer_id"] = rows[-1].id
    job.cursor["found"] = job.cursor.get("found", 0) + len(indexes) - len(changed)
    job.done += len(rows)
    return False
