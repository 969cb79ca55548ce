"""The process of a PostgreSQL server: started through its warden, and recognised again."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from largesse import postgres_warden
from largesse.postgres_binaries import unprivileged


def start_warden(command: Sequence[str], log_path: Path) -> subprocess.Popen[bytes]:
    """Starts the server's warden, which ends with it. Its standard input is how we ask for that."""
    somebody = unprivileged()
    uid = somebody.get("user", postgres_warden.NOBODY_ELSE)
    gid = somebody.get("group", postgres_warden.NOBODY_ELSE)
    with log_path.open("ab") as log:
        # A session of its own: Ctrl-C must reach us first, so that requests in flight can finish.
        return subprocess.Popen(  # noqa: S603 - our own binary and arguments
            [sys.executable, "-I", "-S", postgres_warden.__file__, str(uid), str(gid), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            bufsize=0,
            cwd="/",
            env=somebody["env"],
            start_new_session=True,
        )


def postmaster_pid(pgdata: Path) -> int | None:
    try:
        return int((pgdata / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return None


def is_postgres_on(pid: int, pgdata: Path) -> bool:
    """A live process that really is a PostgreSQL on this folder, not a later owner of the number."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(pgdata) in arguments and b"postgres" in arguments[0]
