"""`python -m tests.chaos`: the chaos suite. Its figures go to out/chaos.json; exit code 1 when a rule broke.

`--quick` makes a few trials of the main faults in a minute. `--seed 7 --trials 30` makes trials with the
seeds 7 to 36 of each fault; `--seed 7 --trials 1 --only "embedded before_commit"` makes one of them again.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402 - after the patching, as everything
import logging  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from tests.chaos.suite import Suite  # noqa: E402

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill, restart, and count.")
    parser.add_argument("--seed", type=int, help="seed of each fault's first trial; by chance when absent")
    parser.add_argument("--trials", type=int, help="trials of each fault")
    parser.add_argument("--quick", action="store_true", help="a few trials of the main faults")
    parser.add_argument("--only", default="", help='only what "<engine> <fault or mutant>" contains')
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "chaos.json")
    options = parser.parse_args()
    # The client's calls before the first start reach no queue, which amqp remarks on.
    logging.getLogger("amqp").setLevel(logging.ERROR)
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    return Suite(seed, options.trials, options.quick, options.only).run(options.out)


if __name__ == "__main__":
    sys.exit(main())
