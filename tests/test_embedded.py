"""The embedded PostgreSQL survives what happens to laptops: killed servers, killed databases, two starts at once."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from largesse import embedded
from largesse.embedded import DataDirBusy, EmbeddedPostgres, resolve_database_url
from largesse.postgres_binaries import EmbeddedFailed
from largesse.serve import revive
from largesse.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="largesse-embedded-") as name:
        Path(name).chmod(0o755)  # under root the server runs as nobody
        yield Path(name)


def _answers(server: EmbeddedPostgres) -> bool:
    try:
        with psycopg.connect(server.url):
            return True
    except psycopg.OperationalError:
        return False


def _remember(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        conn.execute("INSERT INTO kept VALUES (1)")


def _remembered(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


def test_data_is_kept_over_a_stop_and_a_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    _remember(server.url)
    server.stop()
    server.start()
    assert _remembered(server.url) == 1
    server.stop()


def test_a_second_server_on_the_folder_is_told_who_uses_it(folder: Path) -> None:
    first = EmbeddedPostgres(folder, durable=False)
    first.start()
    with pytest.raises(DataDirBusy, match=str(os.getpid())):
        EmbeddedPostgres(folder, durable=False).start()
    assert _alive(first)
    first.stop()


def test_a_killed_owner_leaves_nothing_that_stops_the_next(folder: Path) -> None:
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from largesse.embedded import EmbeddedPostgres
        server = EmbeddedPostgres(Path({str(folder)!r}), durable=False)
        server.start()
        print(server.pid, flush=True)
        time.sleep(60)
    """)
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    orphan = int(owner.stdout.readline())
    _remember(EmbeddedPostgres(folder).url)
    owner.kill()
    owner.communicate()

    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert server.pid != orphan
    assert _remembered(server.url) == 1
    server.stop()


def test_a_killed_postgresql_is_started_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    _remember(server.url)
    assert server.pid is not None
    assert not server.restart_if_dead()
    os.kill(server.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not server.restart_if_dead():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert _remembered(server.url) == 1
    server.stop()


def test_one_that_cannot_be_started_again_is_told_of_and_tried_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert server.pid is not None
    version = server.pgdata / "PG_VERSION"
    version.rename(version.with_name("PG_VERSION.lost"))
    monkeypatch.setattr(embedded, "_START_TIMEOUT_S", 0.5)
    os.kill(server.pid, signal.SIGKILL)
    said = ""
    deadline = time.monotonic() + 30
    while "PostgreSQL did not start" not in said:
        assert time.monotonic() < deadline, said
        revive(server)
        said += capsys.readouterr().out
    version.with_name("PG_VERSION.lost").rename(version)
    monkeypatch.undo()
    while not _answers(server):
        assert time.monotonic() < deadline
        revive(server)
    server.stop()


def test_a_start_waits_for_a_long_recovery(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_START_TIMEOUT_S", 0.0)
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert _alive(server)
    server.stop()


def test_a_half_made_database_is_made_again(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "junk").write_text("from a start that was killed")
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert _alive(server)
    server.stop()


def test_a_data_folder_with_a_very_long_name_works(folder: Path) -> None:
    long = folder / ("a-long-name-" * 8)
    server = EmbeddedPostgres(long, durable=False)
    server.start()
    assert _alive(server)
    server.stop()


def test_a_tool_uses_the_running_server_and_leaves_it_running(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    _remember(server.url)
    with resolve_database_url(Settings(data_dir=folder), any_schema=True) as url:
        assert _remembered(url) == 1
    assert _alive(server)
    server.stop()


def test_a_tool_starts_a_stopped_server_for_as_long_as_it_needs(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    _remember(server.url)
    server.stop()
    with resolve_database_url(Settings(data_dir=folder), any_schema=True) as url:
        assert _remembered(url) == 1
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url, connect_timeout=2)


def test_a_tool_says_where_it_looked_when_there_is_no_data(folder: Path) -> None:
    settings = Settings(data_dir=folder / "nowhere")
    with (
        pytest.raises(EmbeddedFailed, match="nowhere"),
        resolve_database_url(settings),
    ):
        raise AssertionError("there is no database")
    assert not (folder / "nowhere").exists()


def _alive(server: EmbeddedPostgres) -> bool:
    with psycopg.connect(server.url) as conn:
        return conn.execute("SELECT 1").fetchone() == (1,)
