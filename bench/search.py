"""How long a registry of many persons takes to answer a clerk: searches, and opening one record.

Persons are copied in with names and numbers sealed and indexed as the registry does it. Each question is
asked of the service itself, without a broker, each time for another person, name or village. The aim is for a
million persons; BENCH_PERSONS makes fewer.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import md5
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

from bench.measure import Bound, percentile
from bench.office import OFFICE, plain, runtime
from bench.persons import VILLAGES, people
from bench.registered import copy_in
from chassis import tracing
from chassis.clock import new_id
from chassis.runtime import Context, Runtime
from chassis.token_source import TokenSource
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer

PERSONS = int(os.environ.get("BENCH_PERSONS", "1000000"))
ASKED = 200
AIM_MS = 50.0
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉红华建国文志春梅海燕云飞林鹏波宇斌慧颖佳琪雨欣子涵思"
)

HOUSEHOLDS = """
insert into households (id, ref, region, flags, registered_on, recorded_at)
select md5('h' || n), 'h-' || n, (%(villages)s::text[])[1 + n %% %(count)s],
       case when n %% 1000 = 0 then 'extreme_poverty' when n %% 5 = 0 then 'dibao' else '' end,
       '2020-03-02', now()
from generate_series(0, %(households)s) as n
"""
FLAGS = "insert into household_flags (flag, household_id) select flags, id from households where flags <> ''"
ACTS = """
insert into certificate_acts (id, ref, person_id, certificate_id, action, mode, acted_on, number_index,
                              standard, category_after, grade_after, expires_on_after, recorded_by,
                              recorded_at)
select md5('a' || n), 'a-' || n, person_id, id, 'renewal', 'office', '2020-03-02', number_index, standard,
       category, grade, expires_on, 'bench', now()
from generate_series(1, 1000) as n, (select * from certificates order by id limit 1) as c
"""
READS = """
insert into access_audit (seq, at, actor, purpose, subject_id, fields, previous_hash, hash)
select n, now(), 'bench', '核对', case when n % 1000 = 0 then first.id else md5('r' || n) end, 'name',
       'p' || n, 'h'
from generate_series(1, 1000000) as n, (select person_id as id from certificates order by id limit 1) as first
"""
FREQUENT, ONE_IN = "张伟", 1000
"""A name that one in a thousand bears: five times as many as the most frequent one of the country."""


def names() -> Iterator[str]:
    """Names, most of three characters and ever others."""
    made = (surname + "".join(given) for given in cycle(product(GIVEN, GIVEN)) for surname in SURNAMES)
    for number, name in enumerate(made):
        yield name if number % ONE_IN else FREQUENT


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Bound]:
    with (
        TemporaryDirectory() as folder,
        pg.database() as url,
        closing(runtime(RegistryService, Path(folder), "amqp://unused", url)) as registry,
    ):
        _fill(registry, url)
        return _measured(registry)


def _fill(registry: Runtime, url: str) -> None:
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        households = {"villages": VILLAGES, "count": len(VILLAGES), "households": PERSONS // 2}
        cursor.execute(HOUSEHOLDS, households)
        cursor.execute(FLAGS)
        connection.commit()
        copy_in(registry, url, _certified())
        cursor.execute(ACTS)
        cursor.execute(READS)
        connection.commit()
        connection.autocommit = True
        cursor.execute("vacuum analyze")


def _certified() -> Iterator[dict[str, Any]]:
    """Two in a household, a tenth with one category and very few with another."""
    for number, (person, name) in enumerate(zip(people(PERSONS), names(), strict=False)):
        household = md5(f"h{number // 2}".encode(), usedforsecurity=False).hexdigest()
        category = "visual" if number % 10 == 0 else "speech" if number % 500 == 1 else "physical"
        held = {"household_id": household, "category": category, "grade": number % 4 + 1}
        yield person | held | {"name": name}


def _measured(registry: Runtime) -> list[Bound]:
    tokens = TokenSource(registry.settings.token_keys)
    endpoints = RegistryService.endpoints()

    def ask(method: str, fields: dict[str, Any], region: str = OFFICE) -> Any:
        token = tokens.token("bench", frozenset({"clerk"}), (region,), OFFICE)
        return registry.execute(endpoints[method], fields, Context(token, tracing.new(), new_id()))

    bounds = []
    for name, asked in _questions(ask):
        taken = []
        for one in asked:
            began = time.perf_counter()
            ask(*one)
            taken.append((time.perf_counter() - began) * 1000)
        others = {"median ms": statistics.median(taken), "persons": float(PERSONS)}
        bounds.append(Bound(f"search: {name}", "ms, p95", percentile(taken, 0.95), AIM_MS, others))
    return bounds


Asked = list[tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], str]]
"""Method and fields, and the caller's region where that is not the whole office."""


def _questions(ask: Any) -> Iterator[tuple[str, Asked]]:
    """What is asked, by its name."""

    def searches(*several: dict[str, Any]) -> Asked:
        return [("search_persons", fields) for fields in several]

    numbers = [person["id_number"] for person in islice(people(PERSONS), 0, None, max(1, PERSONS // ASKED))]
    villages = [VILLAGES[n % len(VILLAGES)] for n in range(ASKED)]
    initials = [{"name": f"{a}{b}m"} for a, b in islice(cycle(product("wlzcyhx", repeat=2)), ASKED)]
    yield "citizen number", searches(*({"id_number": number} for number in numbers))
    yield "certificate number", searches(*({"certificate_number": f"{number}42"} for number in numbers))
    yield "name", searches(*({"name": name} for name in islice(names(), ASKED)))
    yield "frequent name", searches(*[{"name": FREQUENT}] * ASKED)
    yield "initials", searches(*initials)
    yield (
        "initials, asked by a village",
        [("search_persons", asked, village) for asked, village in zip(initials, villages, strict=True)],
    )
    yield "everybody", searches(*[{}] * ASKED)
    yield "village", searches(*({"region": village} for village in villages))
    yield "usual flag", searches(*({"flags": ["dibao"], "region": village} for village in villages))
    yield "usual flag anywhere", searches(*[{"flags": ["dibao"]}] * ASKED)
    yield "rare flag", searches(*({"flags": ["extreme_poverty"], "grades": [1]} for _ in villages))
    marks = [{"categories": ["visual"], "after": f"{village}-{'0' * 32}"} for village in villages]
    yield "category from anywhere", searches(*marks)
    yield "rare category", searches(*[{"categories": ["speech"]}] * ASKED)
    yield (
        "rare category and grade, asked by a village",
        [("search_persons", {"categories": ["speech"], "grades": [1]}, village) for village in villages],
    )
    yield from _openings(ask, numbers)


def _openings(ask: Any, numbers: list[str]) -> Iterator[tuple[str, Asked]]:
    """Each way to open a record, of somebody with a long history and of somebody without."""
    [line] = ask("search_persons", {"certificate_number": f"{numbers[0]}42"})["persons"]
    [other] = ask("search_persons", {"certificate_number": f"{numbers[1]}42"})["persons"]
    for history, person in (("a thousand acts and reads", line), ("one act", other)):
        asked = {"person_id": person["person_id"]}
        yield f"person with {history}", [("find_person", asked)] * ASKED
        yield f"earlier day, {history}", [("show_person_then", asked | {"day": "2024-06-01"})] * ASKED
        yield f"access log, {history}", [("list_person_reads", asked)] * ASKED
