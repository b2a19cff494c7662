"""`python -m tests`: every folder of tests in its own pytest process, all on one PostgreSQL and RabbitMQ.

Own processes, because tests/broker and tests/e2e let eventlet patch the standard library, which nothing
else may see; three at a time, for some wait more than they compute, and the long ones first. The services'
tests are most of all: each service is one process. A new folder needs no entry anywhere. Arguments go to
pytest: `python -m tests -m system`.
"""

import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import servers

FOLDER = Path(__file__).parent
AT_A_TIME = 3
LONG = ("services/subsidy", "e2e", "services/registry", "database", "broker")
PARTED = "services"


def main(arguments: list[str]) -> int:
    parts = sorted(set(_parts()), key=lambda part: (LONG.index(part) if part in LONG else len(LONG), part))
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        shared = {
            "TEST_DATABASE_URL": pg.url(),
            "TEST_AMQP_URL": mq.url(),
            "TEST_AMQP_EVAL": shlex.join(mq.evaluate),
        }
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            ended = pool.map(lambda part: run_pytest(part, arguments, shared), parts)
            codes = dict(zip(parts, ended, strict=True))
    # A choice of tests (-m, -k) may leave a folder without any; a plain run may not.
    good = {pytest.ExitCode.OK} | ({pytest.ExitCode.NO_TESTS_COLLECTED} if arguments else set())
    failed = [name for name, code in codes.items() if code not in good]
    print("\ntest folders:", len(codes) - len(failed), "passed,", len(failed), "failed", *failed)
    return 1 if failed or not parts else 0


def _parts() -> list[str]:
    """What runs in a process of its own, as paths below this folder."""
    tested = {path.relative_to(FOLDER) for path in FOLDER.rglob("test_*.py")}
    return ["/".join(path.parts[: 2 if path.parts[0] == PARTED else 1]) for path in tested]


def run_pytest(part: str, arguments: list[str], environment: dict[str, str]) -> int:
    """Run one part and print all it said at its end, so that the words of several do not mix."""
    command = [sys.executable, "-m", "pytest", f"{FOLDER.name}/{part}", *arguments]
    done = subprocess.run(
        command,
        cwd=FOLDER.parent,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    print(f"\n$ {shlex.join(command[1:])}\n{done.stdout}", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
