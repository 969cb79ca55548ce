"""Removed texts are kept for operators for a while, and erased then; erased people leave no trace in moderation."""

from uuid import UUID

from largesse import ledger, moderation
from largesse.db import Database
from largesse.identity import erase_user
from largesse.moderation.jobs import erase_removed, erase_silenced, purge
from largesse.types import PLATFORM_ID, new_id
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


async def test_texts_that_a_ban_hid_are_erased_in_time(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    """Not what others said, nor the message of an anonymous gift, nor what he said after the ban was lifted."""
    vera, otto = await viewer("Vera", coins=1000), await viewer("Otto", coins=1000)
    watching = await room.join()
    ids = [str(new_id()) for _ in range(3)]
    said = await room.say(vera, "something bad", UUID(ids[0]))
    given = (await room.gift(vera, id=ids[1], message="bad wish")).json()["seq"]
    paid = (await room.pay(vera, 100, "bad words", ids[2])).json()["seq"]
    hidden = (await room.gift(vera, message="from nobody", anonymous=True)).json()["seq"]
    others = await room.say(otto, "a good line")
    await room.ban(room.moderator, vera)
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    later = await room.say(vera, "better now")
    seqs = [said, given, paid, hidden, others, later]
    assert list((await _texts(room, seqs)).values()).count("") == 0
    async with db.transaction() as conn:
        assert await erase_silenced(conn) == 0, "operators can look into it for a while"
        await conn.execute("UPDATE room_silence SET silenced_at = silenced_at - interval '31 d'")
    for looked_at in (1, 0):
        async with db.transaction() as conn:
            assert await erase_silenced(conn) == looked_at
    kept = {seq: text or None for seq, text in (await _texts(room, seqs)).items()}
    assert kept == {
        **dict.fromkeys([said, given, paid]),
        hidden: "from nobody",
        others: "a good line",
        later: "better now",
    }
    await assert_same_room(room, watching)
    again = [
        await room.chat(vera, "something bad", UUID(ids[0])),
        await room.gift(vera, id=ids[1], message="bad wish"),
        await room.pay(vera, 100, "bad words", ids[2]),
    ]
    assert [(answer.status_code, answer.json()["seq"]) for answer in again] == [
        (200, seq) for seq in (said, given, paid)
    ]
    changed = [
        await room.gift(vera, id=ids[1]),
        await room.gift(vera, id=ids[1], message="bad wish", count=2),
        await room.pay(vera, 99, "bad words", ids[2]),
        await room.pay(vera, 100, "", ids[2]),
        await room.chat(otto, "something bad", UUID(ids[0])),
    ]
    assert {answer.json()["code"] for answer in changed} == {"idempotency_conflict"}


async def test_a_second_ban_has_its_texts_erased_too(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=0)
    seqs = []
    for number in range(2):
        seqs.append(await room.say(vera, f"bad line {number}"))
        await room.ban(room.moderator, vera)
        await room.do("DELETE", f"bans/{vera.id}", room.creator)
        async with db.transaction() as conn:
            await conn.execute("UPDATE room_silence SET silenced_at = now() - interval '31 d'")
            assert await erase_silenced(conn) == 1
        assert set((await _texts(room, seqs)).values()) == {""}


async def test_a_retry_of_an_erased_message_is_answered_as_the_first_time(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    """Also by the socket, and by the writer alone."""
    vera = await viewer("Vera", coins=1000)
    socket = await room.join(vera)
    id_ = str(new_id())
    cheer = {"op": "cheer", "id": id_, "text": "cheer5 bad", "coins": 5}
    await socket.send(**cheer)
    seq = (await socket.answer(id_))["seq"]
    await room.remove(room.moderator, seq)
    async with db.transaction() as conn:
        await conn.execute("UPDATE message_state SET removed_at = removed_at - interval '31 d'")
        assert await erase_removed(conn) == 1
    await socket.send(**cheer)
    again = await socket.answer(id_)
    assert (again["op"], again.get("seq")) == ("ack", seq)
    assert again["wallet"]["coins_total"] == 995
    await socket.send(**{**cheer, "text": "cheer6 bad", "coins": 6})
    assert (await socket.answer(id_))["code"] == "idempotency_conflict"


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
