"""A creator's supporters of a range: exactly its gifts count, and only its rows are read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from largesse import outbox
from largesse.outbox.queries import rooms
from largesse.types import new_id
from tests.ledger.world import World, gift
from tests.outbox import naive

MIGRATION = Path(__file__).parents[2] / "migrations" / "0027_supporter_days.sql"
FIRST, SECOND = date(2025, 6, 1), date(2025, 6, 2)
BEFORE_MIDNIGHT = datetime(2025, 6, 1, 23, 59, 59, 999_000, tzinfo=UTC)
MIDNIGHT = datetime(2025, 6, 2, tzinfo=UTC)


async def top(world: World, recipient_id: UUID, since: date) -> list[tuple[UUID, int]]:
    async with world.db.read() as conn:
        found = await outbox.top_supporters(conn, recipient_id, since, 10)
    return list(found.items())


async def over_midnight(world: World) -> tuple[UUID, list[UUID], UUID]:
    """A room in which was given before midnight and after; the creator, who gave, and the order of the first."""
    await world.set_steps("reverse_diamonds")
    room, ana, bea = await world.room(), await world.viewer(), await world.viewer(100)
    order = await world.top_up(ana, 100)
    for at, gifts in ((BEFORE_MIDNIGHT, [(ana, 50), (bea, 7)]), (MIDNIGHT, [(ana, 20), (bea, 30)])):
        async with world.writer(clock=partial(at.replace)) as writer:
            for sender, coins in gifts:
                await writer.submit(gift(sender, room, coins))
            hidden = gift(bea, room, 1)
            hidden.anonymous = True
            await writer.submit(hidden)
    return room.recipient_id, [ana, bea], order


async def test_of_a_room_that_goes_on_over_midnight_the_range_counts_alone(world: World) -> None:
    creator, (ana, bea), order = await over_midnight(world)
    for _ in range(2):  # out of the journal, then out of the sums
        assert await top(world, creator, FIRST) == [(ana, 70), (bea, 37)]
        assert await top(world, creator, SECOND) == [(bea, 30), (ana, 20)]
        assert await top(world, creator, date(2025, 6, 3)) == []
        await outbox.catch_up(world.db)
    await world.take_back(ana, order)  # on a later day: it takes from the day of the gifts
    for _ in range(2):
        assert await top(world, creator, FIRST) == [(bea, 37)]
        assert await top(world, creator, SECOND) == [(bea, 30)]
        await outbox.catch_up(world.db)
    await world.cancel(ana, order)
    for _ in range(2):
        assert await top(world, creator, SECOND) == [(bea, 30), (ana, 20)]
        await outbox.catch_up(world.db)


async def test_the_migration_counts_what_the_follower_had_read(world: World) -> None:
    creator, (ana, bea), order = await over_midnight(world)
    await world.take_back(ana, order, amount_minor=550)
    await outbox.catch_up(world.db)
    async with world.writer(clock=partial(MIDNIGHT.replace)) as writer:  # which it has not read
        await writer.submit(gift(bea, (await world.room(recipient_id=creator)), 5))
    before, expected = await naive.rollups(world.db), await top(world, creator, FIRST)
    statements = MIGRATION.read_text(encoding="utf-8").split(";\n")
    (fill,) = [text for text in statements if "INSERT INTO supporter_day" in text]
    async with world.db.transaction() as conn:
        await conn.execute("DELETE FROM supporter_day")
        await conn.execute(fill)
    assert await naive.rollups(world.db) == before
    await outbox.catch_up(world.db)
    assert await top(world, creator, FIRST) == expected


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


async def test_only_the_rows_of_the_range_are_read(world: World) -> None:
    mine = new_id()
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO supporter_day (recipient_id, day, sender_id, coins)"
            " SELECT r, date '2025-01-01' + d, gen_random_uuid(), 1 + s"
            "   FROM unnest(%s::uuid[]) AS r, generate_series(0, 99) AS d, generate_series(1, 20) AS s",
            ([mine, *(new_id() for _ in range(19))],),
        )
    async with world.db.transaction() as conn:
        await conn.execute("ANALYZE supporter_day")
        params = {"recipient_id": mine, "since": date(2025, 4, 1), "limit": 10}
        cursor = await conn.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {rooms._TOP}", params)
        row = await cursor.fetchone()
    assert row is not None
    plan = list(nodes(row[0][0]["Plan"]))
    (heap,) = [node for node in plan if node.get("Relation Name") == "supporter_day"]
    assert "Seq Scan" not in heap["Node Type"]
    assert heap["Actual Rows"] == 10 * 20
    assert "supporter_day_pkey" in {node.get("Index Name") for node in plan}
