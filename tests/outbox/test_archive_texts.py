"""What people said does not stay in archives, where nobody could erase it."""

import asyncio
import gzip
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from largesse import ledger
from largesse.outbox.queries import archive as queries
from tests.outbox.past import Past, id_at, past

__all__ = ["past"]

SAID = "Good evening, Nora"
WAIT_S = 30


@pytest.fixture
async def spoken(past: Past) -> Past:
    """Somebody chatted, too: the messages of the gifts are `hello`."""
    for user_id in (past.sender, past.other):
        async with past.world.db.transaction() as conn:
            await ledger.append_event(
                conn,
                room_id=past.room.id,
                id=id_at(past.first_at),
                type="chat",
                user_id=user_id,
                data={"text": SAID, "count": 3, "deep": {"kind": "rose"}},
            )
    await past.settle()
    return past


def text_in(folder: Path) -> str:
    return "".join(gzip.decompress(path.read_bytes()).decode() for path in folder.glob("*.gz"))


async def problems(past: Past) -> list[ledger.Problem]:
    async with past.world.db.read() as conn:
        return (await ledger.check(conn)).problems


async def kept_of(past: Past, user_id: UUID) -> tuple[int, int]:
    """How many messages and chat texts of a user the kept tables hold."""
    async with past.world.db.read() as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM archived_gift_2025_01 WHERE sender_id = %(user)s"
            "         AND message = 'hello' AND message_salt IS NOT NULL),"
            "       (SELECT count(*) FROM archived_room_event_2025_01 WHERE user_id = %(user)s"
            "         AND data ->> 'text' <> '')",
            {"user": user_id},
        )
        row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]


async def test_an_archive_holds_no_texts_and_is_proved_all_the_same(
    spoken: Past, tmp_path: Path
) -> None:
    await spoken.archive(tmp_path / "01")
    text = text_in(tmp_path / "01")
    assert "hello" not in text
    assert SAID not in text
    assert '""deep"": {""kind"": ""rose""}' in text, "what is no text stays"
    report = ledger.verify_dir(tmp_path / "01")
    assert report.ok
    assert report.erased == 8
    assert await problems(spoken) == []
    async with spoken.world.db.read() as conn:
        await ledger.export(conn, tmp_path / "rest")
    assert "hello" in text_in(tmp_path / "rest"), "what is not archived is exported whole"


async def test_an_archive_holds_texts_where_the_operator_wants_them(
    spoken: Past, tmp_path: Path
) -> None:
    await spoken.archive(tmp_path / "01", texts=True)
    text = text_in(tmp_path / "01")
    assert text.count('"hello"') == 8
    assert text.count(SAID) == 2
    assert ledger.verify_dir(tmp_path / "01").ok


async def test_erasing_a_person_reaches_tables_that_were_kept(spoken: Past, tmp_path: Path) -> None:
    await spoken.archive(tmp_path / "01", keep=True)
    assert (await kept_of(spoken, spoken.sender), await kept_of(spoken, spoken.other)) == (
        (4, 1),
        (2, 1),
    )
    async with spoken.world.db.transaction() as conn:
        assert await ledger.erase_messages(conn, spoken.sender) == 5  # one of them in February
        assert await ledger.erase_said(conn, spoken.sender) == 1
        assert await ledger.erase_messages(conn, spoken.sender) == 0
        assert await ledger.erase_said(conn, spoken.sender) == 0
    assert (await kept_of(spoken, spoken.sender), await kept_of(spoken, spoken.other)) == (
        (0, 0),
        (2, 1),
    )
    assert await problems(spoken) == []


async def test_erasing_a_person_while_a_month_leaves_reaches_it(
    spoken: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_off = queries.take_off
    erasing: list[asyncio.Task[tuple[int, int]]] = []

    async def erase() -> tuple[int, int]:
        async with spoken.world.db.transaction() as conn:
            await conn.execute("SET LOCAL lock_timeout = 0")  # the machine may be busy
            events = await ledger.erase_said(conn, spoken.sender)
            return await ledger.erase_messages(conn, spoken.sender), events

    async def is_waiting() -> bool:
        async with spoken.world.db.read() as conn:
            cursor = await conn.execute(
                "SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            return bool(cursor.rowcount)

    async def meanwhile(*args: Any, **named: Any) -> None:
        await take_off(*args, **named)
        erasing.append(asyncio.create_task(erase()))
        async with asyncio.timeout(WAIT_S):
            while not await is_waiting():  # noqa: ASYNC110 - it asks the database
                await asyncio.sleep(0.02)

    monkeypatch.setattr(queries, "take_off", meanwhile)
    await spoken.archive(tmp_path / "01", keep=True)
    assert await erasing[0] == (5, 1)
    assert await kept_of(spoken, spoken.sender) == (0, 0)
    assert await problems(spoken) == []
