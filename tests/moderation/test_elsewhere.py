"""A ban reaches other processes at once by the bus, and within two seconds where the notice was lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from largesse import gifts
from largesse.db import Database
from largesse.errors import AppError
from largesse.gifts import Target
from largesse.main import start_services
from largesse.realtime import SendGift
from largesse.realtime.ban_news import BanNews
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import new_id
from tests.moderation.conftest import Room, until_waiting
from tests.moderation.test_bans import coins_of
from tests.rooms.conftest import MakeViewer

WAIT_S = 30.0


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The processes of these tests hear each other."""
    url = SecretStr(database_url)
    return Settings(data_dir=tmp_path, DATABASE_URL=url, bus=SecretStr("postgres"))


@pytest.fixture
async def other(settings: Settings, room: Room, db: Database) -> AsyncIterator[Services]:
    """Another process, in which the creator's bans are at hand."""
    async with start_services(settings, url=db.url) as started:
        await started.desk.rules()
        await started.desk.know_bans(room.creator.id)
        yield started


async def until_known(other: Services, room: Room, user_id: UUID, *, banned: bool) -> None:
    async with asyncio.timeout(WAIT_S):
        while other.desk.bans.has(room.creator.id, user_id) != banned:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_another_process_hears_of_a_ban_without_reading_anything(
    room: Room, viewer: MakeViewer, other: Services
) -> None:
    vera = await viewer("Vera", coins=100)
    other.desk._fresh_s = 3600.0
    for _ in range(2):
        await room.ban(room.creator, vera)
        await until_known(other, room, vera.id, banned=True)
        await room.do("DELETE", f"bans/{vera.id}", room.creator)
        await until_known(other, room, vera.id, banned=False)


async def test_gifts_that_wait_in_another_process_are_taken_back(
    room: Room, viewer: MakeViewer, other: Services, db: Database
) -> None:
    """Its writer is held up by the wallet of somebody else, whose gift goes through."""
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)

    def rose() -> SendGift:
        return SendGift(op="gift", id=new_id(), gift="rose", count=1)

    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (otto.id,))
        first = asyncio.create_task(gifts.send_gift(other, otto.user, target, rose()))
        await until_waiting(db, 1)
        waiting = gifts.give_at_once(other, vera.user, target, rose())
        assert waiting is not None
        await room.ban(room.creator, vera)
        await until_known(other, room, vera.id, banned=True)
        with pytest.raises(AppError) as refusal:
            await waiting
        assert refusal.value.code == "withdrawn", (
            "who gave is asked anew, and told that he is banned"
        )
    assert (await first).entry.seq
    assert await coins_of(room, vera) == 100


async def test_a_notice_that_comes_late_undoes_nothing_newer(
    room: Room, viewer: MakeViewer, other: Services
) -> None:
    vera = await viewer("Vera", coins=100)
    await room.ban(room.creator, vera)
    await until_known(other, room, vera.id, banned=True)
    late = other.desk.bans._of[room.creator.id][vera.id]
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    await until_known(other, room, vera.id, banned=False)
    other.desk.bans.note(late)
    assert not other.desk.bans.has(room.creator.id, vera.id)


async def test_who_missed_the_notice_reads_of_it_within_two_seconds(
    room: Room, viewer: MakeViewer, other: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = await viewer("Vera", coins=0)
    monkeypatch.setattr(BanNews, "apply", lambda *_: None)
    for banned in (True, False):
        if banned:
            await room.ban(room.creator, vera)
        else:
            await room.do("DELETE", f"bans/{vera.id}", room.creator)
        async with asyncio.timeout(WAIT_S):
            while other.desk.bans.has(room.creator.id, vera.id) != banned:
                await other.desk.rules()
                await asyncio.sleep(0.05)
