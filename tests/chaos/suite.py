"""Runs the faults on every kind of office, then the mutants, then the soak, and reports."""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.chaos.catalogue import EMBEDDED, ENGINES, FAULTS, LINKED, MUTANT_RUNS, TIERS, MutantRun
from tests.chaos.platforms import Platform, distributed, embedded, wait_until_serving
from tests.chaos.processes import Nursery
from tests.chaos.report import Report, Result
from tests.chaos.servers import Servers
from tests.chaos.soak import soak
from tests.chaos.trial import NotReached, Office, Trial, run_trial
from tests.support.server_process import FOLDERS

START_SECONDS = 90.0
OFFICE_TRIALS = 60
"""Trials on one office: every look at the databases reads all that was done on it."""
MUTANT_PATIENCE = 8.0
"""Seconds; what a mutant lost does not come, however long one waits."""


class Suite:
    """One run of a tier from a seed on.

    trials: of each fault, instead of the tier's own. only: keeps those whose title holds one of them.
    soak_minutes: of load at the end; 0 for none.
    """

    def __init__(
        self, tier: str, seed: int, trials: int | None, only: Sequence[str] = (), soak_minutes: float = 0.0
    ) -> None:
        self._tier = TIERS.index(tier)
        self._trials = trials
        self._only = only
        self._soak_minutes = soak_minutes
        self._report = Report(tier, seed)
        self._seed = seed
        self._servers = Servers()
        self._folders = itertools.count(1)

    def run(self, out: Path) -> int:
        """Run it all; the exit code."""
        started = time.monotonic()
        print(f"chaos: tier {self._report.tier}, seed {self._seed}", flush=True)
        prefix = f"canlian-{os.getpid()}-chaos-"  # swept up by a later run when this one is killed
        with tempfile.TemporaryDirectory(prefix=prefix, dir=FOLDERS) as folder, Nursery() as self._nursery:
            self._folder = Path(folder)
            try:
                for engine in ENGINES:
                    self._faults(engine)
                for mutant in self._mutants():
                    self._mutant(mutant)
                if self._soak_minutes:
                    self._soak()
            finally:
                self._servers.close()
        self._report.seconds = time.monotonic() - started
        self._report.write(out)
        print(self._report.summary())
        return 1 if self._report.problems else 0

    def _faults(self, engine: str) -> None:
        results = [
            (Result(fault), self._trials or fault.trials[self._tier])
            for fault in FAULTS
            if fault.engine == engine and self._chosen(fault.title)
        ]
        waiting = [(result, number) for result, count in results for number in range(count)]
        while waiting:
            with self._office(engine) as office:
                for _ in range(OFFICE_TRIALS):
                    result, number = waiting.pop(0)
                    good = self._one(office, result, self._seed + number)
                    if not waiting or waiting[0][0] is not result:
                        print(result.line(), flush=True)
                        self._report.results.append(result)
                    if not good or not waiting:
                        break

    def _chosen(self, title: str) -> bool:
        return not self._only or any(part in title for part in self._only)

    def _mutants(self) -> list[MutantRun]:
        quick = self._tier == TIERS.index("quick")
        return [
            run
            for run in MUTANT_RUNS
            if (run.quick or not quick) and self._chosen(f"mutant {run.engine} {run.mutant}")
        ]

    def _mutant(self, run: MutantRun) -> None:
        """Try until some trial of the fault notices the mutant."""
        fault = next(fault for fault in FAULTS if (fault.name, fault.engine) == (run.fault, run.engine))
        result = Result(fault)
        with self._office(run.engine, run.mutant) as office:
            for number in range(run.trials):
                if not self._one(office, result, self._seed + number, MUTANT_PATIENCE) or result.harm:
                    break
        self._report.mutants.append((run, result))
        noticed = f"caught in {len(result.trials)} trials" if result.harm else "MISSED"
        cases = "; ".join(case for trial in result.trials for case in trial.damage.cases)
        print(f"mutant {run.engine} {run.mutant}: {noticed} of {run.fault}: {cases[:100]}", flush=True)

    def _one(self, office: Office, result: Result, seed: int, patience: float | None = None) -> bool:
        """One trial; whether the office is still good for another."""
        fault = result.fault
        try:
            trial = run_trial(office, fault.strike, seed, fault.title, patience or fault.recovery_seconds)
        except NotReached as error:
            result.not_reached += 1
            print(f"{fault.title} seed {seed} NOT REACHED: {error}", flush=True)
            return False
        result.trials.append(trial)
        if trial.failed and patience is None:
            self._tell(fault.title, trial, office.platform)
        return not trial.failed

    def _tell(self, title: str, trial: Trial, platform: Platform) -> None:
        """All about a trial that did harm."""
        recovered = "NOT RECOVERED" if trial.recovered_seconds is None else f"{trial.recovered_seconds} s"
        print(f"{title} seed {trial.seed}: {recovered}, {trial.unplanned_deaths} ended by themselves")
        for case in trial.damage.cases:
            print(f"    DAMAGE {case}")
        print(platform.logs(), flush=True)

    def _soak(self) -> None:
        with self._office(ENGINES[1]) as office:
            self._report.soak = soak(office, self._soak_minutes * 60, self._seed)

    @contextmanager
    def _office(self, engine: str, mutant: str = "") -> Iterator[Office]:
        """A new office with empty databases."""
        folder = self._folder / str(next(self._folders))
        opened: AbstractContextManager[Platform]
        if engine == EMBEDDED:
            opened = embedded(self._nursery, folder, mutant)
        else:
            opened = distributed(self._nursery, folder, self._servers, mutant, linked=engine == LINKED)
        with opened as platform:
            wait_until_serving(platform, START_SECONDS)
            yield Office(platform)
