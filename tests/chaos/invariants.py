"""What must hold after every fault: nothing acknowledged is lost, nothing is done twice, order is kept."""

from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from chassis import schema
from tests.chaos.platforms import Platform
from tests.chaos.source.service import entries
from tests.chaos.workload import Ledger
from tests.support.sink.service import seen


@dataclass
class Damage:
    """How often each rule was broken, and the first cases of each."""

    lost: int = 0
    twice: int = 0
    disordered: int = 0
    contradicted: int = 0
    cases: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.lost or self.twice or self.disordered or self.contradicted)

    def note(self, what: str, found: Counter[str] | list[str]) -> int:
        """Describe some findings and return how many there are."""
        texts = [*found.elements()] if isinstance(found, Counter) else found
        if texts:
            self.cases.append(f"{what}: {len(texts)} ({', '.join(texts[:3])})")
        return len(texts)


def settled(platform: Platform) -> bool:
    """Whether all that was committed is numbered, published and passed by the follower's checkpoint."""
    with platform.source.connect() as connection:
        events = connection.execute(sa.select(sa.func.count()).select_from(schema.event_log)).scalar_one()
        stream = connection.execute(sa.select(schema.stream)).one_or_none()
    with platform.sink.connect() as connection:
        position = connection.execute(sa.select(schema.checkpoint.c.position)).scalar_one_or_none()
    return stream is not None and stream.numbered == stream.published == position == events


def damage(platform: Platform, ledger: Ledger) -> Damage:
    """Compare what the client was told with both databases, which must be settled."""
    found = Damage()
    with platform.source.connect() as connection:
        rows = connection.execute(sa.select(entries.c.name, entries.c.id)).all()
        log = connection.execute(sa.select(schema.event_log.c.position)).scalars().all()
    with platform.sink.connect() as connection:
        arrived = connection.execute(sa.select(seen.c.name, seen.c.position).order_by(seen.c.id)).all()
        parked = connection.execute(sa.select(schema.parked_event.c.position)).scalars().all()
    made = Counter(row.name for row in rows)
    applied = Counter(row.name for row in arrived)
    told = ledger.names()
    found.lost += found.note("acknowledged, but not there", [name for name in told if name not in made])
    found.lost += found.note("committed, but not applied", made - applied)
    found.lost += found.note("parked", [str(position) for position in parked])
    found.twice += found.note("rows too many", made - Counter(set(made)))
    found.twice += found.note("applied too often, or without a row", applied - made)
    found.disordered += found.note("out of order at the sink", _misplaced([row.position for row in arrived]))
    numbered = sorted(position for position in log if position is not None)
    found.disordered += found.note("gaps at the source", _misplaced(numbered))
    ids = {row.name: str(row.id) for row in rows}
    other = [name for name, row_id in told.items() if name in ids and made[name] == 1 and ids[name] != row_id]
    found.contradicted += found.note("replies that name another row", other)
    found.contradicted += found.note("replies that differ", ledger.contradictions)
    return found


def _misplaced(positions: list[int]) -> list[str]:
    return [
        f"{position} at {place}" for place, position in enumerate(positions, start=1) if position != place
    ]
