"""The garbage collector leaves alone what a process has loaded, and still finds what work leaves behind."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from chassis import memory


class Node:
    """Holds itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_through_again() -> None:
    loaded = Node()
    assert any(each is loaded for each in gc.get_objects())

    memory.settle()

    assert not any(each is loaded for each in gc.get_objects())


def test_what_work_leaves_behind_is_freed() -> None:
    memory.settle()
    left = weakref.ref(Node())

    work: list[list[int]] = [[] for _ in range(2 * memory.NEW_OBJECTS)]

    assert work
    assert left() is None
