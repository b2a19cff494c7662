"""What is asked of a rebuild, and what it answers."""

from dataclasses import dataclass

from chassis.rebuilding.comparing import Difference


@dataclass(frozen=True)
class Order:
    """What is wanted, by whom and why. restart: use nothing of an earlier attempt."""

    by: str
    reason: str
    check_only: bool = False
    restart: bool = False


@dataclass(frozen=True)
class Outcome:
    """What was found and done. conflicts: sources whose log no longer holds what the live copy applied.

    positions: '<source>/<epoch>' to the position compared at. hashes: table to the SHA-256 of what the live
    table held and of what the rebuilt one holds. parked: events that the rebuilt copy could not apply.
    """

    positions: dict[str, int]
    conflicts: list[str]
    differences: list[Difference]
    hashes: dict[str, tuple[str, str]]
    parked: int
    switched: bool

    @property
    def equal(self) -> bool:
        """Whether the live copy is what its sources' logs say."""
        return not self.conflicts and not self.differences
