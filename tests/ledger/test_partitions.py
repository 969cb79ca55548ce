"""Months of `gift` and `room_event`: rows find their partition, and ids stay unique wherever they lie."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID, uuid4

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector
from psycopg.sql import SQL, Identifier

from largesse import ledger
from largesse.errors import IdempotencyConflict
from largesse.ledger import chain, partitions
from largesse.ledger.queries import partitions as queries
from largesse.services import Services
from largesse.types import now
from tests.ledger.world import World, gift


async def homes(world: World, table: str = "gift") -> dict[UUID, str]:
    """The partition each row lies in."""
    async with world.db.read() as conn:
        cursor = await conn.execute(f"SELECT id, tableoid::regclass::text FROM {table}")  # noqa: S608
        return dict(await cursor.fetchall())


def id_of(moment: datetime) -> UUID:
    """A UUIDv7 made at a moment."""
    return UUID(int=ledger.id_from(moment).int | uuid4().int & (1 << 62) - 1 | 7 << 76 | 1 << 63)


async def test_this_month_and_the_next_two_have_a_partition(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    month = date(now().year, now().month, 1)
    ids = {}
    for _ in range(3):
        ids[id_of(datetime(month.year, month.month, 1, tzinfo=UTC))] = f"gift_{month:%Y_%m}"
        month = partitions.next_month(month)
    async with world.writer() as writer:
        for id in ids:
            await writer.submit(gift(sender, room, id=id))
    assert await homes(world) == ids


@pytest.mark.parametrize(
    "id",
    [uuid4(), id_of(datetime(2019, 3, 1, tzinfo=UTC)), UUID(int=2**128 - 1), UUID(int=0)],
    ids=["version 4", "years old", "highest", "lowest"],
)
async def test_other_ids_lie_in_the_rest_and_are_met_again(world: World, id: UUID) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 2, id=id))
        assert (await writer.submit(gift(sender, room, 2, id=id))).duplicate
        with pytest.raises(IdempotencyConflict):
            await writer.submit(gift(sender, room, 3, id=id))
    assert await homes(world) == {id: "gift_rest"}
    assert (await world.wallet(sender)).coins_paid == 8


async def test_a_new_month_takes_its_rows_out_of_the_rest(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    month, inside, outside = date(2031, 5, 1), [], []
    for moment in (datetime(2031, 5, 1, tzinfo=UTC), datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC)):
        inside.append(id_of(moment))
    for moment in (datetime(2031, 4, 30, 23, 59, tzinfo=UTC), datetime(2031, 6, 1, tzinfo=UTC)):
        outside.append(id_of(moment))
    async with world.writer() as writer:
        for id in inside + outside:
            await writer.submit(gift(sender, room, id=id))
        for _ in range(2):  # the second time changes nothing
            async with world.db.transaction() as conn:
                await partitions.add_partitions(conn, [month])
        assert (await writer.submit(gift(sender, room, id=inside[0]))).duplicate
    expected = dict.fromkeys(inside, "gift_2031_05") | dict.fromkeys(outside, "gift_rest")
    assert await homes(world) == expected


async def test_gifts_go_on_while_a_month_is_added(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    async with world.writer() as writer, world.db.transaction() as conn:
        await partitions.add_partitions(conn, [date(2032, 1, 1)])
        entry = await writer.submit(gift(sender, room))  # before the other transaction ends
        assert entry.seq == 1


async def test_events_lie_by_month_too(world: World) -> None:
    room, old = await world.room(), id_of(datetime(2019, 3, 1, tzinfo=UTC))
    ids = [id_of(now()), old]
    for id in [*ids, old]:
        async with world.db.transaction() as conn:
            await ledger.append_event(
                conn, room_id=room.id, id=id, type="chat", user_id=None, data={"text": "hello"}
            )
    assert await homes(world, "room_event") == {
        ids[0]: f"room_event_{now():%Y_%m}",
        old: "room_event_rest",
    }


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 1), date(2028, 2, 1)])
def test_months_meet_without_a_gap(day: date) -> None:
    _, end = partitions.month_bounds(day)
    start, _ = partitions.month_bounds(partitions.next_month(day))
    assert end == start
    assert end > id_of(datetime(day.year, day.month, 28, tzinfo=UTC) + timedelta(hours=23))


async def test_a_message_can_be_erased_and_the_chain_holds(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, message="bravo ✨"))
    async with world.db.transaction() as conn:
        cursor = await conn.execute("SELECT message, message_salt, message_digest FROM gift")
        message, salt, digest = (await cursor.fetchall())[0]
        assert chain.message_digest(salt, message) == digest
        await conn.execute("UPDATE gift SET message = NULL, message_salt = NULL")


async def test_the_daily_job_adds_the_coming_months(world: World) -> None:
    app = App(connector=InMemoryConnector())
    ledger.register_jobs(app, cast(Services, SimpleNamespace(db=world.db)))
    name = f"gift_{partitions.next_month(now().date().replace(day=1)):%Y_%m}"
    async with world.db.transaction() as conn:
        await conn.execute(SQL("DROP TABLE {}").format(Identifier(name)))
    await app.tasks["ledger.prepare_months"].func(timestamp=0)
    async with world.db.read() as conn:
        assert name in await queries.partitions(conn, "gift")
