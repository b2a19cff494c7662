"""Runs the faults on both kinds of office, then the mutants, and writes what came of it."""

import itertools
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.faults import (
    EMBEDDED_FAULTS,
    NotReached,
    Office,
    Strike,
    Trial,
    distributed_faults,
    run_trial,
)
from tests.chaos.platforms import Platform, Servers, distributed, embedded, wait_until_serving
from tests.support.server_process import FOLDERS

EMBEDDED, DISTRIBUTED = "embedded", "rabbitmq+postgresql"
START_SECONDS = 90.0
TRIALS, MUTANT_TRIALS = 3, 12

MUTANTS = (
    (EMBEDDED, "checkpoint_not_compared", "after_publish_before_cursor"),
    (EMBEDDED, "event_committed_after_state", "before_commit"),
    (EMBEDDED, "reply_not_looked_up", "after_commit_before_reply"),
    (DISTRIBUTED, "checkpoint_not_compared", "after_checkpoint_commit_before_ack"),
    (DISTRIBUTED, "event_committed_before_state", "before_commit"),
    (DISTRIBUTED, "reply_not_looked_up", "after_commit_before_reply"),
)
"""Where each mutant runs, and under which fault it must be noticed."""

QUICK = {
    EMBEDDED: (
        "after_commit_before_reply",
        "after_publish_before_cursor",
        "after_apply_before_checkpoint_commit",
    ),
    DISTRIBUTED: ("sigkill_at_random", "postgresql_kill"),
}
QUICK_MUTANTS = MUTANTS[:3]


@dataclass
class Result:
    """The trials of one fault on one engine."""

    fault: str
    engine: str
    trials: list[Trial] = field(default_factory=list)
    not_reached: int = 0

    @property
    def failed(self) -> bool:
        return bool(self.not_reached) or any(trial.failed for trial in self.trials)

    @property
    def harm(self) -> int:
        """What the invariants counted, without slowness."""
        return sum(trial.damage.lost + trial.damage.twice for trial in self.trials)

    def as_dict(self) -> dict[str, Any]:
        times = [trial.recovered_seconds for trial in self.trials if trial.recovered_seconds is not None]
        return {
            "fault": self.fault,
            "engine": self.engine,
            "trials": len(self.trials),
            "lost": sum(trial.damage.lost for trial in self.trials),
            "twice": sum(trial.damage.twice for trial in self.trials),
            "disordered": sum(trial.damage.disordered for trial in self.trials),
            "contradicted": sum(trial.damage.contradicted for trial in self.trials),
            "not_recovered": sum(trial.recovered_seconds is None for trial in self.trials),
            "not_reached": self.not_reached,
            "recovered_seconds_max": max(times, default=None),
            "unplanned_deaths": sum(trial.unplanned_deaths for trial in self.trials),
            "commands": sum(trial.commands for trial in self.trials),
            "sent_again": sum(trial.sent_again for trial in self.trials),
            "seeds": [trial.seed for trial in self.trials],
        }


