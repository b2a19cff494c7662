"""One process of the office under test: `python -m tests.chaos.child ORDER SERVICES [MUTANT]`.

The settings come from the environment, as for any process of an office.
"""

import sys
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

from chassis.office import Office  # noqa: E402 - after the patching, as everything
from chassis.settings import Settings  # noqa: E402
from tests.chaos import failpoints  # noqa: E402
from tests.chaos.mutants import MUTANTS  # noqa: E402
from tests.chaos.source.service import SourceService  # noqa: E402
from tests.support.sink.service import SinkService  # noqa: E402

SERVICES = {"source": SourceService, "sink": SinkService}


def main(order: str, services: str, mutant: str = "") -> None:
    if mutant:
        MUTANTS[mutant]()
    failpoints.arm(failpoints.Order(Path(order)))
    Office(Settings(), [SERVICES[name] for name in services.split(",")]).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
