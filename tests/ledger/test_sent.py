"""A sender's gifts by (created_at, id), found by their ids."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from largesse import ledger
from largesse.ledger import partitions
from largesse.ledger.cursors import NEWEST, Place
from largesse.ledger.queries.sent import gifts_sent
from tests.ledger.world import World, gift, send_together

OLDEST, YOUNGEST = timedelta(hours=-24), timedelta(hours=1)
"""How far the time in an id may be from the gift's own."""


def id_near(moment: datetime, chance: random.Random) -> UUID:
    """A UUIDv7 that a client with a clock of its own made, or one of a version that tells no time."""
    if chance.random() < 0.05:
        return uuid4()
    off = chance.choice([OLDEST, YOUNGEST, OLDEST * chance.random(), YOUNGEST * chance.random()])
    low = chance.getrandbits(62) | 7 << 76 | 1 << 63
    return UUID(int=ledger.id_from(moment + off).int | low)


async def pages(world: World, sender_id: UUID, limit: int) -> list[ledger.GiftRow]:
    found: list[ledger.GiftRow] = []
    place = NEWEST
    while True:
        async with world.db.read() as conn:
            page = await gifts_sent(conn, sender_id, place, limit)
        found += page
        if len(page) < limit:
            return found
        place = Place(page[-1].created_at, page[-1].id)


@pytest.mark.parametrize("seed", range(3))
async def test_pages_are_in_the_order_of_time_whatever_clients_clocks_say(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    room, senders = await world.room(), [await world.viewer(1_000) for _ in range(2)]
    async with world.db.transaction() as conn:
        await partitions.add_partitions(conn, [date(2025, 1, 1), date(2025, 2, 1)])
    at = datetime(2025, 1, 27, tzinfo=UTC)
    async with world.writer(clock=lambda: at) as writer:
        for _ in range(25):
            gifts = [
                gift(chance.choice(senders), room, id=id_near(at, chance))
                for _ in range(chance.randint(1, 5))
            ]
            await send_together(writer, gifts)
            at += timedelta(minutes=chance.choice([0, 1, 50, 700, 3_000]))
    for sender in senders:
        mine = [entry for entry in world.published if entry.request.sender_id == sender]
        expected = sorted(mine, key=lambda e: (e.created_at, e.request.id.bytes), reverse=True)
        for limit in (1, 2, 7, 500):
            found = await pages(world, sender, limit)
            assert [row.id for row in found] == [entry.request.id for entry in expected]


async def test_a_page_reads_the_partitions_of_its_time_only(world: World) -> None:
    room, sender = await world.room(), await world.viewer(1_000)
    months = [date(2025, month, 1) for month in range(1, 13)]
    async with world.db.transaction() as conn:
        await partitions.add_partitions(conn, months)
    for month in months:
        at = datetime(month.year, month.month, 15, tzinfo=UTC)
        id = id_near(at, random.Random(8))
        async with world.writer(clock=lambda at=at: at) as writer:  # type: ignore[misc]
            await writer.submit(gift(sender, room, id=id))
    async with world.db.read() as conn:
        page = await gifts_sent(conn, sender, Place(datetime(2025, 6, 20, tzinfo=UTC), uuid4()), 2)
        assert [row.created_at.month for row in page] == [6, 5]
