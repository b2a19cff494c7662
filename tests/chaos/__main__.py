"""`python -m tests.chaos`: the chaos suite. Its figures go to out/chaos.json; exit code 1 when a rule broke.

    python -m tests.chaos --quick                                  a minute, a few trials of the main faults
    python -m tests.chaos --seed 7 --trials 30                     trials with the seeds 7 to 36 of each fault
    python -m tests.chaos --seed 7 --trials 1 --only before_commit one trial again
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402 - after the patching, as everything
import random  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from tests.chaos.suite import Suite  # noqa: E402

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill, restart, and count.")
    parser.add_argument("--seed", type=int, help="seed of each fault's first trial; by chance when absent")
    parser.add_argument("--trials", type=int, help="trials of each fault")
    parser.add_argument("--quick", action="store_true", help="a few trials of the main faults, under a minute")
    parser.add_argument("--only", default="", help="faults and mutants whose name (with the engine) holds this")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "chaos.json")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    return Suite(seed, options.trials, options.quick, options.only).run(options.out)


if __name__ == "__main__":
    sys.exit(main())
