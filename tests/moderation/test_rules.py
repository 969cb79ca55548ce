"""The rules of a chat: who sets them, how far they may go, and what they refuse."""

import asyncio
from typing import Any

from largesse.db import Database
from largesse.identity import add_followers
from largesse.types import new_id, now
from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def test_rules_are_set_and_told(room: Room, viewer: MakeViewer) -> None:
    watching = await room.join()
    assert watching.snapshot["room"]["chat_rules"]["slow_mode_s"] == 0
    set_ = await room.rules(room.moderator, slow_mode_s=30, words=["spam", " free* ", "spam"])
    assert (set_["slow_mode_s"], set_["words"]) == (30, ["spam", "free*"])
    await room.rules(slow_mode_s=30)
    newcomer = await room.join()
    await watching.until_seq(newcomer.snapshot["seq"])
    acts = [event for event in watching.logged if event.get("action") == "rules"]
    assert [act["rules"]["slow_mode_s"] for act in acts] == [30]
    assert "spam" not in str([watching.events, newcomer.snapshot]), "viewers are not told the words"
    await assert_same_room(room, watching, newcomer)
    own = await room.client.get("/v1/creator/chat-rules", headers=room.creator.headers)
    assert own.json() == set_
    await room.client.put(
        "/v1/creator/chat-rules", json={"words": []}, headers=room.creator.headers
    )
    assert (await room.do("GET", "chat-rules", room.moderator))["words"] == []
    assert (await room.audit()).count("chat.rules") == 2


WRONG: list[dict[str, Any]] = [
    {"slow_mode_s": -1},
    {"slow_mode_s": 601},
    {"slow_mode_s": 10**30},
    {"slow_mode_s": "fast"},
    {"words": [""]},
    {"words": ["x" * 51]},
    {"words": ["*"]},
    {"words": ["👩"]},
    {"words": ["a*b"]},
    {"words": ["a\u202eb"]},
    {"words": ["a\u0000b"]},
    {"words": [f"w{number}" for number in range(201)]},
    {"words": "spam"},
    {"colour": "red"},
]


async def test_rules_have_limits(room: Room) -> None:
    for rules in WRONG:
        answer = await room.call("PUT", "chat-rules", room.creator, **rules)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), rules
    assert (await room.do("GET", "chat-rules", room.creator))["words"] == []


async def test_what_the_rules_refuse(room: Room, viewer: MakeViewer, db: Database) -> None:
    vera = await viewer("Vera", coins=100)
    await room.rules(words=["spam"])
    for text, code in (
        ("buy s p a m", "word_blocked"),
        ("see example dot com", "links_off"),
        ("a\u202eb", "validation_failed"),
    ):
        assert (await room.chat(vera, text)).json()["code"] == code
        assert (await room.gift(vera, message=text)).json()["code"] == code
        assert (await room.pay(vera, 50, text)).json()["code"] == code
    assert {event["type"] for event in await room.events()} == {"moderation"}
    await room.rules(links=True, words=[], followers_only=True)
    assert (await room.chat(vera, "hello")).json()["code"] == "followers_only"
    assert (await room.gift(vera, message="example.com")).status_code == 201
    async with db.transaction() as conn:
        await add_followers(conn, room.creator.id, [vera.id], now())
    assert (await room.chat(vera, "see example.com")).status_code == 201


async def test_those_who_keep_the_rules_are_held_to_none(room: Room) -> None:
    await room.rules(slow_mode_s=600, followers_only=True, words=["spam"])
    for who in (room.creator, room.moderator):
        for text in ("spam", "example.com"):
            await room.say(who, text)


async def test_in_slow_mode_one_of_many_at_once_is_said(room: Room, viewer: MakeViewer) -> None:
    await room.rules(slow_mode_s=60)
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    answers = await asyncio.gather(*(room.chat(vera, f"line {number}") for number in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [429] * 19
    refused = next(answer.json() for answer in answers if answer.status_code == 429)
    assert (refused["code"], refused["slow_mode_s"]) == ("slow_mode", 60)
    assert 1 <= refused["retry_after_s"] <= 60
    assert [event["type"] for event in await room.events()].count("chat") == 1
    await room.say(otto, "everybody has turns of his own")


async def test_a_turn_comes_back_and_a_retry_needs_none(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    await room.rules(slow_mode_s=60)
    vera = await viewer("Vera", coins=0)
    id_ = new_id()
    first = await room.chat(vera, "hello", id_)
    again = await room.chat(vera, "hello", id_)
    assert (again.status_code, again.json()) == (200, first.json())
    other = await room.chat(vera, "something else", id_)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_turn SET spoken_at = spoken_at - interval '60 s'")
    await room.say(vera, "my turn again")


async def test_a_turn_comes_although_the_clock_was_set_back(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    await room.rules(slow_mode_s=60)
    vera = await viewer("Vera", coins=0)
    await room.say(vera, "hello")
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_turn SET spoken_at = spoken_at + interval '1 h'")
    await room.say(vera, "my turn, and then the next one")
    assert (await room.chat(vera, "at once")).json()["code"] == "slow_mode"


async def test_a_refused_text_takes_no_turn(room: Room, viewer: MakeViewer) -> None:
    await room.rules(slow_mode_s=60, words=["spam"])
    vera = await viewer("Vera", coins=0)
    assert (await room.chat(vera, "spam")).json()["code"] == "word_blocked"
    await room.say(vera, "hello")


async def test_ended_rooms_and_strangers_take_no_chat(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=0)
    answer = await room.call("POST", "chat", None, id=str(new_id()), text="hello")
    assert answer.status_code == 401
    socket = await room.join(vera)
    await room.end()
    assert (await room.chat(vera, "hello")).json()["code"] == "room_closed"
    assert (await socket.chat("hello"))["code"] == "room_closed"
    assert (await room.rules(slow_mode_s=5))["slow_mode_s"] == 5, "rules stay the creator's"


async def test_defaults_are_data(room: Room, viewer: MakeViewer, db: Database) -> None:
    vera = await viewer("Vera", coins=0)
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO chat_default SELECT now(), 9, false, true, false, slow_mode_max_s,"
            " mute_max_s, words_max, word_characters_max, moderators_max, removed_text_days,"
            " acts_max, acts_window_s"
            " FROM chat_default"
        )
    await room.say(vera, "see example.com")
    assert (await room.chat(vera, "again")).json()["slow_mode_s"] == 9


async def test_gifts_with_words_keep_their_order(room: Room, viewer: MakeViewer) -> None:
    """Their texts are looked at first; gifts without words, which are not, do not overtake them."""
    vera = await viewer("Vera", coins=1000)
    socket = await room.join(vera)
    ids = [str(new_id()) for _ in range(20)]
    for number, id_ in enumerate(ids):
        message = f"gift {number}" if number % 2 else None
        await socket.send(op="gift", id=id_, gift="rose", count=1, message=message)
    acks = [await socket.answer(id_) for id_ in ids]
    seqs = [ack["seq"] for ack in acks]
    assert seqs == sorted(seqs)
