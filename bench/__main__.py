"""`python -m bench [name …]`: run the comparisons on a PostgreSQL and a RabbitMQ of their own.

Without a name all but `city`, which imports a whole city, twice, and takes minutes.
"""

import sys
from pathlib import Path

from bench import append, follow, measure, persons, relay, rpc, snapshot
from tests.support import servers

GROUPS = {
    "rpc": rpc.rows,
    "append": append.rows,
    "relay": relay.rows,
    "follow": follow.rows,
    "persons": persons.rows,
    "snapshot": snapshot.rows,
}
ON_DEMAND = {"city": persons.city}


def main(names: set[str]) -> int:
    if not names <= GROUPS.keys() | ON_DEMAND.keys():
        print(f"{__doc__}\nNames: {', '.join((*GROUPS, *ON_DEMAND))}")
        return 2
    rows: list[measure.Row] = []
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        for name, group in (GROUPS | ON_DEMAND).items():
            if name in (names or GROUPS):
                print(f"measuring {name} …", flush=True)
                rows += group(pg, mq)
    if rows:
        measure.show(rows)
        measure.keep(rows, Path("out/bench.json"))
    return 0


sys.exit(main(set(sys.argv[1:])))
