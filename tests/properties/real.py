"""The ledger as the state machine drives it: a real database, on a clock of its own."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from largesse import finance, ledger
from largesse.db import Database, ReadConnection
from largesse.ledger import Code
from tests.ledger.world import Room, World, gift

T = TypeVar("T")
START = datetime(2026, 1, 20, 12, tzinfo=UTC)
VIEWERS, CREATORS = ("v1", "v2"), ("c1", "c2")
GIVEN = {
    ledger.WalletFrozen: "frozen",
    ledger.BudgetExceeded: "over budget",
    ledger.InsufficientCoins: "too few",
}
MADE_BY_CLOSE = {"creator_payable", "creator_cost", "promotion_cost"}
"""Held against the rates by the balance sheet."""


class Ledger:
    """The real thing, on a clock of its own."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.now = START
        self.world = World(Database(url, size_max=4))
        self.people: dict[str, UUID] = {}
        self.rooms: dict[str, Room] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def open(self) -> None:
        await self.world.db.open()
        self._stack.push_async_callback(self.world.db.close)
        self.writer = await self._stack.enter_async_context(
            self.world.writer(clock=lambda: self.now)
        )
        for creator in CREATORS:
            self.rooms[creator] = await self.world.room()
        for viewer in VIEWERS:
            self.people[viewer] = await self.world.viewer()

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()

    async def set_rule(self, kind: str, steps: tuple[str, ...]) -> None:
        async with self.world.db.transaction() as conn:
            await conn.execute(
                "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
                " SELECT max(id) + 1, %s, %s, '2025-01-01' FROM reversal_rule",
                (kind, list(steps)),
            )

    async def give(self, viewer: str, creator: str, coins: int) -> str:
        wish = gift(self.people[viewer], self.rooms[creator], coins)
        try:
            await self.writer.submit(wish)
        except tuple(GIVEN) as refusal:
            return GIVEN[type(refusal)]
        return "given"

    async def close_until(self, day: date) -> list[str]:
        """Close days; answers with what the balance sheet disagrees with."""
        await finance.close_day(self.world.db, day, at=self.now)
        async with self.world.db.read() as conn:
            return (await finance.balance_sheet(conn, day)).mismatches()

    async def found(self) -> dict[str, Any]:
        async with self.world.db.read() as conn:
            found: dict[str, Any] = {"money": await _money(conn)}
            for name in VIEWERS:
                wallet = await ledger.wallet_state(conn, self.people[name])
                coins = wallet.coins_paid, wallet.coins_bonus, wallet.coins_owed, wallet.frozen
                rows = (await ledger.lots(conn, self.people[name])).items
                found[name] = (
                    coins,
                    {lot.id: (lot.coins_left, lot.coins_spent, lot.coins_refunded) for lot in rows},
                )
            for name in CREATORS:
                held = await ledger.balances(conn, self.rooms[name].recipient_id)
                pending = held.get(Code.DIAMONDS_PENDING, 0)
                found[name] = pending, held.get(Code.DIAMONDS_AVAILABLE, 0)
        return found

    async def assert_proved(self) -> None:
        async with self.world.db.read() as conn:
            report = await ledger.check(conn)
        assert report.problems == []


async def _money(conn: ReadConnection) -> dict[str, dict[str, int]]:
    """The platform's accounts per currency that the oracle knows; those at zero are left out."""
    cursor = await conn.execute(
        "SELECT asset, code, sum(amount)::bigint FROM posting WHERE code >= 40 GROUP BY asset, code"
    )
    found: dict[str, dict[str, int]] = {}
    for asset, code, amount in await cursor.fetchall():
        name = Code(code).name.lower()
        accounts = found.setdefault(asset, {})
        if amount and name not in MADE_BY_CLOSE:
            accounts[name] = amount
    return found
