"""The process from which all children of the suite are forked: `python -m tests.chaos.nursery SOCKET`.

To import the program takes a second of a processor, to fork it a moment: so a killed process is back at
once, and a trial lasts no longer than its fault. For each line of JSON from the socket a child is forked; a
line goes back for each that began or ended. Nothing here may wake eventlet's hub, which a fork must not
inherit: hence `posix`, which is not patched.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

import ctypes  # noqa: E402 - after the patching, as everything
import json  # noqa: E402
import os  # noqa: E402
import posix  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from eventlet import hubs, patcher  # noqa: E402

from tests.chaos import child  # noqa: E402

LOOK_SECONDS = 0.005
PR_SET_PDEATHSIG = 1


def main(socket: int) -> None:
    """Serve until the other end of the socket is closed."""
    select = patcher.original("select").select
    received = b""
    while True:
        readable, _, _ = select([socket], [], [], LOOK_SECONDS)
        if readable:
            more = posix.read(socket, 1 << 16)
            if not more:
                return
            *lines, received = (received + more).split(b"\n")
            for line in lines:
                _tell(socket, born=_fork(json.loads(line)))
        while ended := _ended():
            _tell(socket, died=ended[0], code=ended[1])


def _tell(socket: int, **fields: int) -> None:
    posix.write(socket, json.dumps(fields).encode() + b"\n")


def _ended() -> tuple[int, int] | None:
    try:
        pid, status = posix.waitpid(-1, posix.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, posix.waitstatus_to_exitcode(status)) if pid else None


def _fork(wanted: dict[str, Any]) -> int:
    pid = posix.fork()
    if not pid:
        _be(wanted)
    return pid


def _be(wanted: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        # As its service manager would: nothing survives the suite.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        log = posix.open(wanted["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream in (1, 2):
            posix.dup2(log, stream)
        os.environ.update(wanted["environment"])
        hubs.use_hub()
        child.run(child.task_of(wanted["task"]))
        code = 0
    except BaseException:  # noqa: BLE001 - this is the child's end, and it must not go on as a nursery
        traceback.print_exc()
    finally:
        posix._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]))
