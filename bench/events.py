"""A log full of events, for the comparisons that publish and follow."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # some who want the type's name must not load the chassis before eventlet patches
    from chassis.runtime import Runtime

COUNT = 20_000
TYPE = "registry.region_recorded.v1"

# Committed, not numbered. Positions are given where they are wanted at once.
FILL = """
insert into event_log (event_id, type, subject, data, recorded_at, traceparent, epoch, position)
select md5(n::text), '{type}', '341524' || lpad(mod(n, 1000000)::text, 6, '0'),
       json_build_object('region', '341524' || lpad(mod(n, 1000000)::text, 6, '0'), 'name', repeat('x', 100),
                         'valid_from', '2024-01-01')::text,
       now(), '00-' || md5(n::text) || '-' || substr(md5(n::text), 1, 16) || '-01',
       case when {numbered} then 1 end, case when {numbered} then n end
from generate_series({first}, {last}) as n
"""


def fill(source: "Runtime", last: int = COUNT, first: int = 1, numbered: bool = False) -> None:
    """Put events into a service's log on PostgreSQL, committed; with their positions if ``numbered``."""
    with source.database.write() as connection:
        connection.exec_driver_sql(FILL.format(type=TYPE, first=first, last=last, numbered=numbered))
        if numbered:
            connection.exec_driver_sql("delete from stream")
            connection.exec_driver_sql(f"insert into stream values ('registry', 1, {last}, {last})")  # noqa: S608
