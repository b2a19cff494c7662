"""What must hold after every fault: nothing acknowledged is lost, nothing is done twice, order is kept."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from chassis import schema
from chassis.jobs import OPEN
from tests.chaos.platforms import Platform
from tests.chaos.sink.service import seen
from tests.chaos.source.service import amount_of, entries
from tests.chaos.workload import PERSONAL_NAME, Ledger

RULES = (
    "lost",  # acknowledged or committed, and not where it belongs
    "twice",  # more rows or effects than commands
    "disordered",  # positions with gaps, or applied out of order
    "contradicted",  # two answers that do not agree
    "unbalanced",  # sums of client, rows, events and effects that differ
    "overdue",  # a call that hung beyond its deadline
    "unexplained",  # dead letters that nobody sent
    "leaked",  # personal data in a log or an event
)
_PERSONAL = re.compile(rf"\d{{18}}|1\d{{10}}|{PERSONAL_NAME}")


@dataclass
class Damage:
    """How often each rule was broken, and the first cases."""

    counts: Counter[str] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return self.counts.total() > 0

    def note(self, rule: str, what: str, found: Iterable[str]) -> None:
        """Count findings under a rule and describe them."""
        texts = list(found)
        if texts:
            self.counts[rule] += len(texts)
            self.cases.append(f"{rule}: {what}: {len(texts)} ({', '.join(texts[:3])})")


def settled(platform: Platform) -> bool:
    """Whether all that was committed is numbered, published and passed by the checkpoint, no job is open."""
    jobs = sa.select(sa.func.count()).where(schema.job.c.state.in_(OPEN))
    with platform.source.connect() as connection:
        events = connection.execute(sa.select(sa.func.count()).select_from(schema.event_log)).scalar_one()
        stream = connection.execute(sa.select(schema.stream)).one_or_none()
        open_jobs = connection.execute(jobs).scalar_one()
    with platform.sink.connect() as connection:
        position = connection.execute(sa.select(schema.checkpoint.c.position)).scalar_one_or_none()
    return not open_jobs and stream is not None and stream.numbered == stream.published == position == events


def damage(platform: Platform, ledger: Ledger) -> Damage:
    """Compare what the client was told with both databases, which must be settled, and look at the logs."""
    found = Damage()
    with platform.source.connect() as connection:
        rows = connection.execute(sa.select(entries.c.name, entries.c.id, entries.c.amount)).all()
        log = connection.execute(sa.select(schema.event_log.c.position, schema.event_log.c.data)).all()
    with platform.sink.connect() as connection:
        arrived = connection.execute(sa.select(seen).order_by(seen.c.id)).all()
        parked = connection.execute(sa.select(schema.parked_event.c.position)).scalars().all()
    made = Counter(row.name for row in rows)
    applied = Counter(row.name for row in arrived)
    told = ledger.names()
    found.note("lost", "acknowledged, but not there", (name for name in told if name not in made))
    found.note("lost", "committed, but not applied", (made - applied).elements())
    found.note("lost", "parked", map(str, parked))
    found.note("twice", "rows too many", (made - Counter(set(made))).elements())
    found.note("twice", "applied too often, or without a row", (applied - made).elements())
    found.note("twice", "rows that nobody asked for", (name for name in made if name not in ledger.amounts))
    found.note("twice", "told as new twice", ledger.created_twice())
    found.note("disordered", "at the sink", _misplaced([row.position for row in arrived]))
    found.note("disordered", "at the source", _misplaced(sorted(row.position or 0 for row in log)))
    ids = {row.name: str(row.id) for row in rows}
    other = (name for name, row_id in told.items() if row_id and made[name] == 1 and ids[name] != row_id)
    found.note("contradicted", "replies that name another row", other)
    found.note("contradicted", "replies that differ", ledger.contradictions)
    sums = {
        "client": sum(ledger.amounts.get(name, 0) for name in made),
        "rows": sum(row.amount for row in rows),
        "events": sum(amount_of(json.loads(row.data)["region"]) for row in log),
        "effects": sum(row.amount for row in arrived),
    }
    found.note("unbalanced", "sums differ", [str(sums)] if len(set(sums.values())) > 1 else [])
    found.note("overdue", "calls", ledger.overdue)
    letters = platform.turned_away() - ledger.dead_letters
    found.note("unexplained", "dead letters", [str(letters)] if letters else [])
    texts = {"logs": platform.new_log_text(), "events": "\n".join(row.data for row in log)}
    for where, text in texts.items():
        found.note("leaked", f"in {where}", set(_PERSONAL.findall(text)) & ledger.personal)
    return found


def _misplaced(positions: list[int]) -> list[str]:
    return [
        f"{position} at {place}" for place, position in enumerate(positions, start=1) if position != place
    ]
