"""Anonymous gifts and first gifts in the journal: what a row knows, and what of it the world is told."""

import asyncio
import gzip
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from largesse import ledger, outbox
from largesse.db import Database
from largesse.errors import IdempotencyConflict
from largesse.ledger.proof.export import export
from largesse.ledger.proof.rows import read_row
from largesse.types import new_id
from tests.ledger.world import World, entries_of, gift, send_together


async def stored(db: Database, room_id: UUID) -> list[ledger.GiftRow]:
    async with db.read() as conn:
        rows = await ledger.events_after(conn, room_id, 0, 10_000)
    return [row for row in rows if isinstance(row, ledger.GiftRow)]


async def test_a_gift_keeps_whether_its_giver_is_named(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    hidden = gift(sender, room, 1, anonymous=True, message="from a friend")
    async with world.writer() as writer:
        sent = await writer.submit(hidden)
        await writer.submit(gift(sender, room, 2))
        assert (await writer.submit(hidden)) == sent._replace(
            duplicate=True, wallet=await world.wallet(sender)
        )
        with pytest.raises(IdempotencyConflict):
            await writer.submit(replace(hidden, anonymous=False))
    assert [row.anonymous for row in await stored(world.db, room.id)] == [True, False]


async def test_the_ranking_counts_what_was_given_under_a_name(world: World) -> None:
    await world.set_steps("reverse_diamonds")
    sender, order = await world.viewer(), new_id()
    order = await world.top_up(sender, 100)
    other, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 40, anonymous=True))
        await writer.submit(gift(sender, room, 3))
        await writer.submit(gift(other, room, 5, anonymous=True))

    async def ranking() -> list[tuple[UUID, int, int]]:
        async with world.db.read() as conn:
            places = await outbox.supporters(conn, room.id, 10)
            taken = await outbox.taken_in_rooms(conn, [room.id])
            total = (await outbox.room_totals(conn, [room.id]))[room.id]
        assert total.gifts == 3
        assert taken.get(room.id, {}).get(sender, 0) <= 3
        return [(place.sender_id, place.coins, place.first_seq) for place in places]

    assert await ranking() == [(sender, 3, 2)]
    await outbox.catch_up(world.db)
    assert await ranking() == [(sender, 3, 2)]
    # Both of his gifts lose their coins: only that of the named one is missing in the ranking.
    await world.take_back(sender, order)
    assert await ranking() == []
    await outbox.catch_up(world.db)
    assert await ranking() == []
    await world.cancel(sender, order)
    await outbox.rebuild(world.db)
    assert await ranking() == [(sender, 3, 2)]


@pytest.mark.parametrize("coins", [{"coins": 10}, {"coins": 1, "coins_bonus": 9}])
async def test_the_first_gift_ever_is_known_at_its_commit(
    world: World, coins: dict[str, int]
) -> None:
    sender, room, elsewhere = await world.viewer(**coins), await world.room(), await world.room()
    async with world.writer() as writer:
        first = await writer.submit(gift(sender, room, 2))
        second = await writer.submit(gift(sender, elsewhere, 2))
        again = await writer.submit(first.request)
    assert (first.first_ever, second.first_ever) == (True, False)
    assert again.duplicate
    assert again.first_ever
    assert [row.first_ever for row in await stored(world.db, room.id)] == [True]
    assert [row.first_ever for row in await stored(world.db, elsewhere.id)] == [False]


async def test_anonymous_gifts_leave_no_trace_in_first_gifts(world: World) -> None:
    sender, other, room = await world.viewer(20), await world.viewer(20), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 1, anonymous=True))
        batch = [
            gift(sender, room, 1, anonymous=True),
            gift(sender, room, 1),
            gift(sender, room, 1),
            gift(other, room, 1, anonymous=True),
        ]
        batch.sort(key=lambda request: (request.sender_id, request.id))
        entries = entries_of(await send_together(writer, batch))
        late = await writer.submit(gift(other, room, 1))
        last = await writer.submit(gift(other, room, 1))
    firsts = [entry.request for entry in entries if entry.first_ever]
    assert [(request.sender_id, request.anonymous) for request in firsts] == [(sender, False)]
    assert (late.first_ever, last.first_ever) == (True, False)
    rows = await stored(world.db, room.id)
    assert [row.id for row in rows if row.first_ever] == [firsts[0].id, late.request.id]


async def test_of_gifts_that_are_sent_together_one_is_the_first(world: World) -> None:
    """Over two lanes at once, among people whose gifts do not go through."""
    rooms = [await world.room() for _ in range(3)]
    shut = await world.room(gifting=False)
    rich = [await world.viewer(100) for _ in range(20)]
    poor = [await world.viewer(1) for _ in range(5)]
    async with world.writer() as one, world.writer() as other:
        await send_together(one, [gift(person, shut, 1) for person in rich])
        requests = [gift(person, room, 2) for room in rooms for person in (*rich, *poor)]
        await asyncio.gather(
            send_together(one, requests[::2]), send_together(other, requests[1::2])
        )
        late = entries_of(await send_together(one, [gift(poor[0], rooms[0], 1)]))
    assert late[0].first_ever
    firsts = [entry for entry in world.published if entry.first_ever]
    assert sorted(entry.request.sender_id for entry in firsts) == sorted([*rich, poor[0]])
    rows = [row for room in rooms for row in await stored(world.db, room.id)]
    assert {row.id for row in rows if row.first_ever} == {entry.request.id for entry in firsts}


async def test_an_export_says_which_givers_stay_unnamed(world: World, tmp_path: Path) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 1, anonymous=True))
        await writer.submit(gift(sender, room, 1))
    async with world.db.read() as conn:
        await export(conn, tmp_path / "out")
    assert ledger.verify_dir(tmp_path / "out").faults == []
    lines = await asyncio.to_thread(_gift_lines, tmp_path / "out")
    assert [line.endswith(b',"anonymous"]\n') for line in lines] == [True, False]
    named = lines[0].replace(b',"anonymous"]', b"]")
    assert read_row(named).leaf == read_row(lines[0]).leaf


def _gift_lines(folder: Path) -> list[bytes]:
    lines: list[bytes] = []
    for file in sorted(folder.glob("lane-*.jsonl.gz")):
        with gzip.open(file) as text:
            lines += [line for line in text if line.startswith(b'["G"')]
    return lines
