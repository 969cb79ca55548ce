"""A small process between an owner and its PostgreSQL: it starts the server, and stops it when the owner ends.

`python -I -S postgres_warden.py UID GID COMMAND...`, with a pipe from the owner as standard input. A byte on it asks
for the end. Its own end is the owner's, kill -9 included: nobody else holds the pipe. Nothing is imported but what
comes with Python, so that it starts and stays small. The exit code is the server's, or 1 when a signal ended it.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
import time

STOP = b"s"
"""What the owner writes for an orderly end at once."""
NOBODY_ELSE = -1
"""As UID and GID: the server runs as who we are."""

WHEN_ASKED = ((0.0, signal.SIGINT), (20.0, signal.SIGQUIT), (30.0, signal.SIGKILL))
"""Seconds afterwards, and the signal: sessions are ended in order, then at once, then there is no asking."""
WHEN_LEFT = ((0.0, signal.SIGTERM), (30.0, signal.SIGINT), (50.0, signal.SIGQUIT), (60.0, signal.SIGKILL))  # fmt: skip
"""The owner's other processes, which end with it too, may finish what is under way."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NOT_RUN = 127


def main() -> int:
    """Until the server has ended; its exit code."""
    uid, gid = int(sys.argv[1]), int(sys.argv[2])
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    # Handled, not ignored: what is ignored here the server would ignore too.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    # PostgreSQL takes the number in an old `postmaster.pid` for another server's, unless it is of one of its forebears.
    os.environ["PG_GRANDPARENT_PID"] = str(os.getppid())
    server = os.fork()
    if server == 0:
        _become(sys.argv[3:], uid, gid)
    return _watch(server, woken)


def _become(command: list[str], uid: int, gid: int) -> None:
    """Never returns."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if uid != NOBODY_ELSE:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        _end_with_parent()
        os.execv(command[0], command)  # noqa: S606 - given by our owner
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_NOT_RUN)


def _end_with_parent() -> None:
    """Where Linux offers it: should somebody kill us, the server ends too."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


def _watch(server: int, woken: int) -> int:
    """Send the signals of the end as they fall due, once the owner has asked for it or is gone."""
    owner = 0
    heeded = [woken, owner]
    due: list[tuple[float, signal.Signals]] = []
    while True:
        ended, status = os.waitpid(server, os.WNOHANG)
        if ended:
            return max(os.waitstatus_to_exitcode(status), 0) or int(os.WIFSIGNALED(status))
        while due and time.monotonic() >= due[0][0]:
            os.kill(server, due.pop(0)[1])
        pause_s = max(due[0][0] - time.monotonic(), 0.0) if due else None
        heard, _, _ = select.select(heeded, [], [], pause_s)
        if woken in heard:
            os.read(woken, 512)
        if owner in heard:
            steps = WHEN_ASKED if os.read(owner, 1) == STOP else WHEN_LEFT
            due = [(time.monotonic() + after_s, number) for after_s, number in steps]
            heeded = [woken]


if __name__ == "__main__":
    sys.exit(main())
