"""Commands whose database is away, or of another version: one line that says what to do, and no password."""

import signal
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import typer

from largesse import cli, serve
from largesse.database_errors import DatabaseUnreachable
from largesse.embedded import run_on_database
from largesse.settings import SettingsInvalid, read_settings

SECRET = "s3cret/with@signs"
QUOTED = "s3cret%2Fwith%40signs"
AWAY = f"postgresql://largesse:{QUOTED}@127.0.0.1:1/largesse"
ID = "019b76da-a800-7001-80b7-48490b729601"
WITHOUT_DATABASE = {"openapi", "bench", "ledger verify", "ledger keygen", "ledger forget"}
COMMANDS = [
    "serve", "worker", "demo seed", "migrate", "schema",
    "ledger check", "ledger export FRESH", "ledger head", "ledger archive FRESH --month 2020-01",
    "rollups status", "rollups rebuild", f"user erase {ID}", "finance close", "finance balance-sheet",
    "promotions list", "promotions import PROMOTIONS", "promotions end spring",
    "prices list", "prices check EMPTY", "prices schedule EMPTY", "prices withdraw 1",
    "rules list", "rules show streaks", "rules set streaks RULES", "rules withdraw streaks 2090-01-01",
    f"orders check {ID}", "holds list", f"holds release {ID}", f"holds return {ID}",
    "guards list", "guards set x --amount 1",
]  # fmt: skip

Run = Callable[[str], tuple[int, str]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    """Runs a command in this process: its exit code and what it says on the error stream."""
    (tmp_path / "EMPTY").write_text("{}")
    (tmp_path / "PROMOTIONS").write_text('{"promotions": []}')
    rules = files("largesse.streaks") / "data" / "rules.json"
    (tmp_path / "RULES").write_text(rules.read_text(encoding="utf-8").replace("2025", "2090"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "quieten_logs", lambda: None)
    former = signal.getsignal(signal.SIGTERM)

    def run(command: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["largesse", *command.split()])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().err

    yield run
    signal.signal(signal.SIGTERM, former)


def _names(group: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    commands = getattr(group, "commands", None)
    if commands is None:
        yield " ".join(path)
        return
    for name, command in commands.items():
        yield from _names(command, (*path, name))


def test_every_command_is_tried_here_or_needs_no_database() -> None:
    known = set(_names(typer.main.get_command(cli.app)))
    tried = {name for name in known for command in COMMANDS if f"{command} ".startswith(f"{name} ")}
    assert tried | WITHOUT_DATABASE == known
    assert not tried & WITHOUT_DATABASE


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_away_is_said_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", AWAY)
    code, said = run(command)
    assert code == 1
    (line,) = said.strip().splitlines()  # a progress bar leaves a blank one
    assert line.startswith("database_unreachable: ")
    assert '"127.0.0.1", port 1 failed: Connection refused.' in line
    assert line.endswith("Start PostgreSQL, or correct DATABASE_URL.")


def _set_schema(url: str, number: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("UPDATE alembic_version SET version_num = %s", (number,))


@pytest.mark.parametrize("command", ["migrate", "serve", "worker", "ledger check", "holds list"])
def test_the_schema_of_a_newer_version_is_left_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch, database_url: str, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    _set_schema(database_url, "9999")
    code, said = run(command)
    assert code == 1
    assert len(said.splitlines()) == 1
    assert said.startswith("schema_unknown: The database has schema 9999, and this version knows")
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_the_schema_of_an_earlier_version_or_none_is_to_be_migrated(
    run: Run, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    _set_schema(database_url, "0001")
    code, said = run("ledger check")
    assert (code, len(said.splitlines())) == (1, 1)
    assert said.startswith("schema_outdated: The database has schema 0001, and this version wants ")
    assert run("schema")[0] == 0
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("DROP TABLE alembic_version")
    code, said = run("rollups status")
    assert (code, said) == (
        1,
        "schema_outdated: The database has no tables of Largesse. `largesse migrate` makes them.\n",
    )


def test_a_user_who_may_not_migrate_is_said_to_be_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    role = f"guest_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(f"CREATE ROLE {role} LOGIN")
        conn.execute("DROP TABLE alembic_version")
    monkeypatch.setenv("DATABASE_URL", database_url.replace("user=largesse", f"user={role}"))
    code, said = run("migrate")
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(f"DROP ROLE {role}")
    assert (code, len(said.splitlines())) == (1, 1)
    assert said.startswith("database_refused: Permission denied for schema public. The user of")


def test_a_database_that_goes_away_meanwhile_is_said_so_too(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    async def cut(db: object) -> None:
        async with await psycopg.AsyncConnection.connect(database_url) as conn:
            await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseUnreachable, match="Start PostgreSQL"):
        run_on_database(cut)


def test_a_password_that_postgresql_would_repeat_is_cut_out(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "host=/nowhere/s3cret password=s3cret")
    code, said = run("ledger check")
    assert code == 1
    assert '"/nowhere/***/' in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://largesse:{SECRET}@127.0.0.1/largesse",
        "postgresql://largesse:12/s3cret@127.0.0.1/largesse",
        "postgresql://largesse:s3@cret@127.0.0.1/largesse",
        "postgres//largesse:s3cret@127.0.0.1",
        "mysql://largesse:s3cret@127.0.0.1/largesse",
    ],
)
def test_an_address_that_would_show_its_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsInvalid, match="%40 for @") as raised:
        read_settings()
    assert "cret" not in str(raised.value)
