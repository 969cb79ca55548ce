"""Clocks that jump, of a process that serves, while the database's goes on: no mute opens early, no turn stays away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.db import Database
from largesse.gifts import Target
from largesse.gifts.deciding import decide
from largesse.ledger import GiftEntry
from largesse.moderation import Muted, jobs
from largesse.realtime import SendGift
from largesse.services import Services
from largesse.types import living_by, new_id, now
from tests.moderation.conftest import Room
from tests.rooms.conftest import MakeViewer

AHEAD, BEHIND = timedelta(minutes=30), timedelta(minutes=-30)


@contextmanager
def jumped(by: timedelta) -> Iterator[None]:
    with living_by(lambda: datetime.now(UTC) + by):
        yield


async def purge(db: Database) -> None:
    async with db.transaction() as conn:
        await jobs.purge(conn)


@pytest.mark.parametrize("by", [AHEAD, BEHIND], ids=["ahead", "behind"])
async def test_a_mute_lasts_as_long_as_it_was_meant(
    room: Room, viewer: MakeViewer, db: Database, by: timedelta
) -> None:
    vera = await viewer()
    socket = await room.join(vera)

    async def answers() -> list[str | None]:
        said = [await socket.chat("hello"), await socket.gift("rose", 1, message="for you")]
        return [answer.get("code") for answer in said]

    await room.mute(room.moderator, vera, 600)
    assert await answers() == ["muted", "muted"]
    with jumped(by):
        assert await answers() == ["muted", "muted"]
        await purge(db)
        assert await answers() == ["muted", "muted"]
        assert len((await room.do("GET", "mutes", room.moderator))["items"]) == 1
        await room.mute(room.moderator, vera, 600)  # through a process whose clock is wrong
    assert await answers() == ["muted", "muted"]
    async with db.transaction() as conn:
        cursor = await conn.execute("SELECT extract(epoch FROM until - now())::int FROM room_mute")
        row = await cursor.fetchone()
        assert row is not None
        assert 500 < row[0] <= 600
    await room.do("DELETE", f"mutes/{vera.id}", room.moderator)
    with jumped(by):
        assert await answers() == [None, None]
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_words_of_a_gift_that_is_being_written_go_by_the_databases_clock(
    room: Room, viewer: MakeViewer, services: Services, db: Database
) -> None:
    """The writer knows of the mute, whose count does not change when it is over."""
    vera = await viewer("Vera", coins=10)
    target = Target("stream", UUID(room.id), room.creator.id)
    rules = await services.desk.rules()

    async def give(words: str | None) -> GiftEntry:
        wish = SendGift(op="gift", id=new_id(), gift="rose", count=1, message=words)
        return await services.writer.submit(decide(rules, vera.user, target, wish, now()))

    await room.mute(room.moderator, vera, 600)
    for moves, muted in (("0 s", True), ("-600 s", False), ("600 s", True)):
        async with db.transaction() as conn:
            await conn.execute("UPDATE room_mute SET until = until + %s::interval", (moves,))
        await give(None)
        if muted:
            with pytest.raises(Muted):
                await give("for you")
        else:
            await give("for you")
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_slow_mode_goes_by_the_databases_clock(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    await room.rules(slow_mode_s=60)
    vera = await viewer("Vera", coins=0)
    await room.say(vera, "hello")
    for by in (AHEAD, BEHIND):
        with jumped(by):
            assert (await room.chat(vera, "at once")).json()["code"] == "slow_mode"
            await purge(db)
            assert (await room.chat(vera, "at once")).json()["code"] == "slow_mode"
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_turn SET spoken_at = spoken_at - interval '61 s'")
    with jumped(BEHIND):
        await room.say(vera, "my turn")


@pytest.mark.parametrize("by", [timedelta(hours=6), timedelta(days=-40)])
async def test_hidden_texts_are_kept_for_their_days_whoever_hid_them(
    room: Room, viewer: MakeViewer, db: Database, by: timedelta
) -> None:
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    seq = await room.say(vera, "hello")
    await room.say(otto, "hello")
    with jumped(by):
        assert (await room.remove(room.moderator, seq)).is_success
        assert (await room.ban(room.moderator, otto)).is_success

    async def erased() -> int:
        async with db.transaction() as conn:
            return await jobs.erase_removed(conn) + await jobs.erase_silenced(conn)

    assert await erased() == 0
    async with db.transaction() as conn:
        await conn.execute("UPDATE message_state SET removed_at = removed_at - interval '721 h'")
        await conn.execute("UPDATE room_silence SET silenced_at = silenced_at - interval '721 h'")
    assert await erased() == 2
