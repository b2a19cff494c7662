"""nameko's container, with only the entrypoints that this process was given a role for."""

from collections.abc import Callable
from typing import Any

from nameko.containers import ServiceContainer
from nameko.exceptions import ContainerBeingKilled
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

    @property
    def calls_in_hand(self) -> bool:
        """Whether calls are being served."""
        return bool(self._worker_threads)

    def spawn_call(self, work: Callable[[], None]) -> None:
        """Run a call in the worker pool, waiting for a free worker.

        Like nameko's ``spawn_worker`` without what these services do not use: a service object, hooks and
        timing logs for each call, which cost as much as a small query. What ``work`` raises stops the
        container. Raises ``ContainerBeingKilled``.
        """
        if self._being_killed:
            raise ContainerBeingKilled
        worker = self._worker_pool.spawn(work)
        self._worker_threads[work] = worker
        worker.link(self._handle_worker_thread_exited, work)
