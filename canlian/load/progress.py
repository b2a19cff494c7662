"""Shows how far a load has come: bars on a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

STEPS = 5
SHORT = 500
"""Up to so many are done in a moment; lines then tell the end alone."""


class Step(Protocol):
    """One stretch of work that is being shown."""

    def reached(self, done: int, total: int | None = None) -> None:
        """So much is done; the total may have grown."""
        ...


class Shown(Protocol):
    """Where progress is shown."""

    def step(self, title: str, total: int) -> AbstractContextManager[Step]:
        """Show a stretch of work while the context lasts."""
        ...

    def say(self, text: str) -> None:
        """One line."""
        ...


class _Bar:
    def __init__(self, progress: Progress, title: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=total)

    def reached(self, done: int, total: int | None = None) -> None:
        self._progress.update(self._task, completed=done, total=total)


class _Lines:
    def __init__(self, console: Console, title: str, total: int) -> None:
        self._console = console
        self._title = title
        self._total = total
        self._next = 0.0
        if total > SHORT:
            self.reached(0)

    def reached(self, done: int, total: int | None = None) -> None:
        self._total = self._total if total is None else total
        if done < self._next and done < self._total:
            return
        self._next = done + max(1.0, self._total / STEPS)
        self._console.print(f"{self._title}: {done} of {self._total}", highlight=False, soft_wrap=True)


class OnConsole:
    """Progress on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True, markup=False)

    @contextmanager
    def step(self, title: str, total: int) -> Iterator[Step]:
        if not self._console.is_terminal:
            yield _Lines(self._console, title, total)
            return
        columns = (
            TextColumn("{task.description:<44}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            yield _Bar(progress, title, total)
