"""`python -m bench [name …]`: run the comparisons on a PostgreSQL and a RabbitMQ of their own.

Without a name all but those that take many minutes: `city` imports a whole city, killed half way and begun
again; `match` compares 400 000 persons with lists of as many rows; `search` asks a registry of a million;
`payroll` pays a million persons a month.
The figures go to out/bench.json; groups that are not run anew keep theirs. `python -m bench.report` puts them
into docs/performance.md, `python -m bench.profile` says where the time goes.
"""

import sys
import time
from collections.abc import Callable, Sequence

from bench import (
    append,
    city,
    follow,
    freshness,
    growth,
    machine,
    matching,
    payroll,
    persons,
    rebuild,
    relay,
    report,
    rpc,
    search,
    snapshot,
)
from bench.measure import Result
from tests.support import servers

Group = Callable[[servers.PostgresServer, servers.RabbitMQServer], Sequence[Result]]

GROUPS: dict[str, Group] = {
    "rpc": rpc.rows,
    "append": append.rows,
    "relay": relay.rows,
    "follow": follow.rows,
    "rebuild": rebuild.rows,
    "freshness": freshness.rows,
    "persons": persons.rows,
    "snapshot": snapshot.rows,
    "growth": growth.rows,
}
ON_DEMAND: dict[str, Group] = {
    "city": city.rows,
    "match": matching.rows,
    "search": search.rows,
    "payroll": payroll.rows,
}


def main(names: set[str]) -> int:
    if not names <= GROUPS.keys() | ON_DEMAND.keys():
        print(f"{__doc__}\nNames: {', '.join((*GROUPS, *ON_DEMAND))}")
        return 2
    wanted = {name: group for name, group in (GROUPS | ON_DEMAND).items() if name in (names or GROUPS)}
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        described = machine.described(pg, mq)
        for number, (name, group) in enumerate(wanted.items(), 1):
            print(f"{name} ({number} of {len(wanted)}) …", flush=True)
            started = time.monotonic()
            results = group(pg, mq)
            report.show(results)
            report.keep(name, results, described)
            print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return 0


sys.exit(main(set(sys.argv[1:])))
