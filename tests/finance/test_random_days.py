"""Random days: whatever people buy, give, dispute and win back, receipts, closes and the balance sheet agree."""

import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.finance import receipts
from largesse.types import new_id
from tests.finance.books import DAY, DAYS, Books, Price, at

DAYS_COUNT = 4
STEPS_A_DAY = 25
CURRENCIES = ("USD", "JPY", "KWD")
RATE = ledger.RedemptionRate(1, "USD", 10_000)


@dataclass
class Life:
    """What random people did."""

    books: Books
    chance: random.Random
    viewers: list[UUID]
    orders: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    """Owner, order, and the dispute that was opened last."""

    async def day(self, day: date) -> None:
        """Steps at random moments of a day, the first and the last microsecond among them."""
        length = 24 * 3600 * 1_000_000
        moments = [0, *(self.chance.randrange(length) for _ in range(STEPS_A_DAY)), length - 1]
        for moment in sorted(moments):
            self.books.clock.moment = at(day, 0) + timedelta(microseconds=moment)
            await self.chance.choice(self.steps())()

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.buy, self.give, self.give, self.give, self.take_back, self.win]

    async def buy(self) -> None:
        chance, owner_id = self.chance, self.chance.choice(self.viewers)
        gross = chance.choice([chance.randint(1, 50), chance.randint(50, 5_000), 2**61 + 7])
        tax = chance.randint(0, gross // 4)
        price = Price(chance.choice(CURRENCIES), gross, tax, chance.randint(0, (gross - tax) // 3))
        bonus = chance.choice([0, 0, 5])
        order_id = await self.books.buy(owner_id, chance.randint(1, 60), price, bonus)
        self.orders.append((owner_id, order_id, "none"))

    async def give(self) -> None:
        sender_id = self.chance.choice(self.viewers)
        with contextlib.suppress(ledger.InsufficientCoins, ledger.WalletFrozen):
            await self.books.give(sender_id, self.chance.randint(1, 40))

    async def take_back(self) -> None:
        """A refund or a chargeback of a part of an order, or of all of it."""
        if not self.orders:
            return
        owner_id, order_id, _ = self.chance.choice(self.orders)
        kind: ledger.ReversalKind = self.chance.choice(["refund", "chargeback"])
        cause_id = f"{kind}-{self.chance.randint(1, 3)}"
        amount = self.chance.choice([None, self.chance.randint(1, 2_000)])
        await self.books.world.take_back(owner_id, order_id, kind, amount, cause_id)
        self.orders.append((owner_id, order_id, cause_id))

    async def win(self) -> None:
        """A dispute is won, or a refund fails."""
        opened = [order for order in self.orders if order[2] != "none"]
        if opened:
            await self.books.world.cancel(*self.chance.choice(opened))


async def receipts_of(books: Books, day: date) -> tuple[Counter[str], Counter[str]]:
    """Net and gross of the receipts of a day's gifts, by currency; the lines of each add up to its price."""
    net: Counter[str] = Counter()
    gross: Counter[str] = Counter()
    async with books.db.read() as conn:
        for entry in books.world.published:
            if entry.created_at.date() != day:
                continue
            gift = await ledger.find_gift(conn, entry.request.sender_id, entry.request.id)
            assert gift is not None
            payment = await receipts.payment(conn, gift, RATE)
            assert sum(chain.coins for chain in payment.chains) == gift.coins_paid
            for chain in payment.chains:
                currency, price = chain.price.currency, chain.price.amount_minor
                amounts = {line.kind: line.amount.amount_minor for line in chain.lines}
                assert sum(amounts.values()) == price
                assert min(amounts["tax"], amounts["provider_fee"], price) >= 0
                net[currency] += price - amounts["tax"]
                gross[currency] += price
    return net, gross


async def unspent_value(books: Books) -> Counter[str]:
    """What the unspent coins are worth, counted coin by coin from the wallets as they are now."""
    value: Counter[str] = Counter()
    async with books.db.read() as conn:
        cursor = await conn.execute(
            "SELECT l.currency, l.gross_minor - l.tax_minor, l.coins_bought, l.position, l.coins, l.start, b.turnover"
            "  FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1"
        )
        for currency, net, bought, position, coins, start, turnover in await cursor.fetchall():
            for coin in range(coins):
                if start + coin >= turnover:
                    place = position + coin
                    value[currency] += net * (place + 1) // bought - net * place // bought
    return value


async def viewers_owe(books: Books, day: date) -> None:
    """For orders from a day on, what was given is owed and paid back, and no diamonds are reversed."""
    async with books.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
            " VALUES (3, 'refund', '{owe}', %s), (4, 'chargeback', '{owe}', %s)",
            (at(day, 0), at(day, 0)),
        )


@pytest.mark.parametrize("seed", range(4))
async def test_receipts_closes_and_wallets_agree(books: Books, seed: int) -> None:
    life = Life(books, random.Random(seed), [new_id() for _ in range(4)])
    await viewers_owe(books, DAY + DAYS)
    days = [DAY + number * DAYS for number in range(DAYS_COUNT)]
    closed, so_far = {}, {}
    for day in days:
        await life.day(day)
        so_far[day] = await books.so_far(day)
        if life.chance.random() < 0.6:  # some days are closed late, by the close of a later one
            closed[day] = await books.figures(day)
        assert books.clock.moment < at(day + DAYS, 0)
    outstanding = await unspent_value(books)
    for day in days:
        figures = await books.figures(day)
        assert closed.get(day, figures) == figures
        net, gross = await receipts_of(books, day)
        assert +net == +Counter({code: row.revenue_minor for code, row in figures.items()})
        assert all(gross[code] >= net[code] for code in net)
        sheet = await books.sheet(day)
        assert sheet.mismatches() == []
        assert (so_far[day].closed, so_far[day].assets) == (False, sheet.assets)
    for currency in CURRENCIES:
        deferred = await books.balance(days[-1], currency, "deferred_revenue")
        assert -deferred == outstanding[currency]
    assert books.world.published
