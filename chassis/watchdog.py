"""Ends a process in which something does not come back.

A green thread cannot be made to return from every call, and the hub itself may stand still. So a real thread
watches, and whoever supervises the process starts it again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventlet.patcher import original

EXIT_CODE = 1
STANDARD_ERROR = 2
# Now, for a signal handler may be the first to ask for a timer, and cannot import.
_threading = original("threading")
_select = original("select")


def end_process_in(seconds: float, what: str) -> Any:
    """End the process after ``seconds``, unless the timer that is returned is cancelled before."""
    timer = _threading.Timer(seconds, _end, args=(what,))
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """End the process if the block takes longer."""
    timer = end_process_in(seconds, what)
    try:
        yield
    finally:
        timer.cancel()


def _end(what: str) -> None:
    # Not by the logger: its locks are green, and this thread is not. And not if nobody reads: that may be the
    # very thing that holds the process.
    if _select.select([], [STANDARD_ERROR], [], 0)[1]:
        line = f'{{"event": "process_ended", "level": "error", "reason": "{what}"}}\n'
        os.write(STANDARD_ERROR, line.encode())
    os._exit(EXIT_CODE)
