"""Deployment tests run as services do, on a patched standard library and on servers that deploy/ set up."""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

import runpy  # noqa: E402 - after the patching, as everything
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

from chassis import inproc  # noqa: E402
from chassis.access import TokenKeys  # noqa: E402
from chassis.sealing import Keys  # noqa: E402
from tests.deploy.office_servers import DEPLOY, OfficePostgres, office_postgres  # noqa: E402

inproc.register()


@pytest.fixture(scope="session")
def secrets_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/make_secrets.py and `canlian keys` make."""
    folder = tmp_path_factory.mktemp("secrets")
    Keys.generate(folder / "keys.json")
    TokenKeys.generate(folder / "tokens")
    assert runpy.run_path(str(DEPLOY / "make_secrets.py"))["main"]([str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def databases(secrets_dir: Path) -> Iterator[OfficePostgres]:
    """A PostgreSQL that deploy/postgres/init.sh has prepared, without tables."""
    with office_postgres(secrets_dir) as server:
        yield server
