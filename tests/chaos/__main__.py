"""`python -m tests.chaos`: the chaos suite. Its figures go to out/chaos.json; exit code 1 when a rule broke.

`--tier quick` makes a trial or two of most faults in a minute and a half. `--seed 7 --trials 30` makes trials
with the seeds 7 to 36 of each fault; `--seed 7 --trials 1 --only "embedded before_commit"` makes one of them
again. `--only none --soak 20` makes a soak alone.
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

from tests.chaos.catalogue import TIERS  # noqa: E402
from tests.chaos.suite import Suite  # noqa: E402

ROOT = Path(__file__).parents[2]
SOAK_MINUTES = {"quick": 0.0, "long": 20.0, "release": 240.0}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill, restart, and count.")
    parser.add_argument("--tier", choices=TIERS, default="long", help="how many trials of each fault")
    parser.add_argument("--seed", type=int, help="seed of each fault's first trial; by chance when absent")
    parser.add_argument("--trials", type=int, help="trials of each fault, instead of the tier's")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        help='only "<engine> <fault>" and "mutant …" that contain one of these',
    )
    parser.add_argument(
        "--soak", type=float, help="minutes of load at the end; 20 by default, without --only"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "chaos.json")
    options = parser.parse_args()
    # The client's calls before the first start reach no queue, which amqp remarks on.
    logging.getLogger("amqp").setLevel(logging.ERROR)
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    soak = options.soak
    if soak is None:
        soak = 0.0 if options.only else SOAK_MINUTES[options.tier]
    return Suite(options.tier, seed, options.trials, options.only, soak).run(options.out)


if __name__ == "__main__":
    sys.exit(main())
