"""Folders for PostgreSQL's files while tests run: in memory where there is room, since no power cut is tested."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only the parent of folders with names of their own
_ROOM_BYTES = 2 * 1024**3
"""All processes of a run together keep less than half of that."""
_AVAILABLE_BYTES = 4 * 1024**3


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A folder that any user may pass (under root PostgreSQL runs as nobody), removed with what is in it."""
    parent = _IN_MEMORY if _fits_in_memory() else None
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def _fits_in_memory() -> bool:
    """A container's /dev/shm is often too small, and macOS has none: then the disk serves."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        available_kb = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        room_bytes = shutil.disk_usage(_IN_MEMORY).free
    except (OSError, StopIteration):
        return False
    return room_bytes >= _ROOM_BYTES and int(available_kb) * 1024 >= _AVAILABLE_BYTES
