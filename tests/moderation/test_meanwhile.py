"""Of a message or gift and a ban or mute that come at once, whoever commits second obeys the first."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import gifts, ledger, messages
from largesse.db import Database
from largesse.errors import AppError
from largesse.gifts import Target
from largesse.identity import Role
from largesse.main import start_services
from largesse.messages import MessageOrder
from largesse.realtime import SendGift
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.moderation.conftest import Room, assert_same_room, until_waiting
from tests.moderation.test_bans import coins_of
from tests.rooms.conftest import MakeViewer

Bar = Callable[[Room, SignedIn], Coroutine[Any, Any, httpx.Response]]


async def _ban(room: Room, who: SignedIn) -> httpx.Response:
    return await room.ban(room.creator, who)


async def _mute(room: Room, who: SignedIn) -> httpx.Response:
    return await room.mute(room.moderator, who)


@pytest.mark.parametrize(("bar", "code"), [(_ban, "banned"), (_mute, "muted")])
async def test_what_passed_its_check_before_a_bar_is_not_said_after_it(
    room: Room, viewer: MakeViewer, db: Database, bar: Bar, code: str
) -> None:
    vera = await viewer("Vera", coins=0)
    watching = await room.join()
    id_ = new_id()
    async with db.transaction() as conn:  # as a batch of gifts does
        await ledger.lock_room(conn, UUID(room.id))
        barring = asyncio.create_task(bar(room, vera))
        await until_waiting(db, 1)
        saying = asyncio.create_task(room.chat(vera, "too late", id_))
        await until_waiting(db, 2)
    assert (await barring).is_success
    answer = await saying
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert {event["type"] for event in await room.events()} == {"moderation"}
    again = await room.chat(vera, "too late", id_)
    assert again.json()["code"] == code
    await assert_same_room(room, watching)


async def test_what_is_said_before_a_ban_is_hidden_by_it(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=0)
    id_ = new_id()
    async with db.transaction() as conn:
        await ledger.lock_room(conn, UUID(room.id))
        saying = asyncio.create_task(room.chat(vera, "just in time", id_))
        await until_waiting(db, 1)
        barring = asyncio.create_task(_ban(room, vera))
        await until_waiting(db, 2)
    assert (await saying).status_code == 201
    assert (await barring).is_success
    _, said, told = await room.events()
    assert (said["seq"], said["text"], told["action"]) == (2, None, "ban")
    assert (await room.chat(vera, "just in time", id_)).status_code == 200, "a retry is no new one"


async def test_a_ban_holds_in_a_stream_that_starts_meanwhile(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    """The ban, which found nobody live, has not committed yet: the stream starts after it."""
    vera = await viewer("Vera", coins=10)
    await room.end()
    me, path = room.creator.headers, "/v1/creator/bans"
    async with db.transaction() as conn:  # the ban waits here, with everything read
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (vera.id,))
        body = {"user_id": str(vera.id)}
        barring = asyncio.create_task(room.client.post(path, json=body, headers=me))
        await until_waiting(db, 1)
        start = room.client.post("/v1/streams", json={"title": "Again"}, headers=me)
        starting = asyncio.create_task(start)
        await until_waiting(db, 2)
        assert not starting.done()
    assert (await barring).is_success
    assert (await starting).status_code == 201


@pytest.fixture
async def other(settings: Settings, room: Room, db: Database) -> AsyncIterator[Services]:
    """Another process; it hears nothing of bans but from the database, and reads them rarely."""
    async with start_services(settings, url=db.url) as started:
        started.desk._fresh_s = 3600.0
        await started.desk.rules()
        await started.desk.know_bans(room.creator.id)
        yield started


Give = Callable[[Services, SignedIn, Target], Coroutine[Any, Any, object]]


async def _rose(services: Services, who: SignedIn, target: Target) -> object:
    wish = SendGift(op="gift", id=new_id(), gift="rose", count=1)
    giving = gifts.give_at_once(services, who.user, target, wish)
    return await (giving or gifts.send_gift(services, who.user, target, wish))


async def _rose_with_words(services: Services, who: SignedIn, target: Target) -> object:
    wish = SendGift(op="gift", id=new_id(), gift="rose", count=1, message="for you")
    return await gifts.send_gift(services, who.user, target, wish)


async def _message(services: Services, who: SignedIn, target: Target) -> object:
    order = MessageOrder(id=new_id(), text="read this", coins=5)
    return await messages.send_paid_message(services, who.user, target, order)


async def _cheer(services: Services, who: SignedIn, target: Target) -> object:
    order = MessageOrder(id=new_id(), text="cheer5", coins=5)
    return await messages.send_cheer(services, who.user, target, order)


@pytest.mark.parametrize("give", [_rose, _rose_with_words, _message, _cheer])
async def test_what_waits_to_be_written_elsewhere_obeys_a_ban_that_is_first(
    room: Room, viewer: MakeViewer, db: Database, other: Services, give: Give
) -> None:
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)
    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (vera.id,))
        barring = asyncio.create_task(_ban(room, vera))
        await until_waiting(db, 1)
        giving = asyncio.create_task(give(other, vera, target))  # its words pass: no ban stands yet
        await until_waiting(db, 2)
        same_batch = asyncio.create_task(give(other, otto, target))
    assert (await barring).is_success
    with pytest.raises(AppError) as refusal:
        await giving
    assert refusal.value.code == "banned"
    await same_batch
    assert (await coins_of(room, vera), await coins_of(room, otto)) == (100, 100 - await _spent(db))
    assert (await room.events())[1]["action"] == "ban"
    with pytest.raises(AppError):
        await give(other, vera, target)


async def _spent(db: Database) -> int:
    async with db.read() as conn:
        cursor = await conn.execute("SELECT sum(coins_paid + coins_bonus)::int FROM gift")
        row: Any = await cursor.fetchone()
    return int(row[0])


async def test_words_that_wait_elsewhere_obey_a_mute_and_gifts_without_words_do_not(
    room: Room, viewer: MakeViewer, db: Database, other: Services
) -> None:
    vera = await viewer("Vera", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)
    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (vera.id,))
        barring = asyncio.create_task(_mute(room, vera))
        await until_waiting(db, 1)
        giving = asyncio.create_task(_rose_with_words(other, vera, target))
        await until_waiting(db, 2)
    assert (await barring).is_success
    with pytest.raises(AppError) as refusal:
        await giving
    assert refusal.value.code == "muted"
    await _rose(other, vera, target)
    await room.do("DELETE", f"mutes/{vera.id}", room.moderator)
    await _rose_with_words(other, vera, target)
    assert await coins_of(room, vera) == 98


async def test_a_lifted_ban_lets_gifts_through_and_a_retry_is_answered_under_one(
    room: Room, viewer: MakeViewer, other: Services
) -> None:
    vera = await viewer("Vera", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)
    wish = SendGift(op="gift", id=new_id(), gift="rose", count=1)
    first = await gifts.send_gift(other, vera.user, target, wish)
    for _ in range(2):
        await _ban(room, vera)
        again = gifts.give_at_once(other, vera.user, target, wish)
        assert again is not None, "this process has not heard of the ban"
        assert (await again).seq == first.entry.seq
        with pytest.raises(AppError):
            await _rose(other, vera, target)
        await room.do("DELETE", f"bans/{vera.id}", room.creator)
        await _rose(other, vera, target)
    assert await coins_of(room, vera) == 97


async def test_a_database_that_takes_the_place_of_another_is_asked_anew(
    room: Room, viewer: MakeViewer, db: Database, other: Services
) -> None:
    """It had not got the last ban and its lifting when it took over, and counted another ban since."""
    vera = await viewer("Vera", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)
    await _ban(room, vera)
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    await _rose(other, vera, target)
    async with db.transaction() as conn:
        await conn.execute("UPDATE room_ban SET banned = true")
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(AppError) as refusal:
        await _rose(other, vera, target)
    assert refusal.value.code == "banned"
    assert await coins_of(room, vera) == 99


async def test_a_ban_by_one_creator_is_none_by_another(
    room: Room, viewer: MakeViewer, other: Services, users: MakeUser
) -> None:
    vera, mia = (
        await viewer("Vera", coins=100),
        await users("Mia", roles={Role.CREATOR}, followers=1000, gifting=True),
    )
    started = await room.client.post("/v1/streams", json={"title": "Mine"}, headers=mia.headers)
    await _ban(room, vera)
    await other.desk.know_bans(mia.id)
    elsewhere = Target("stream", UUID(started.json()["id"]), mia.id)
    here = Target("stream", UUID(room.id), room.creator.id)
    answers = await asyncio.gather(
        _rose(other, vera, here), _rose(other, vera, elsewhere), return_exceptions=True
    )
    assert isinstance(answers[0], AppError)
    assert not isinstance(answers[1], BaseException)
    assert await coins_of(room, vera) == 99
