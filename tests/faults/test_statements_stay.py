"""The writer's statements stay prepared, whatever else is asked on its connection."""

import pytest

from largesse import ledger
from tests.ledger.world import World, gift

BEATS = 8
"""psycopg prepares what it is asked so often; a ROLLBACK then makes it forget everything that is prepared."""


async def test_the_first_refusal_after_a_quiet_minute(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        for _ in range(BEATS):
            writer._committer.lease.mistrust()  # as if the last renewal were long ago
            await writer._committer.beat()
        for seq in (1, 2):
            with pytest.raises(ledger.InsufficientCoins):
                await writer.submit(gift(sender, room, 1_000))
            assert (await writer.submit(gift(sender, room))).seq == seq
