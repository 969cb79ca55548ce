"""What the figures were measured on: they mean little without it."""

import os
import platform
import statistics
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from largesse import __version__

FSYNCS = 50
REST_S = 8.0
"""Before each round: hosts lend a machine more processor for some seconds than for minutes, and none should pay for the
one before."""
_BLOCK = b"\0" * 8192


def machine(url: str) -> dict[str, Any]:
    """Processor, memory, disk and versions, of this machine and of the server at `url`."""
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'),"
            " current_setting('data_directory')"
        ).fetchone()
    assert row is not None
    version, fsync, folder = row
    return {
        **stamp(),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "fsync": fsync,
        "fsync_ms": round(fsync_ms(Path(folder).parent), 3),
        "postgres": version,
        "python": platform.python_version(),
        "largesse": __version__,
    }


def stamp() -> dict[str, str]:
    """When, and of which source tree."""
    return {"date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit()}


def fsync_ms(folder: Path) -> float:
    """The median time of writing 8 KiB and syncing it, as a commit does, in the folder of the data."""
    path = folder / "fsync-test"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    times_ms = []
    try:
        for _ in range(FSYNCS):
            started = time.perf_counter()
            os.pwrite(handle, _BLOCK, 0)
            os.fdatasync(handle)
            times_ms.append((time.perf_counter() - started) * 1000)
    finally:
        os.close(handle)
        path.unlink()
    return statistics.median(times_ms)


def processor_ticks() -> tuple[int, int]:
    """Ticks of all cores since the machine started: those it worked, and those its host gave to others instead."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, soft_irq, stolen = (int(field) for field in fields[:8])
    return user + nice + system + irq + soft_irq, stolen


def stolen_percent(before: tuple[int, int], after: tuple[int, int]) -> int:
    """How much of the processor time that was wanted the machine did not get."""
    worked, stolen = after[0] - before[0], after[1] - before[1]
    return round(100 * stolen / max(1, worked + stolen))


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    """The commit of the source tree, with a `+` when files differ from it."""
    root = Path(__file__).resolve().parent.parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],  # noqa: S607
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip()
