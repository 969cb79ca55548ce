"""Sums whose window is gone, because somebody else had it in hand or was killed."""

import pytest

from largesse import outbox
from largesse.outbox import ranking as kept
from largesse.outbox.queries import ranking
from tests.ledger.world import World
from tests.outbox.test_ranking import FIRST, NOON, assert_same, day, give, many

__all__ = ["many"]


async def test_sums_of_a_window_that_is_gone_are_in_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sender = await world.room(), await world.viewer(100)
    creator = room.recipient_id
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)
    await outbox.keep_ranking(world.db, creator, FIRST)

    async def passed_by(*_: object) -> None:
        """Somebody else has the creator's window in hand."""

    with monkeypatch.context() as patched:
        patched.setattr(kept, "_empty", passed_by)
        await outbox.keep_ranking(world.db, creator, day(1))
    await assert_same(world, creator, day(1))
    await outbox.keep_ranking(world.db, creator, FIRST)
    async with world.db.read() as conn:
        assert await ranking.window(conn, creator) == FIRST
    await assert_same(world, creator, FIRST)
