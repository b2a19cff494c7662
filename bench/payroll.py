"""A month of a monthly subsidy for a million persons: computed, frozen, approved, and filed for the bank.

Ours is what an office does, in a process of its own that is killed in the middle of the list and begun again:
the list is drawn up, priced and split over the sources, hashed and frozen; a second person approves it; a job
proves the hash, writes an instruction and an event for each line, and seals the files. Raw is told all of it
beforehand, and writes the same lines, shares, instructions and events for another month, one statement for
each table. Identifiers grow, as the platform makes them. The aim is for a million persons; BENCH_AWARDS makes
fewer.
"""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg2

from bench import fisca
from bench.measure import Bound, Result, Row, Stopwatch, Turn, figures
from bench.office import OFFICE, plain, runtime, settings
from chassis import memory, tracing
from chassis.clock import new_id
from chassis.jobs import JobRunner
from chassis.runtime import Context, Runtime
from chassis.token_source import TokenSource
from services.subsidy.bank_tables import HOLDER, NUMBER
from services.subsidy.service import SubsidyService
from tests.support.servers import PostgresServer, RabbitMQServer

AWARDS = int(os.environ.get("BENCH_AWARDS", "1000000"))
AT_MOST_SECONDS = 300 * AWARDS / 1_000_000
AT_MOST_MIB = 64
"""However many the awards are: a list is never in memory, a few thousand of its lines are."""
PROVINCE = "36"
VILLAGES = [f"36012110{township}{village:03d}" for township in range(1, 10) for village in range(1, 112)]
CHUNK = 10_000
PLAN = {"scheme": "living", "period": "2026-01", "region": "360000000000", "pay_on": "2026-01-20"}

PERSONS = """
insert into persons (person_id, region, certified)
select lpad(to_hex(n), 32, '0'), (%(villages)s::text[])[1 + n %% %(count)s], true
from generate_series(1, %(awards)s) as n
"""
GRANTED = """
insert into awards (award_id, ref, person_id, scheme, variant, period, region, granted_on, decision,
                    recorded_at, sole)
select lpad(to_hex(n), 32, '0'), 'a-' || n, lpad(to_hex(n), 32, '0'), 'living', 'dibao', '2025-03',
       (%(villages)s::text[])[1 + n %% %(count)s], '2025-03-02', '[]', now(), true
from generate_series(1, %(awards)s) as n
"""
ALLOTTED = """
insert into fund_allotments values
(repeat('f', 32), 'f-1', 'living', 'superior', '360000000000', '2026', %(fen)s, 0, '文', '2026-01-05', now())
"""
RAW = (
    """insert into runs select 'raw', scheme, '2026-02', region, pay_on, state, lines, 0, amount_fen,
       list_hash, planned_by, planned_at, approved_by, approved_at from runs""",
    """insert into run_lines select 'raw', seq, award_id, person_id, scheme, variant, '2026-02', region,
       amount_fen, decision from run_lines""",
    "insert into run_shares select 'raw', seq, source, amount_fen from run_shares",
    """insert into bank_batches select 'f' || substr(id, 2), 'raw', seq, region, layout, pay_on, lines,
       amount_fen, 0, file_hash, recorded_at from bank_batches""",
    """insert into instructions select 'f' || substr(id, 2), 'f' || substr(batch_id, 2), seq, 'raw', line,
       person_id, region, amount_fen, account_id, null from instructions""",
    """insert into event_log (event_id, type, subject, data, recorded_at, correlation_id, causation_id,
                              traceparent)
       select 'f' || substr(event_id, 2), type, subject, data, recorded_at, correlation_id, causation_id,
              traceparent from event_log""",
)
"""What ours leaves behind, told for another month."""


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Result]:
    """Awards a second, ours and raw; seconds and memory. Raises AssertionError for one missing or twice."""
    with TemporaryDirectory() as name, pg.database() as url:
        _fill(Path(name), url)
        used = os.times()
        before = _worked(Path(name), url, kill=True)[0]
        after, grown = _worked(Path(name), url, kill=False)
        now = os.times()
        cpu = now.children_user + now.children_system - used.children_user - used.children_system
        _check(url)
        raw = _raw(url)
    seconds = before + after
    rates = figures([{"ours": Turn(AWARDS, seconds, cpu), "raw": raw}])
    others = {
        "of it until the kill": before,
        "CPU s of the process": cpu,
        "seconds of plain inserts": raw.seconds,
    }
    return [
        Row(
            "a month of a subsidy: list, approval, files for the bank",
            "awards/s",
            0.25,
            rates["ours"],
            rates["raw"],
            "one INSERT … SELECT a table of what it leaves behind",
            fisca.peers(AWARDS),
        ),
        Bound(
            f"{AWARDS:,} awards computed, frozen, approved and filed", "s", seconds, AT_MOST_SECONDS, others
        ),
        Bound("what the process grew by meanwhile", "MiB", grown, AT_MOST_MIB, {}),
    ]


