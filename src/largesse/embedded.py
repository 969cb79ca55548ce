"""The embedded PostgreSQL: the wheel's binaries run on a data folder of ours, over a Unix socket.

The folder has one owner at a time (a lock the kernel drops when the owner dies). PostgreSQL refuses to run as
root, so under root it runs as `nobody`. Between the owner and the server stands a warden: a killed owner's server
ends too. Who starts while it still ends, stops it and starts afresh.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg

from largesse import postgres_warden
from largesse.database_errors import told_in_a_line
from largesse.db import Database
from largesse.errors import AppError
from largesse.migrate import assert_newest, schema_number
from largesse.postgres_binaries import (
    ROOT_HOME,
    EmbeddedFailed,
    bin_dir,
    reachable_by_others,
    short_hash,
    unprivileged,
)
from largesse.postgres_process import is_postgres_on, postmaster_pid, start_warden
from largesse.settings import Settings, read_settings

_T = TypeVar("_T")
_SOCKET_PATH_BYTES_MAX = 100
_START_TIMEOUT_S = 30.0
_RECOVERY_TIMEOUT_S = 600.0
"""After a crash it first replays what it had written down (up to `max_wal_size`): at a start that is waited for."""
_STOP_TIMEOUT_S = 70.0
"""By then a warden has ended its server, whatever it takes: of an owner that is killed too."""
_SERVER_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",  # statements carry personal data
}


class DataDirBusy(AppError):
    """Another Largesse server is using this data folder."""

    code = "data_dir_busy"


class EmbeddedPostgres:
    """One PostgreSQL on one data folder. `start` owns the folder until `stop`."""

    def __init__(self, data_dir: Path, *, durable: bool = True, connections_max: int = 100) -> None:
        """`durable=False` (tests) skips fsync: survives a killed process, not a power cut."""
        self._durable = durable
        self._connections_max = connections_max
        self._lock_path = data_dir / "lock"
        self._data_dir = data_dir
        self._lock_file: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _home(self) -> Path:
        """Where the server's files lie: beside the lock, unless root must run it as somebody who cannot get there."""
        if os.geteuid() != 0 or reachable_by_others(self._data_dir):
            return self._data_dir
        return ROOT_HOME / short_hash(self._data_dir)

    @property
    def pgdata(self) -> Path:
        """PostgreSQL's own folder."""
        return self._home / "postgres"

    @property
    def url(self) -> str:
        """Connection string over the socket."""
        return f"host={_socket_dir(self._home)} user=largesse dbname=largesse"

    def start(self) -> None:
        """Take the folder, make the database when there is none, start the server, wait until it answers."""
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._stop_orphan()
            if not (self.pgdata / "PG_VERSION").exists():
                self._create()
            self._spawn(_RECOVERY_TIMEOUT_S)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server (fast shutdown) and give the folder back."""
        if self._process is not None:
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(postgres_warden.STOP)
            try:
                self._process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._bury()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def restart_if_dead(self) -> bool:
        """Start the server again when it died under us; true when that was needed.

        Raises EmbeddedFailed or OSError when that does not work; the next call tries again.
        """
        if self._process is None or self._process.poll() is None:
            return False
        self._stop_orphan()  # it may have been the warden that died
        self._spawn(_START_TIMEOUT_S)
        return True

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return postmaster_pid(self.pgdata) if self._process is not None else None

    def _bury(self) -> None:
        """The warden has ended, or is about to."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._process = None

    def _take_lock(self) -> None:
        lock_file = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(lock_file, 32).decode() or "unknown"
            os.close(lock_file)
            raise DataDirBusy(
                f"The data folder {self._data_dir} is in use by another Largesse server (process {owner}). "
                "Stop that one, or set LARGESSE_DATA_DIR to another folder."
            ) from None
        os.ftruncate(lock_file, 0)
        os.write(lock_file, str(os.getpid()).encode())
        self._lock_file = lock_file

    def _stop_orphan(self) -> None:
        """A killed owner's server may still be ending; we hold the lock, so it is ours to stop."""
        pid = postmaster_pid(self.pgdata)
        if pid is None or not is_postgres_on(pid, self.pgdata):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        while is_postgres_on(pid, self.pgdata):
            if time.monotonic() > deadline:
                raise EmbeddedFailed(f"An earlier PostgreSQL (process {pid}) does not stop.")
            time.sleep(0.05)

    def _create(self) -> None:
        """initdb into a folder beside, then rename: a start killed half-way leaves nothing half-made."""
        self._home.mkdir(parents=True, exist_ok=True)
        fresh = self.pgdata.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.pgdata, ignore_errors=True)
        _make_private(fresh)
        command = [
            *(str(bin_dir() / "initdb"), "-D", str(fresh), "-U", "largesse", "--auth=trust"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
            *(() if self._durable else ("--no-sync",)),
        ]
        done = subprocess.run(  # noqa: S603 - our own binary and arguments
            command, capture_output=True, text=True, check=False, cwd="/", **unprivileged()
        )
        if done.returncode != 0:
            raise EmbeddedFailed(f"initdb failed: {done.stderr.strip()[-500:]}")
        fresh.rename(self.pgdata)

    def _spawn(self, patience_s: float) -> None:
        """Waits that long for a server that runs to answer, and tries for a while when it ends at once."""
        socket_dir = _socket_dir(self._home)
        _make_private(socket_dir)
        options = _SERVER_OPTIONS | {"max_connections": str(self._connections_max)}
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        command = [str(bin_dir() / "postgres"), "-D", str(self.pgdata), "-k", str(socket_dir)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        began_s = time.monotonic()
        while True:
            if self._process is not None:
                self._bury()
            self._process = start_warden(command, self._home / "postgres.log")
            if self._wait_until_ready(began_s + patience_s):
                return
            if time.monotonic() > began_s + _START_TIMEOUT_S:
                tail = (self._home / "postgres.log").read_text(errors="replace")[-500:]
                raise EmbeddedFailed(f"PostgreSQL did not start; its log ends with: {tail.strip()}")
            time.sleep(0.3)  # a killed predecessor's memory may still be in use: try again

    def _wait_until_ready(self, deadline: float) -> bool:
        """True once it answers and the database exists; false when the process ended, or at the deadline."""
        maintenance = self.url.replace("dbname=largesse", "dbname=postgres")
        assert self._process is not None
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with psycopg.connect(maintenance, autocommit=True, connect_timeout=2) as conn:
                    found = conn.execute("SELECT 1 FROM pg_database WHERE datname = 'largesse'")
                    if found.fetchone() is None:
                        conn.execute("CREATE DATABASE largesse")
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False


@contextmanager
def resolve_database_url(settings: Settings, *, any_schema: bool = False) -> Iterator[str]:
    """The database the settings name. The embedded server is used where it runs, else started for this block.

    Within the block a database that is away is told of in one line. `any_schema`: also one that this version cannot
    work with; else raises SchemaUnknown or SchemaOutdated.
    """
    with _running(settings) as url, told_in_a_line(url):
        found = schema_number(url)
        if not any_schema:
            assert_newest(found)
        yield url


@contextmanager
def _running(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    embedded = EmbeddedPostgres(settings.data_dir)
    if not embedded.pgdata.exists():
        raise EmbeddedFailed(
            f"There is no data in {settings.data_dir}. Start the server first (`make run`), or name the folder with "
            "LARGESSE_DATA_DIR."
        )
    try:
        with psycopg.connect(embedded.url, connect_timeout=2):
            pass
    except psycopg.OperationalError:
        embedded.start()
    try:
        yield embedded.url
    finally:
        embedded.stop()


def run_on_database(work: Callable[[Database], Awaitable[_T]]) -> _T:
    """What a command does on the database of the settings, with a small pool of its own."""

    async def run(url: str) -> _T:
        db = Database(url, size_max=2)
        await db.open()
        try:
            return await work(db)
        finally:
            await db.close()

    with resolve_database_url(read_settings()) as url:
        return asyncio.run(run(url))


def _make_private(folder: Path) -> None:
    """An existing or new folder that only the server's user (and root) may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = os.stat(folder).st_uid
    server_uid = unprivileged().get("user", os.geteuid())
    if os.geteuid() == 0:
        os.chown(folder, server_uid, unprivileged()["group"])
    elif owner != server_uid:
        raise EmbeddedFailed(f"The folder {folder} belongs to another user.")
    folder.chmod(0o700)


def _socket_dir(home: Path) -> Path:
    """Beside the data, or a short path when that would be too long for a socket."""
    beside = home / "run"
    if len(os.fsencode(beside)) <= _SOCKET_PATH_BYTES_MAX:
        return beside
    return Path(tempfile.gettempdir()) / f"largesse-{os.geteuid()}-{short_hash(home)}"
