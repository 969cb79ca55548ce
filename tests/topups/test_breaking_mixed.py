"""Everything at once, by chance: promotions, holds, expiry, refunds and disputes told in any order and repeatedly,
refunds on request, gifts, coins that lapse. Whatever comes, nothing breaks and the books agree."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from largesse import finance, ledger
from largesse.errors import AppError
from largesse.promotions import service as promotions
from largesse.topups.guards.model import Measure
from largesse.topups.holds.model import Decision
from largesse.topups.holds.service import decide
from largesse.topups.jobs import expire_orders, sweep
from largesse.topups.payments import apply_event
from largesse.topups.providers import PaymentEvent, PaymentEventKind, ProviderError, RefundState
from largesse.topups.providers.sandbox import Payment
from largesse.topups.refunds.trouble import repeat
from largesse.topups.releasing import settle_released
from largesse.topups.schemas import Order
from largesse.types import PLATFORM_ID, now
from tests.ledger.world import World
from tests.promotions.stand import Stand, body
from tests.topups.guards.desk import Desk as GuardDesk
from tests.topups.guards.desk import holding
from tests.topups.refund_desk import Desk, answering
from tests.topups.shop import Shop

_K = PaymentEventKind
_CODES = (None, "MORE", "LESS", "BOTH")
SEEDS = (1, 2)
STEPS = 40
_HELD_FROM = 700
"""Orders of so many coins are held."""


@dataclass
class Chaos:
    """A buyer to whom everything happens."""

    desk: Desk
    chance: random.Random
    orders: list[Order] = field(default_factory=list)
    payments: dict[object, list[Payment]] = field(default_factory=dict)

    @property
    def shop(self) -> Shop:
        return self.desk.shop

    async def step(self) -> None:
        """One thing, or several at once."""
        alone: list[Callable[[], Awaitable[None]]] = [
            *[self.order, self.told, self.told, self.told, self.told, self.told, self.told],
            *[self.spend, self.request, self.decide, self.time],
        ]
        some = self.chance.choices(alone, k=self.chance.choice((1, 1, 3)))
        for came in await asyncio.gather(*[one() for one in some], return_exceptions=True):
            if isinstance(came, BaseException) and not isinstance(came, AppError | ProviderError):
                raise came
        if self.chance.random() < 0.1:
            await self.jobs()

    async def order(self) -> None:
        code = self.chance.choice(_CODES)
        order = await Stand(self.shop).order(code, coins=self.chance.choice((70, 350, 700)))
        self.orders.append(order)
        self.payments[order.id] = []
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            pay = self.desk.paid_again if self.payments[order.id] else self.shop.paid
            self.payments[order.id].append(await pay(order))

    async def told(self) -> None:
        order = self.chance.choice(self.orders)
        payment = self.chance.choice(self.payments[order.id])
        kind = self.chance.choice([_K.SUCCEEDED, _K.SUCCEEDED, *_K])
        name = self.chance.choice((None, "a", "b"))
        gross = payment.amount_minor
        amount = self.chance.choice((gross, gross, gross // 3, 1))
        unpaid = kind in (_K.DECLINED, _K.ABANDONED)
        event = PaymentEvent(
            kind=kind,
            order_id=order.id,
            transaction_id=None if unpaid else payment.transaction_id,
            amount_minor=gross if kind is _K.SUCCEEDED or unpaid else amount,
            currency=payment.currency,
            reversal_id=None if kind is _K.SUCCEEDED else name,
        )
        for _ in range(self.chance.choice((1, 2))):
            await apply_event(self.shop.services, self.shop.provider, event)

    async def spend(self) -> None:
        wallet = await self.shop.wallet()
        coins = wallet.coins_paid + wallet.coins_bonus
        if coins:
            await self.shop.spend(self.chance.randint(1, coins))

    async def request(self) -> None:
        await self.desk.request(self.chance.choice(self.orders))

    async def jobs(self) -> None:
        answer = self.chance.choice([*RefundState, ProviderError("away")])
        await sweep(self.shop.services)  # which logs what breaks, and goes on
        with answering(answer, does=self.chance.random() < 0.5):
            await self.desk.sweep()
        failed = await self.shop.column("SELECT id FROM refund WHERE state = 'failed'")
        with contextlib.suppress(AppError):
            await repeat(
                self.shop.services, self.shop.buyer, self.chance.choice([*failed, PLATFORM_ID])
            )

    async def decide(self) -> None:
        held = await self.shop.column("SELECT order_id FROM order_hold ORDER BY order_id")
        order_id = self.chance.choice(held or [PLATFORM_ID])
        decision = self.chance.choice([*Decision])
        await decide(self.shop.services.db, PLATFORM_ID, order_id, decision)
        await settle_released(self.shop.services, order_id)

    async def time(self) -> None:
        await ledger.lapse_due(self.shop.services.db, now() + timedelta(days=2))
        await self.shop.execute("UPDATE top_up_order SET expires_at = now() WHERE random() < 0.3")
        await expire_orders(self.shop.services)


async def _promotions(shop: Shop) -> None:
    for code, kind, more in (
        ("MORE", "bonus", {"bp": 5_000, "bonus_expires_days": 1, "budget": 1_000}),
        ("LESS", "discount", {"bp": 1_500, "budget": 400, "currency": "USD"}),
        ("BOTH", "bonus", {"coins": 33, "uses_max": 3, "per_person_max": 2}),
    ):
        offer = body(code.lower(), kind, code=code, **more)
        await promotions.add(shop.services.db, PLATFORM_ID, offer)


async def _counters_agree(shop: Shop) -> None:
    """What promotions count is what was kept for orders and used by them."""
    assert (
        await shop.rows(
            """
        SELECT p.slug FROM promotion p LEFT JOIN promotion_use u ON u.promotion_id = p.id AND u.state <> 'released'
         GROUP BY p.id HAVING p.uses <> count(u.*) OR p.spent <> coalesce(sum(u.budget_taken), 0)
        """
        )
        == []
    )
    assert (
        await shop.rows(
            """
        SELECT o.id, o.state, u.state FROM top_up_order o JOIN promotion_use u ON u.order_id = o.id
         WHERE (u.state = 'used') <> EXISTS (SELECT FROM lot l WHERE l.order_id = o.id)
            OR (u.state = 'reserved' AND o.state NOT IN ('created', 'pending', 'paid'))
        """
        )
        == []
    )


async def _books_agree(shop: Shop) -> None:
    today = now().date()
    async with shop.services.db.read() as conn:
        assert (await ledger.check(conn)).problems == []
    await finance.close_day(shop.services.db, today, at=now() + timedelta(days=2))
    async with shop.services.db.read() as conn:
        sheet = await finance.balance_sheet(conn, today)
        assert (await ledger.check(conn)).problems == []
    assert sheet.mismatches() == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_comes_the_books_agree(
    shop: Shop, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    await GuardDesk(shop).rules(holding(Measure.ORDER_COINS, _HELD_FROM - 1))
    await _promotions(shop)
    if seed % 2:
        await World(shop.services.db).set_steps("owe")
    chaos = Chaos(Desk(shop), random.Random(seed))
    await chaos.order()
    for number in range(STEPS):
        await chaos.step()
        if number % 10 == 0:
            async with shop.services.db.read() as conn:
                assert (await ledger.check(conn)).problems == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    await _counters_agree(shop)
    await _books_agree(shop)
