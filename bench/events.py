"""A log full of events, for the comparisons that publish and follow."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # some who want a type's name must not load the chassis before eventlet patches
    from chassis.runtime import Runtime

COUNT = 20_000


@dataclass(frozen=True)
class Made:
    """A type of event, and SQL that makes the subject and the data of number ``n``."""

    type: str
    subject: str
    data: str


REGION = Made(
    "registry.region_recorded.v1",
    "'341524' || lpad(mod(n, 1000000)::text, 6, '0')",
    "json_build_object('region', '341524' || lpad(mod(n, 1000000)::text, 6, '0'), 'name', repeat('x', 100),"
    " 'valid_from', '2024-01-01')",
)
CERTIFICATE = Made(
    "registry.certificate_issued.v1",
    "md5('person' || n)",
    "json_build_object('region', '341524103' || lpad((1 + mod(n, 223))::text, 3, '0'),"
    " 'person_id', md5('person' || n), 'certificate_id', md5('certificate' || n),"
    " 'category', (array['visual', 'hearing', 'speech', 'physical'])[1 + mod(n, 4)], 'grade', 1 + mod(n, 4),"
    " 'mode', 'office', 'acted_on', '2024-03-02', 'expires_on', '2034-03-01')",
)
# Committed, not numbered. Positions are given where they are wanted at once. Two logs that are filled get the
# same events, instants included.
FILL = """
insert into event_log (event_id, type, subject, data, recorded_at, traceparent, epoch, position)
select md5(n::text), '{event.type}', {event.subject}, {event.data}::text, date_trunc('month', now()),
       '00-' || md5(n::text) || '-' || substr(md5(n::text), 1, 16) || '-01',
       case when {numbered} then 1 end, case when {numbered} then n end
from generate_series({first}, {last}) as n
"""
NUMBERED = "insert into stream (service, epoch, numbered, published) values ('registry', 1, {last}, {last})"


def fill(
    source: "Runtime", last: int = COUNT, first: int = 1, *, numbered: bool = False, event: Made = REGION
) -> None:
    """Put events into a log on PostgreSQL, committed; numbered and published as well if ``numbered``."""
    with source.database.write() as connection:
        connection.exec_driver_sql(FILL.format(event=event, first=first, last=last, numbered=numbered))
        if numbered:
            connection.exec_driver_sql("delete from stream")
            connection.exec_driver_sql(NUMBERED.format(last=last))
