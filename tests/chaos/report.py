"""What a run came to, fault by fault, as figures for out/chaos.json."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.catalogue import Fault, MutantRun
from tests.chaos.invariants import RULES
from tests.chaos.trial import Trial


@dataclass
class Result:
    """The trials of one fault."""

    fault: Fault
    trials: list[Trial] = field(default_factory=list)
    not_reached: int = 0

    @property
    def failed(self) -> bool:
        return bool(self.not_reached) or any(trial.failed for trial in self.trials)

    @property
    def harm(self) -> int:
        """How often a rule was broken, slowness apart."""
        return sum(trial.damage.counts.total() for trial in self.trials)

    @property
    def recovered_seconds_max(self) -> float | None:
        times = [trial.recovered_seconds for trial in self.trials if trial.recovered_seconds is not None]
        return max(times, default=None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "fault": self.fault.name,
            "engine": self.fault.engine,
            "trials": len(self.trials),
            **{rule: sum(trial.damage.counts[rule] for trial in self.trials) for rule in RULES},
            "not_recovered": sum(trial.recovered_seconds is None for trial in self.trials),
            "not_reached": self.not_reached,
            "recovered_seconds_max": self.recovered_seconds_max,
            "recovery_seconds": self.fault.recovery_seconds,
            "unplanned_deaths": sum(trial.unplanned_deaths for trial in self.trials),
            "commands": sum(trial.commands for trial in self.trials),
            "sent_again": sum(trial.sent_again for trial in self.trials),
            "seeds": [trial.seed for trial in self.trials],
        }

    def line(self) -> str:
        """The same for people, on one line."""
        seconds = self.recovered_seconds_max
        recovered = "never" if seconds is None else f"{seconds:.1f} s"
        return (
            f"{self.fault.title:66} {len(self.trials):4} trials, {self.harm} harmed,"
            f" recovered in at most {recovered} of {self.fault.recovery_seconds:g} s"
        )


@dataclass
class Report:
    """One run. soak: ``None`` when there was none."""

    tier: str
    seed: int
    results: list[Result] = field(default_factory=list)
    mutants: list[tuple[MutantRun, Result]] = field(default_factory=list)
    soak: dict[str, Any] | None = None
    seconds: float = 0.0

    @property
    def problems(self) -> list[str]:
        """What makes the run a failure."""
        harmed = [result.fault.title for result in self.results if result.failed]
        steep = self.soak["broken"] if self.soak else []
        return [*harmed, *(f"mutant missed: {name}" for name in self._names(caught=False)), *steep]

    def write(self, out: Path) -> None:
        """As JSON."""
        caught, missed = self._names(caught=True), self._names(caught=False)
        document = {
            "tier": self.tier,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "faults": [result.as_dict() for result in self.results],
            "mutants": {
                "total": len(self.mutants),
                "caught": len(caught),
                "names": caught + missed,
                "missed": missed,
            },
            "soak": self.soak,
        }
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(document, indent=1) + "\n")

    def summary(self) -> str:
        trials = sum(len(result.trials) for result in self.results)
        caught = len(self._names(caught=True))
        return (
            f"chaos: {trials} trials of {len(self.results)} faults, harm: {self.problems or 'none'},"
            f" {caught} of {len(self.mutants)} mutants caught, {self.seconds:.0f} s, seed {self.seed}:"
            f" {'FAILED' if self.problems else 'passed'}"
        )

    def _names(self, *, caught: bool) -> list[str]:
        return [f"{run.engine}: {run.mutant}" for run, result in self.mutants if bool(result.harm) == caught]
