"""A source and a sink on real servers, for the comparisons."""

from pathlib import Path

from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings


def settings(folder: Path, broker_url: str, roles: str = "rpc,follow,relay,jobs") -> Settings:
    """The settings of a bench office; keys are made in its folder."""
    Keys.generate(folder / "keys.json")
    TokenKeys.generate(folder / "tokens")
    return Settings(
        office="341524",
        data_dir=folder,
        broker_url=broker_url,
        database_url=f"sqlite:///{folder}/{{service}}.db",
        key_file=folder / "keys.json",
        token_key_dir=folder / "tokens",
        roles=frozenset(roles.split(",")),
    )


def runtime(
    service: type[Service], folder: Path, broker_url: str, database_url: str | None = None
) -> Runtime:
    """A migrated runtime of one service."""
    made = Runtime(service, settings(folder, broker_url), database_url)
    upgrade(service, made.database)
    return made
