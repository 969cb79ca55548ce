"""People who buy and give at a time that the test sets, and the books of their days."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from largesse import finance, ledger
from largesse.db import Database
from tests.ledger.world import Room, World, gift

DAY = date(2026, 9, 29)
"""The first day of the tests: a month ends on the next."""
DAYS = timedelta(days=1)


def at(day: date, hour: int = 12, **other: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(**other)


@dataclass
class Clock:
    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Price:
    """What the coins of a purchase cost, in minor units."""

    currency: str
    gross_minor: int
    tax_minor: int = 0
    fee_minor: int = 0


USD = Price("USD", 1_099, 100, 33)
JPY = Price("JPY", 160, 14, 5)
KWD = Price("KWD", 3_333, 0, 101)


@dataclass
class Books:
    world: World
    writer: ledger.GiftWriter
    clock: Clock
    room: Room
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def db(self) -> Database:
        return self.world.db

    async def buy(
        self, owner_id: UUID, coins: int, price: Price = USD, bonus: int = 0, **other: Any
    ) -> UUID:
        return await self.world.top_up(
            owner_id,
            coins,
            bonus,
            currency=price.currency,
            gross_minor=price.gross_minor,
            tax_minor=price.tax_minor,
            fee_minor=price.fee_minor,
            **other,
        )

    async def give(self, sender_id: UUID, coins: int, **other: Any) -> ledger.GiftEntry:
        return await self.writer.submit(gift(sender_id, self.room, coins, **other))

    async def close(self, day: date) -> finance.DayClose:
        """Close a day, a day after it."""
        return await finance.close_day(self.db, day, at=at(day + 2 * DAYS))

    async def figures(self, day: date) -> dict[str, finance.CurrencyClose]:
        return {row.currency: row for row in (await self.close(day)).currencies}

    async def sheet(self, day: date) -> finance.BalanceSheet:
        async with self.db.read() as conn:
            return await finance.balance_sheet(conn, day)

    async def so_far(self, day: date) -> finance.BalanceSheet:
        """The sheet as it stands on a day, which need not be closed."""
        async with self.db.read() as conn:
            return await finance.sheet_so_far(conn, day)

    async def balance(self, day: date, asset: str, account: str) -> int:
        """An account at the end of a closed day; the sheet must agree in all of them."""
        sheet = await self.sheet(day)
        assert sheet.mismatches() == []
        found = [
            line.balance
            for part in sheet.assets
            if part.asset == asset
            for line in part.accounts
            if line.account == account
        ]
        return found[0] if found else 0

    async def transfers(self) -> list[tuple[Any, ...]]:
        """Every transfer of the closes, without lane and time."""
        async with self.db.read() as conn:
            cursor = await conn.execute(
                "SELECT entry_id, line, asset, from_code, to_code, amount FROM transfer"
                " WHERE kind = 'close' ORDER BY entry_id, line"
            )
            return await cursor.fetchall()
