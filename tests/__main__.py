"""`python -m tests`: every folder of tests in its own pytest process, all on one PostgreSQL and RabbitMQ.

Own processes, because tests/broker and tests/e2e let eventlet patch the standard library, which nothing
else may see. A new folder needs no entry anywhere. Arguments go to pytest: `python -m tests -m system`.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import servers

FOLDER = Path(__file__).parent


def main(arguments: list[str]) -> int:
    folders = sorted(folder for folder in FOLDER.iterdir() if any(folder.rglob("test_*.py")))
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        shared = {
            "TEST_DATABASE_URL": pg.url(),
            "TEST_AMQP_URL": mq.url(),
            "TEST_AMQP_EVAL": shlex.join(mq.evaluate),
        }
        codes = {folder.name: run_pytest(folder, arguments, shared) for folder in folders}
    # A choice of tests (-m, -k) may leave a folder without any; a plain run may not.
    good = {pytest.ExitCode.OK} | ({pytest.ExitCode.NO_TESTS_COLLECTED} if arguments else set())
    failed = [name for name, code in codes.items() if code not in good]
    print("\ntest folders:", len(codes) - len(failed), "passed,", len(failed), "failed", *failed)
    return 1 if failed or not folders else 0


def run_pytest(folder: Path, arguments: list[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", str(folder.relative_to(FOLDER.parent)), *arguments]
    print(f"\n$ {shlex.join(command[1:])}", flush=True)
    return subprocess.call(command, cwd=FOLDER.parent, env=os.environ | environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
