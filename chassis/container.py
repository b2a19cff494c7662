"""nameko's container, with only the entrypoints that this process was given a role for."""

from typing import Any

from nameko.containers import ServiceContainer
from nameko.extensions import iter_extensions
from nameko.utils.concurrency import SpawningSet

from chassis.rpc import GuardedRpc
from chassis.runtime import RUNTIMES
from chassis.subscription import Subscription


class RoleContainer(ServiceContainer):
    """Leaves out calls or followed streams, so that the two can run in processes apart."""

    entrypoints: Any

    def __init__(self, service_cls: Any, config: dict[str, Any]) -> None:
        super().__init__(service_cls, config)
        roles = config[RUNTIMES][self.service_name].settings.roles
        kinds = {GuardedRpc: "rpc", Subscription: "follow"}
        self.entrypoints = SpawningSet(
            entrypoint for entrypoint in self.entrypoints if kinds.get(type(entrypoint), "rpc") in roles
        )
        self.subextensions = SpawningSet()
        for extension in self.entrypoints | self.dependencies:
            self.subextensions.update(iter_extensions(extension))
