"""Removed texts are kept for operators for a while, and erased then; erased people leave no trace in moderation."""

from uuid import UUID

from largesse import ledger, moderation
from largesse.db import Database
from largesse.identity import erase_user
from largesse.moderation.jobs import erase_removed, purge
from largesse.types import PLATFORM_ID
from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def test_removed_texts_are_erased_in_time(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    said = await room.say(vera, "something bad")
    given = (await room.gift(vera, message="bad wish")).json()["seq"]
    for seq in (said, given):
        await room.remove(room.moderator, seq)
    kept = await _texts(room, [said, given])
    assert kept == {said: "something bad", given: "bad wish"}
    async with db.transaction() as conn:
        assert await erase_removed(conn) == 0
        await conn.execute("UPDATE message_state SET removed_at = removed_at - interval '31 d'")
    async with db.transaction() as conn:
        assert await erase_removed(conn) == 2
        assert await erase_removed(conn) == 0
    assert set((await _texts(room, [said, given])).values()) <= {"", None}
    await assert_same_room(room, watching)


async def _texts(room: Room, seqs: list[int]) -> dict[int, str | None]:
    async with room.db.read() as conn:
        return await ledger.texts_at(conn, UUID(room.id), seqs)


async def test_an_erased_keeper_leaves_a_log_that_reads(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=0)
    seq = await room.say(vera, "hello")
    await room.do("POST", "pins", room.moderator, seq=seq)
    await room.mute(room.moderator, vera)
    await erase_user(db, room.moderator.id, PLATFORM_ID, also=[moderation.forget_person])
    await erase_user(db, vera.id, PLATFORM_ID, also=[moderation.forget_person])
    events = await room.events()
    assert "hello" not in str(events)
    assert events[-1]["by"]["display_name"] == "Deleted account"
    assert (await room.do("GET", "moderators", room.creator))["items"] == []
    async with db.read() as conn:
        cursor = await conn.execute("SELECT count(*) FROM room_mute")
        assert await cursor.fetchone() == (0,)


async def test_what_is_over_is_forgotten(room: Room, viewer: MakeViewer, db: Database) -> None:
    vera = await viewer("Vera", coins=0)
    await room.rules(slow_mode_s=5)
    await room.say(vera, "hello")
    await room.mute(room.moderator, vera)
    async with db.transaction() as conn:
        await purge(conn)
        await conn.execute("UPDATE room_mute SET until = until - interval '1 d'")
        await conn.execute("UPDATE chat_turn SET spoken_at = spoken_at - interval '1 d'")
        await purge(conn)
        for table in ("room_mute", "chat_turn"):
            cursor = await conn.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert await cursor.fetchone() == (0,)
