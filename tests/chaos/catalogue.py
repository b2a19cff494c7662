"""Every fault: where it is done, how often in each tier, and how soon the office must be itself again."""

from dataclasses import dataclass

from tests.chaos.failpoints import BROKER_POINTS, SINK_POINTS, SOURCE_POINTS
from tests.chaos.strikes import clicks, deliveries, links, poison, processes, restore, servers
from tests.chaos.trial import Strike

EMBEDDED = "embedded"
DISTRIBUTED = "rabbitmq+postgresql"
LINKED = "rabbitmq+postgresql behind proxies"
ENGINES = (EMBEDDED, DISTRIBUTED, LINKED)
TIERS = ("quick", "long", "release")
RECOVERY_SECONDS = 30.0
SERVER_RECOVERY_SECONDS = 60.0


@dataclass(frozen=True)
class Fault:
    """trials: in each of TIERS. recovery_seconds: within which all must be answered and applied."""

    name: str
    engine: str
    strike: Strike
    trials: tuple[int, int, int]
    recovery_seconds: float = RECOVERY_SECONDS

    @property
    def title(self) -> str:
        return f"{self.engine} {self.name}"


@dataclass(frozen=True)
class MutantRun:
    """Where a mutant runs, and under which fault it must be noticed, within some trials."""

    mutant: str
    engine: str
    fault: str
    trials: int = 12
    quick: bool = False


def _boundaries() -> list[Fault]:
    points = {point: processes.die_at(point) for point in (*SOURCE_POINTS, *SINK_POINTS)}
    points["after_owners_answer"] = processes.die_in_catch_up
    faults = [Fault(name, EMBEDDED, strike, (1, 10, 300)) for name, strike in points.items()]
    points |= {point: processes.die_at(point) for point in BROKER_POINTS}
    return faults + [Fault(name, DISTRIBUTED, strike, (1, 15, 300)) for name, strike in points.items()]


def _kills() -> list[Fault]:
    slow = {"recovery_seconds": SERVER_RECOVERY_SECONDS}
    return [
        Fault("sigkill", EMBEDDED, processes.kill("office"), (2, 20, 300)),
        Fault("sigterm", EMBEDDED, processes.terminate, (1, 5, 30)),
        Fault("sigkill_source", DISTRIBUTED, processes.kill("source"), (1, 20, 300)),
        Fault("sigkill_relay", DISTRIBUTED, processes.kill("relay"), (1, 20, 300)),
        Fault("sigkill_sink", DISTRIBUTED, processes.kill("sink"), (1, 20, 300)),
        Fault("sigkill_all", DISTRIBUTED, processes.kill_all, (1, 8, 100)),
        Fault("sigterm", DISTRIBUTED, processes.terminate, (1, 6, 30)),
        Fault("sigstop", DISTRIBUTED, processes.pause("", 0.5, 3.0), (1, 6, 100)),
        Fault("sigstop_beyond_heartbeat", LINKED, processes.pause("sink", 6.0, 8.0), (0, 3, 30), **slow),
    ]


def _servers() -> list[Fault]:
    def fault(name: str, strike: Strike, *trials: int) -> Fault:
        quick, long, release = trials
        return Fault(name, DISTRIBUTED, strike, (quick, long, release), SERVER_RECOVERY_SECONDS)

    mq, pg = servers.rabbitmq, servers.postgres
    return [
        fault("rabbitmq_kill", servers.kill(mq), 1, 5, 100),
        fault("rabbitmq_restart", servers.restart(mq), 0, 3, 30),
        fault("rabbitmq_memory_alarm", servers.alarm(*servers.MEMORY_ALARM), 0, 2, 30),
        fault("rabbitmq_disk_alarm", servers.alarm(*servers.DISK_ALARM), 0, 2, 30),
        fault("rabbitmq_closes_connections", servers.close_connections, 1, 8, 100),
        fault("postgresql_kill", servers.kill(pg), 1, 12, 100),
        fault("postgresql_restart", servers.restart(pg), 0, 4, 30),
        fault("postgresql_backend_kill", servers.kill_backend, 1, 12, 100),
        fault("postgresql_terminates_backends", servers.terminate_backends, 1, 12, 100),
        fault("sigterm_without_rabbitmq", servers.terminate_without(mq), 0, 3, 30),
        fault("sigterm_without_postgresql", servers.terminate_without(pg), 0, 3, 30),
        fault("sink_restored_from_backup", restore.sink, 0, 5, 50),
    ]


