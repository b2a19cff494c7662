"""`python -m tests`: every folder of tests in its own pytest process, all on one PostgreSQL and RabbitMQ.

Own processes, because tests/broker and tests/e2e let eventlet patch the standard library, which nothing
else may see; two at a time, the long ones first. A new folder needs no entry anywhere. Arguments go to
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
AT_A_TIME = 2
LONG = ("e2e", "services", "database", "broker")


def main(arguments: list[str]) -> int:
    folders = sorted(
        (folder for folder in FOLDER.iterdir() if any(folder.rglob("test_*.py"))),
        key=lambda folder: (LONG.index(folder.name) if folder.name in LONG else len(LONG), folder.name),
    )
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        shared = {
            "TEST_DATABASE_URL": pg.url(),
            "TEST_AMQP_URL": mq.url(),
            "TEST_AMQP_EVAL": shlex.join(mq.evaluate),
        }
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            ended = pool.map(lambda folder: run_pytest(folder, arguments, shared), folders)
            codes = dict(zip((folder.name for folder in folders), ended, strict=True))
    # A choice of tests (-m, -k) may leave a folder without any; a plain run may not.
    good = {pytest.ExitCode.OK} | ({pytest.ExitCode.NO_TESTS_COLLECTED} if arguments else set())
    failed = [name for name, code in codes.items() if code not in good]
    print("\ntest folders:", len(codes) - len(failed), "passed,", len(failed), "failed", *failed)
    return 1 if failed or not folders else 0


def run_pytest(folder: Path, arguments: list[str], environment: dict[str, str]) -> int:
    """Run one folder and print all it said at its end, so that two folders' words do not mix."""
    command = [sys.executable, "-m", "pytest", str(folder.relative_to(FOLDER.parent)), *arguments]
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
