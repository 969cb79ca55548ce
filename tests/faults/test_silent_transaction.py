"""A writer that was silent for too long in its transaction: PostgreSQL ends the session; the gifts are tried again."""

import asyncio

from tests.faults.proxy import Cut, Proxy
from tests.ledger.world import World, entries_of, gift, send_together


async def test_a_session_ended_for_its_silence_is_replaced(
    world: World, behind: World, proxy: Proxy
) -> None:
    """As when the process, or its machine, slept in the middle of a batch."""
    sender, room = await world.viewer(10), await world.room()
    async with behind.writer() as writer:
        pipe = writer._committer._pipe
        assert pipe is not None
        await (await pipe.plain()).execute("SET idle_in_transaction_session_timeout = '200ms'")
        fault = proxy.arm(Cut.HOLD_GIFTS)
        wishes = [gift(sender, room) for _ in range(3)]
        sending = asyncio.create_task(send_together(writer, wishes))
        await asyncio.wait_for(fault.struck.wait(), 10)
        await asyncio.sleep(0.6)
        fault.released.set()
        entries = entries_of(await asyncio.wait_for(sending, 30))
    assert sorted(entry.seq for entry in entries) == [1, 2, 3]
    assert (await world.wallet(sender)).coins_paid == 7
