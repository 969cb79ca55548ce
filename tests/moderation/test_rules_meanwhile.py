"""Of words and a change of rules that come at once, whoever commits second obeys the first."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from largesse import gifts, identity, ledger, messages
from largesse.db import Database
from largesse.errors import AppError
from largesse.gifts import Target
from largesse.realtime import SendGift
from largesse.rooms.chat import say
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.moderation.conftest import Room, assert_same_room, until_waiting
from tests.moderation.test_bans import coins_of
from tests.moderation.test_meanwhile import Give, other
from tests.rooms.conftest import MakeViewer, fund

__all__ = ["other"]

TEXT = "see example.com"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"links": False}, "links_off"),
        ({"words": ["example"]}, "word_blocked"),
        ({"followers_only": True}, "followers_only"),
        ({"slow_mode_s": 600}, "slow_mode"),
    ],
    ids=["links", "words", "followers_only", "slow_mode"],
)
async def test_what_passed_its_check_before_a_rule_is_not_said_after_it(
    room: Room, viewer: MakeViewer, db: Database, rules: dict[str, Any], code: str
) -> None:
    vera = await viewer("Vera", coins=0)
    watching = await room.join()
    await room.rules(links=True, slow_mode_s=10)
    await room.say(vera, "first")
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_turn SET spoken_at = spoken_at - interval '60 s'")
    async with db.transaction() as conn:  # as a batch of gifts does
        await ledger.lock_room(conn, UUID(room.id))
        ruling = asyncio.create_task(room.rules(**rules))
        await until_waiting(db, 1)
        saying = asyncio.create_task(room.chat(vera, TEXT))
        await until_waiting(db, 2)
    await ruling
    assert (await saying).json()["code"] == code
    said = [event["text"] for event in await room.events() if event["type"] == "chat"]
    assert said == ["first"]
    await assert_same_room(room, watching)


async def test_what_waits_when_the_rules_change_goes_by_the_new_ones(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    """Also where they allow it still; and who is dismissed meanwhile is held to them."""
    vera = await viewer("Vera", coins=0)
    await room.rules(links=True)
    async with db.transaction() as conn:
        await ledger.lock_room(conn, UUID(room.id))
        ruling = asyncio.create_task(room.rules(words=["spam"]))
        await until_waiting(db, 1)
        saying = asyncio.create_task(room.chat(vera, TEXT))
        await until_waiting(db, 2)
    await ruling
    assert (await saying).status_code == 201
    async with db.transaction() as conn:
        await ledger.lock_room(conn, UUID(room.id))
        path = f"/v1/creator/moderators/{room.moderator.id}"
        dismissal = room.client.delete(path, headers=room.creator.headers)
        dismissing = asyncio.create_task(dismissal)
        await until_waiting(db, 1)
        saying = asyncio.create_task(room.chat(room.moderator, "spam"))
        await until_waiting(db, 2)
    assert (await dismissing).is_success
    assert (await saying).json()["code"] == "word_blocked"


async def test_in_slow_mode_one_of_many_at_once_is_said_over_all_processes(
    room: Room,
    viewer: MakeViewer,
    services: Services,
    other: Services,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All of them pass the first look, before which nobody had spoken, and wait for the room."""

    async def unlimited(*_: object) -> int:
        return 0

    monkeypatch.setattr(identity, "rate_limited", unlimited)
    vera = await viewer("Vera", coins=0)
    outcomes: Counter[str] = Counter()

    async def speak(process: Services) -> None:
        try:
            await say(process, vera.user, UUID(room.id), id_=new_id(), text="me first")
            outcomes["said"] += 1
        except AppError as error:
            outcomes[error.code] += 1

    async with db.transaction() as conn:
        await ledger.lock_room(conn, UUID(room.id))
        ruling = asyncio.create_task(room.rules(slow_mode_s=600))
        await until_waiting(db, 1)
        saying = [asyncio.create_task(speak(process)) for process in (services, other) * 2]
        await until_waiting(db, 5)
    await asyncio.gather(ruling, *saying)
    assert outcomes == {"said": 1, "slow_mode": 3}
    assert [event["type"] for event in await room.events()].count("chat") == 1


