"""Words of two processes and changes of the rules at once: the room's log says that each rule was obeyed."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from largesse import gifts, ledger
from largesse.db import Database
from largesse.errors import AppError
from largesse.gifts import Target
from largesse.realtime import SendGift
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.moderation.conftest import Room
from tests.moderation.test_bans import coins_of
from tests.moderation.test_meanwhile import other
from tests.rooms.conftest import MakeViewer

__all__ = ["other"]

CHANGES = 10
COINS = 2000
TEXT = "see example.com"


async def test_no_link_stands_between_a_rule_against_it_and_its_lifting(
    room: Room, viewer: MakeViewer, services: Services, other: Services, db: Database
) -> None:
    people = [await viewer(f"Vera {number}", coins=COINS) for number in range(3)]
    given: Counter[str] = Counter()
    over = asyncio.Event()
    work = [
        asyncio.create_task(_give(room, process, who, over.is_set, given))
        for who in people
        for process in (services, other)
    ]
    work += [asyncio.create_task(_talk(room, who, over.is_set)) for who in people]
    try:
        for _ in range(CHANGES):
            await room.rules(links=True)
            before = given["given"]
            async with asyncio.timeout(30):
                while given["given"] < before + 3:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await room.rules(links=False)
    finally:
        over.set()
        await asyncio.gather(*work)
    assert given.keys() == {"given", "links_off"}
    events: list[dict[str, Any]] = []
    while more := await room.events(events[-1]["seq"] if events else 0):
        events += more
    assert _disobeyed(events) == []
    assert sum(event["type"] == "gift" for event in events) == given["given"]
    left = sum([await coins_of(room, who) for who in people])
    assert left == COINS * len(people) - given["given"]
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems
        cursor = await conn.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        assert await cursor.fetchone() == (0,)


async def _give(
    room: Room, process: Services, who: SignedIn, over: Callable[[], bool], given: Counter[str]
) -> None:
    target = Target("stream", UUID(room.id), room.creator.id)
    while not over():
        wish = SendGift(op="gift", id=new_id(), gift="rose", count=1, message=TEXT)
        try:
            await gifts.send_gift(process, who.user, target, wish)
            given["given"] += 1
        except AppError as error:
            given[error.code] += 1


async def _talk(room: Room, who: SignedIn, over: Callable[[], bool]) -> None:
    while not over():
        assert (await room.chat(who, TEXT)).status_code in (201, 422, 429)


def _disobeyed(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a log has of words that were against the rules then."""
    links, found = False, []
    for event in events:
        if event.get("action") == "rules":
            links = event["rules"]["links"]
        elif event["type"] in ("gift", "chat") and not links:
            found.append(event)
    return found
