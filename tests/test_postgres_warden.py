"""A server ends with its owner, however the owner ends."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from largesse import postgres_warden
from largesse.embedded import EmbeddedPostgres
from largesse.postgres_process import is_postgres_on, start_warden
from tests.scratch import scratch

_OWNER = """
    import time
    from pathlib import Path
    from largesse.embedded import EmbeddedPostgres
    server = EmbeddedPostgres(Path({folder!r}), durable=False)
    server.start()
    print(server.pid, flush=True)
    time.sleep(600)
"""
_SERVER = """
    for name in TERM INT QUIT; do trap "echo $name; exit 3" $name; done
    echo ready
    while :; do sleep 0.05; done
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch("largesse-warden-") as made:
        yield made


@contextlib.contextmanager
def _owner(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A process that owns a server, and the server's id."""
    script = textwrap.dedent(_OWNER.format(folder=str(folder)))
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True
    ) as owner:
        assert owner.stdout is not None
        try:
            yield owner, int(owner.stdout.readline())
        finally:
            owner.kill()


def until_gone(pid: int, pgdata: Path) -> None:
    deadline = time.monotonic() + 90
    while is_postgres_on(pid, pgdata):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("whole_group", [False, True])
def test_a_killed_owner_leaves_no_server(folder: Path, whole_group: bool) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    with _owner(folder) as (owner, pid):
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 7 AS n")
        assert is_postgres_on(pid, server.pgdata)
        (os.killpg if whole_group else os.kill)(owner.pid, signal.SIGKILL)
        until_gone(pid, server.pgdata)
    server.start()
    with psycopg.connect(server.url) as conn:
        assert conn.execute("SELECT n FROM kept").fetchone() == (7,)
    server.stop()


def test_a_server_whose_warden_is_killed_is_started_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    former = server.pid
    assert former is not None
    warden = int(Path(f"/proc/{former}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(warden, signal.SIGKILL)
    until_gone(former, server.pgdata)
    deadline = time.monotonic() + 30
    while not server.restart_if_dead():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert server.pid != former
    with psycopg.connect(server.url) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)
    server.stop()


@pytest.mark.parametrize(
    ("last_words", "signal_name"),
    [(b"", "TERM"), (postgres_warden.STOP, "INT")],
    ids=["left", "asked"],
)
def test_a_left_server_lets_sessions_finish_and_one_that_is_asked_ends_at_once(
    tmp_path: Path, last_words: bytes, signal_name: str
) -> None:
    log = tmp_path / "log"
    warden = start_warden(["/bin/sh", "-c", _SERVER], log)
    deadline = time.monotonic() + 60
    while log.read_text() != "ready\n":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for harmless in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        warden.send_signal(harmless)
    assert warden.stdin is not None
    warden.stdin.write(last_words)
    warden.stdin.close()
    assert warden.wait(60) == 3
    assert log.read_text() == f"ready\n{signal_name}\n"


def test_a_server_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    with start_warden([str(tmp_path / "nothing")], tmp_path / "log") as warden:
        assert warden.wait(60) != 0
    assert (tmp_path / "log").read_text().startswith(f"{tmp_path}/nothing: ")


def test_a_server_knows_its_owner_and_none_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LARGESSE_STRIPE_SECRET_KEY", "sk_hush")
    monkeypatch.setenv("TZ", "UTC")
    with start_warden(["/bin/sh", "-c", "env"], tmp_path / "log") as warden:
        assert warden.wait(60) == 0
    told = (tmp_path / "log").read_text().splitlines()
    assert {"TZ=UTC", f"PG_GRANDPARENT_PID={os.getpid()}"} <= set(told)
    assert not any("LARGESSE" in line or "hush" in line for line in told)