async def _held_up(
    room: Room, giver: SignedIn, db: Database, give: Callable[[], Any], rule: Callable[[], Any]
) -> asyncio.Task[Any]:
    """Something with words that waits for its giver's balance while a rule is set."""
    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (giver.id,))
        giving = asyncio.create_task(give())
        await until_waiting(db, 1)
        await rule()
    return giving


async def _with_words(services: Services, who: SignedIn, target: Target) -> object:
    wish = SendGift(op="gift", id=new_id(), gift="rose", count=1, message="cheer5 free")
    return await gifts.send_gift(services, who.user, target, wish)


async def _message(services: Services, who: SignedIn, target: Target) -> object:
    order = messages.MessageOrder(id=new_id(), text="cheer5 free", coins=5)
    return await messages.send_paid_message(services, who.user, target, order)


async def _cheer(services: Services, who: SignedIn, target: Target) -> object:
    order = messages.MessageOrder(id=new_id(), text="cheer5 free", coins=5)
    return await messages.send_cheer(services, who.user, target, order)


@pytest.mark.parametrize("give", [_with_words, _message, _cheer])
async def test_what_is_paid_for_obeys_a_rule_that_was_set_while_it_waited(
    room: Room, viewer: MakeViewer, db: Database, other: Services, give: Give
) -> None:
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)

    async def rule() -> None:
        await room.rules(words=["free"])

    giving = await _held_up(room, vera, db, lambda: give(other, vera, target), rule)
    with pytest.raises(AppError) as refusal:
        await giving
    assert refusal.value.code == "word_blocked"
    assert await coins_of(room, vera) == 100

    async def allow() -> None:
        await room.rules(words=["spam"])

    await room.rules(words=[])
    giving = await _held_up(room, otto, db, lambda: give(other, otto, target), allow)
    await giving
    events = [event for event in await room.events() if event["type"] != "moderation"]
    assert [event["sender"]["display_name"] for event in events] == ["Otto"], "given, and once"
    assert await coins_of(room, otto) == 100 - events[0]["coins"]
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_a_paid_message_that_waited_is_held_where_the_creator_looks_first_by_then(
    room: Room, viewer: MakeViewer, db: Database, other: Services
) -> None:
    vera = await viewer("Vera", coins=100)
    target = Target("stream", UUID(room.id), room.creator.id)

    async def rule() -> None:
        await room.rules(hold_paid_messages=True)

    await (await _held_up(room, vera, db, lambda: _message(other, vera, target), rule))
    last = (await room.events())[-1]
    assert (last["type"], last["state"], last["text"]) == ("paid_message", "held", None)
    assert await coins_of(room, vera) == 95


async def test_a_gift_without_words_is_not_put_off_by_a_rule(
    room: Room, db: Database, other: Services
) -> None:
    """Nor is a moderator, who is held to none; once he is dismissed he is."""
    await fund(db, room.moderator, 100)
    target = Target("stream", UUID(room.id), room.creator.id)

    async def rule() -> None:
        await room.rules(words=["free"])

    async def dismiss() -> None:
        path = f"/v1/creator/moderators/{room.moderator.id}"
        assert (await room.client.delete(path, headers=room.creator.headers)).is_success

    def without_words() -> asyncio.Future[Any]:
        wish = SendGift(op="gift", id=new_id(), gift="rose", count=1)
        giving = gifts.give_at_once(other, room.moderator.user, target, wish)
        assert giving is not None
        return giving

    async def give() -> object:
        return await without_words()

    mona = room.moderator
    await (await _held_up(room, mona, db, give, rule))
    await (await _held_up(room, mona, db, lambda: _with_words(other, mona, target), rule))
    giving = await _held_up(room, mona, db, lambda: _with_words(other, mona, target), dismiss)
    with pytest.raises(AppError) as refusal:
        await giving
    assert refusal.value.code == "word_blocked"
    assert await coins_of(room, mona) == 98
