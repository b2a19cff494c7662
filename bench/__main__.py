"""`python -m bench [name …]`: run the comparisons on a PostgreSQL and a RabbitMQ of their own."""

import sys
from pathlib import Path

from bench import append, follow, measure, persons, relay, rpc
from tests.support import servers

GROUPS = {
    "rpc": rpc.rows,
    "append": append.rows,
    "relay": relay.rows,
    "follow": follow.rows,
    "persons": persons.rows,
}


def main(names: list[str]) -> int:
    rows: list[measure.Row] = []
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        for name, group in GROUPS.items():
            if not names or name in names:
                print(f"measuring {name} …", flush=True)
                rows += group(pg, mq)
    measure.show(rows)
    measure.keep(rows, Path("out/bench.json"))
    return 0


sys.exit(main(sys.argv[1:]))