def _links() -> list[Fault]:
    faults = []
    for name, choose in (("broker", links.broker), ("database", links.database)):
        for harm, quick in ((links.cut, 1), (links.stall, 0), (links.half_open, 0)):
            fault = Fault(f"{name}_link_{harm.__name__}", LINKED, harm(choose), (quick, 5, 100))
            faults.append(fault)
    return [*faults, Fault("unknown_commit", LINKED, links.unknown_commit, (1, 20, 300))]


def _messages() -> list[Fault]:
    return [
        Fault("same_key_clicked_20_times", EMBEDDED, clicks.same_key, (1, 5, 1000)),
        Fault("same_person_clicked_20_times", EMBEDDED, clicks.same_person, (1, 5, 1000)),
        Fault("same_key_clicked_20_times", DISTRIBUTED, clicks.same_key, (1, 20, 1000)),
        Fault("same_person_clicked_20_times", DISTRIBUTED, clicks.same_person, (1, 20, 1000)),
        Fault("delivery_dropped", EMBEDDED, deliveries.drop_one, (1, 5, 100)),
        Fault("delivery_dropped", DISTRIBUTED, deliveries.drop_one, (0, 8, 100)),
        Fault("deliveries_repeated_shuffled", DISTRIBUTED, deliveries.repeat_shuffled, (1, 10, 100)),
        Fault("queue_purged", DISTRIBUTED, deliveries.purge, (1, 8, 100), SERVER_RECOVERY_SECONDS),
        Fault("queue_deleted", DISTRIBUTED, deliveries.delete_queue, (0, 4, 30), SERVER_RECOVERY_SECONDS),
        Fault("malformed_requests", DISTRIBUTED, poison.poison_requests, (1, 2, 20)),
        Fault("malformed_events", DISTRIBUTED, poison.poison_events, (1, 2, 20)),
    ]


FAULTS = tuple(
    sorted(
        (*_boundaries(), *_kills(), *_messages(), *_servers(), *_links()),
        key=lambda fault: ENGINES.index(fault.engine),
    )
)

MUTANT_RUNS = (
    MutantRun("checkpoint_not_compared", EMBEDDED, "after_publish_before_cursor", quick=True),
    MutantRun("gap_not_noticed", EMBEDDED, "delivery_dropped", quick=True),
    MutantRun("event_committed_after_state", EMBEDDED, "before_commit"),
    MutantRun("reply_not_looked_up", EMBEDDED, "after_commit_before_reply", quick=True),
    MutantRun("checkpoint_not_compared", DISTRIBUTED, "after_checkpoint_commit_before_ack"),
    MutantRun("gap_not_noticed", DISTRIBUTED, "delivery_dropped"),
    MutantRun("event_committed_before_state", DISTRIBUTED, "before_commit"),
    MutantRun("event_committed_after_state", DISTRIBUTED, "before_commit"),
    MutantRun("reply_not_looked_up", DISTRIBUTED, "after_commit_before_reply"),
    MutantRun("job_step_committed_alone", DISTRIBUTED, "after_job_step_before_commit"),
    MutantRun("reply_key_not_unique", DISTRIBUTED, "same_key_clicked_20_times", quick=True),
    MutantRun("natural_key_not_unique", DISTRIBUTED, "same_person_clicked_20_times"),
    MutantRun("position_not_unique", DISTRIBUTED, "sigkill_source"),
    MutantRun("acknowledged_before_commit", DISTRIBUTED, "after_apply_before_checkpoint_commit"),
    MutantRun("marked_before_confirmed", DISTRIBUTED, "after_numbering_before_publish"),
)