class Suite:
    """One run: ``trials`` of each fault from ``seed`` on; ``only`` keeps those whose name holds it."""

    def __init__(self, seed: int, trials: int | None, quick: bool, only: str) -> None:
        self._seed = seed
        self._trials = trials or (1 if quick else TRIALS)
        self._quick = quick
        self._only = only
        self._servers = Servers()
        self._folders = itertools.count(1)

    def run(self, out: Path) -> int:
        """Run it all; the exit code."""
        started = time.monotonic()
        print(f"chaos: seed {self._seed}, {self._trials} trials of each fault", flush=True)
        prefix = f"canlian-{os.getpid()}-chaos-"  # swept up by a later run when this one is killed
        with tempfile.TemporaryDirectory(prefix=prefix, dir=FOLDERS) as folder:
            self._folder = Path(folder)
            try:
                results = [*self._faults(EMBEDDED), *self._faults(DISTRIBUTED)]
                mutants = [self._mutant(*mutant) for mutant in self._mutants()]
            finally:
                self._servers.close()
        return self._report(out, results, mutants, time.monotonic() - started)

    def _report(
        self, out: Path, results: list[Result], mutants: list[tuple[str, bool]], seconds: float
    ) -> int:
        caught = [name for name, noticed in mutants if noticed]
        missed = [name for name, noticed in mutants if not noticed]
        report = {
            "seed": self._seed,
            "seconds": round(seconds, 1),
            "faults": [result.as_dict() for result in results],
            "mutants": {
                "total": len(mutants),
                "caught": len(caught),
                "names": caught + missed,
                "missed": missed,
            },
        }
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(report, indent=1) + "\n")
        bad = [f"{result.engine} {result.fault}" for result in results if result.failed]
        good = not bad and not missed
        trials = sum(len(result.trials) for result in results)
        print(
            f"chaos: {trials} trials, harm under {bad or 'no fault'}, {len(caught)} of {len(mutants)} mutants"
            f" caught, {seconds:.0f} s, seed {self._seed}: {'passed' if good else 'FAILED'}"
        )
        return 0 if good else 1

    def _faults(self, engine: str) -> Iterator[Result]:
        names = [
            name
            for name in (EMBEDDED_FAULTS if engine == EMBEDDED else distributed_faults(self._servers))
            if (not self._quick or name in QUICK[engine]) and self._only in f"{engine} {name}"
        ]
        results = [Result(name, engine) for name in names]
        waiting = [(result, self._seed + number) for result in results for number in range(self._trials)]
        while waiting:
            with self._office(engine) as office:
                while waiting and self._one(office, *waiting.pop(0)):
                    pass
        yield from results

    def _mutants(self) -> list[tuple[str, str, str]]:
        chosen = QUICK_MUTANTS if self._quick else MUTANTS
        return [mutant for mutant in chosen if self._only in f"{mutant[0]} {mutant[1]}"]

    def _mutant(self, engine: str, mutant: str, fault: str) -> tuple[str, bool]:
        """Whether some trial of the fault notices the mutant."""
        result = Result(fault, engine)
        with self._office(engine, mutant) as office:
            for number in range(MUTANT_TRIALS):
                if not self._one(office, result, self._seed + number, quiet=True) or result.harm:
                    break
        name = f"{engine}: {mutant}"
        noticed = "caught" if result.harm else "MISSED"
        cases = [case for trial in result.trials for case in trial.damage.cases]
        count = len(result.trials)
        print(
            f"mutant {name:55} {noticed} in {count} trials of {fault}: {'; '.join(cases)[:120]}", flush=True
        )
        return name, bool(result.harm)

    def _one(self, office: Office, result: Result, seed: int, quiet: bool = False) -> bool:
        """One trial; whether the office is still good for another."""
        name = f"{result.engine} {result.fault}"
        try:
            trial = run_trial(office, self._strike(result), seed, name)
        except NotReached as error:
            result.not_reached += 1
            print(f"{name:60} seed {seed:7} NOT REACHED: {error}", flush=True)
            return False
        result.trials.append(trial)
        if not quiet:
            self._tell(name, trial, office.platform)
        return not trial.failed

    def _tell(self, name: str, trial: Trial, platform: Platform) -> None:
        slow = trial.recovered_seconds is None
        recovered = "NOT RECOVERED" if slow else f"recovered in {trial.recovered_seconds:5.2f} s"
        ended = f", {trial.unplanned_deaths} processes ended by themselves" if trial.unplanned_deaths else ""
        print(f"{name:60} seed {trial.seed:7} {recovered}, {trial.commands} commands{ended}", flush=True)
        for case in trial.damage.cases:
            print(f"    DAMAGE {case}", flush=True)
        if slow:
            print(platform.logs(), flush=True)

    def _strike(self, result: Result) -> Strike:
        faults = EMBEDDED_FAULTS if result.engine == EMBEDDED else distributed_faults(self._servers)
        return faults[result.fault]

    @contextmanager
    def _office(self, engine: str, mutant: str = "") -> Iterator[Office]:
        """A new office with empty databases."""
        folder = self._folder / str(next(self._folders))
        opened: AbstractContextManager[Platform]
        if engine == EMBEDDED:
            opened = embedded(folder, mutant)
        else:
            self._servers.start()
            opened = distributed(folder, self._servers, mutant)
        with opened as platform:
            wait_until_serving(platform, START_SECONDS)
            yield Office(platform)
