"""An installation from before overlays had kinds keeps its addresses, its gifts and its streams."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command

from largesse import migrate as migrating
from largesse.embedded import EmbeddedPostgres
from largesse.types import new_id


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """An empty database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    yield postgres.url.replace("dbname=largesse", f"dbname={name}")
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate_to(url: str, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, revision))
        migrating.migrate(url)


def test_old_addresses_open_the_alert_box(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate_to(url, "0017", monkeypatch)
    creator, rotated, stream = new_id(), new_id(), new_id()
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("INSERT INTO room (id, recipient_id) VALUES (%s, %s)", (stream, creator))
        conn.execute(
            "INSERT INTO stream (id, creator_id, title, started_at) VALUES (%s, %s, 'Old', now())",
            (stream, creator),
        )
        for token, owner in (("first", creator), ("one", rotated), ("two", rotated)):
            conn.execute(
                "INSERT INTO overlay_token (token, creator_id, created_at) VALUES (%s, %s, now())",
                (token, owner),
            )
    migrate_to(url, "head", monkeypatch)
    with psycopg.connect(url) as conn:
        opened = conn.execute(
            "SELECT t.token, o.kind, o.creator_id FROM overlay o JOIN overlay_token t"
            " ON t.creator_id = o.creator_id AND t.overlay_id = o.id"
        ).fetchall()
        seen = conn.execute("SELECT visibility, ends_at FROM stream").fetchall()
    old = {token: (kind, owner) for token, kind, owner in opened if len(token) < 6}
    assert old == {
        "first": ("alerts", creator),
        "one": ("alerts", rotated),
        "two": ("alerts", rotated),
    }
    new = [(kind, owner) for token, kind, owner in opened if len(token) == 64]
    assert sorted(new) == sorted(
        (kind, owner)
        for kind in ("goal", "supporters", "ticker", "chat")
        for owner in (creator, rotated)
    )
    assert seen == [("public", None)]