def _fill(folder: Path, url: str) -> None:
    with (
        closing(runtime(SubsidyService, folder, "amqp://unused", url)) as subsidy,
        closing(psycopg2.connect(plain(url))) as connection,
        connection.cursor() as cursor,
    ):
        told = {"villages": VILLAGES, "count": len(VILLAGES), "awards": AWARDS, "fen": AWARDS * 3000}
        for statement in (PERSONS, GRANTED, ALLOTTED):
            cursor.execute(statement, told)
        cursor.execute("select person_id from persons order by person_id")
        person_ids = [person_id for [person_id] in cursor.fetchall()]
        for begin in range(0, AWARDS, CHUNK):
            chunk = _accounts(subsidy, person_ids[begin : begin + CHUNK])
            lines = "\n".join("\t".join(row) for row in chunk)
            columns = (
                "id, ref, person_id, seq, holder, number, number_index, state, usable_from, requested_by,"
            )
            cursor.copy_expert(f"copy pay_accounts ({columns} recorded_at) from stdin", io.StringIO(lines))
        connection.commit()
        connection.autocommit = True
        cursor.execute("vacuum analyze")


def _accounts(subsidy: Runtime, person_ids: list[str]) -> Iterator[tuple[str, ...]]:
    """A card for each person, sealed as the service seals it."""
    for person_id in person_ids:
        id_, number = new_id(), str(6217 * 10**15 + int(person_id, 16) % 10**15)
        sealed = HOLDER.seal(subsidy.vault, id_, "测试"), NUMBER.seal(subsidy.vault, id_, number)
        usable = "approved", "2025-03-02", "bench", "2025-03-02T00:00:00Z"
        yield id_, f"r-{id_}", person_id, "1", *sealed, person_id, *usable


def _worked(folder: Path, url: str, *, kill: bool) -> tuple[float, float]:
    """Seconds of a process that does the month, and MiB that it grew; killed when half is listed."""
    watch = Stopwatch()
    command = [sys.executable, "-W", "ignore", "-m", "bench.payroll", str(folder), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if kill:
            while _asked(url, "select coalesce(sum(lines), 0) from runs") < AWARDS // 2:
                assert process.poll() is None, "the month ended by itself"
                time.sleep(0.2)
            process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
    seconds = watch.turn(AWARDS).seconds
    print(f"payroll: {'killed' if kill else 'ended'} after {seconds:,.1f} s\n{told}", flush=True)
    return seconds, 0.0 if kill else float(told.split()[-1])


def _asked(url: str, query: str) -> int:
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        [answer] = cursor.fetchone() or (0,)
        return int(answer)


def _check(url: str) -> None:
    """Everybody is instructed once, and each source bears its part."""
    for query in (
        "select lines from runs where state = 'instructed'",
        "select count(distinct person_id) from run_lines",
        "select count(distinct line) from instructions",
        "select sum(lines) from bank_batches where file_hash is not null",
        "select count(distinct subject) from event_log where type = 'subsidy.payment_instructed.v1'",
    ):
        assert _asked(url, query) == AWARDS, query
    assert _asked(url, "select drawn_fen - amount_fen from fund_allotments") == 0


def _raw(url: str) -> Turn:
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        watch = Stopwatch()
        for statement in RAW:
            cursor.execute(statement)
        connection.commit()
        return watch.turn(AWARDS)


def month(folder: Path, url: str) -> None:
    """Do all of the month that is not done; prints the seconds of each part and the MiB that it grew."""
    with closing(Runtime(SubsidyService, settings(folder, "amqp://unused"), url)) as subsidy:
        memory.settle()
        used = psutil.Process().memory_info
        begun = used().rss
        tokens = TokenSource(subsidy.settings.token_keys)
        started = time.perf_counter()

        def told(part: str) -> None:
            grown = (used().rss - begun) / 2**20
            print(f"  {part}: {time.perf_counter() - started:,.1f} s, {grown:,.1f} MiB grown", flush=True)

        def ask(method: str, role: str, fields: dict[str, Any]) -> dict[str, Any]:
            token = tokens.token(role, frozenset({role}), (PROVINCE,), OFFICE)
            context = Context(token, tracing.new(), new_id())
            reply: dict[str, Any] = subsidy.execute(SubsidyService.endpoints()[method], fields, context)
            return reply

        jobs = JobRunner(subsidy, SubsidyService.job_steps())
        run = ask("plan_disbursement", "maker", {"idempotency_key": new_id(), **PLAN})
        told("counted")
        jobs.run_all()
        told("frozen")
        this = {"run_id": run["run_id"]}
        frozen = ask("find_disbursement", "maker", this)
        approval = {"idempotency_key": new_id(), **this, "list_hash": frozen["list_hash"]}
        ask("approve_disbursement", "checker", approval)
        told("approved")
        ask("instruct_disbursement", "maker", {"idempotency_key": new_id(), **this})
        jobs.run_all()
        told("filed")
        print((used().rss - begun) / 2**20)


if __name__ == "__main__":
    month(Path(sys.argv[1]), sys.argv[2])
