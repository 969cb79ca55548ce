"""What the books say, for tests that compare ends."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from largesse.ledger import Code
from largesse.types import PLATFORM_ID, now
from tests.ledger.world import Room, World, gift


async def journal(world: World, asset: str) -> dict[Code, int]:
    """What the platform's accounts add up to in one asset; those at zero are left out."""
    rows = await fetch(
        world,
        "SELECT code, sum(amount)::bigint FROM posting WHERE owner_id = %s AND asset = %s"
        " GROUP BY code HAVING sum(amount) <> 0",
        PLATFORM_ID,
        asset,
    )
    return {Code(code): amount for code, amount in rows}


async def held(world: World, owner_ids: Iterable[UUID]) -> list[dict[Code, int]]:
    """The balances of some people, those at zero left out."""
    return [
        {code: amount for code, amount in (await world.balances(id)).items() if amount}
        for id in owner_ids
    ]


async def change_of(world: World, asset: str, before: dict[Code, int]) -> dict[Code, int]:
    """How the platform's accounts moved since."""
    after = await journal(world, asset)
    codes = before.keys() | after.keys()
    moved = {code: after.get(code, 0) - before.get(code, 0) for code in codes}
    return {code: amount for code, amount in moved.items() if amount}


async def fetch(world: World, query: Any, *params: object) -> list[tuple[Any, ...]]:
    async with world.db.read() as conn:
        return await (await conn.execute(query, params)).fetchall()


async def give(
    world: World, sender: UUID, room: Room, *coins: int, ago: timedelta = timedelta(0)
) -> list[UUID]:
    """Gifts of so many coins each; answers with their ids."""
    async with world.writer(clock=lambda: now() - ago) as writer:
        entries = [await writer.submit(gift(sender, room, each)) for each in coins]
    return [entry.request.id for entry in entries]
