"""The shop without HTTP and without a worker: what a provider tells is worked off when the test says so."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from largesse import ledger
from largesse.identity import User
from largesse.ledger import WalletState
from largesse.services import Services
from largesse.topups import payments
from largesse.topups.placing import place_order
from largesse.topups.providers import PaymentEventKind, RawNotification
from largesse.topups.providers.sandbox import (
    Payment,
    PaymentState,
    SandboxProvider,
    payment_of_order,
    sandbox_provider,
)
from largesse.topups.schemas import Order, OrderRequest
from largesse.topups.service import show_order
from largesse.types import new_id
from tests.ledger.world import World, gift


@dataclass
class Shop:
    """One buyer at a shop that works with the sandbox."""

    services: Services
    buyer: User

    @property
    def provider(self) -> SandboxProvider:
        return sandbox_provider(self.services)

    async def package_id(self, coins: int) -> UUID:
        async with self.services.db.read() as conn:
            cursor = await conn.execute(
                """
                SELECT p.id FROM coin_package p JOIN price_book b ON b.id = p.price_book_id
                 WHERE b.country = 'US' AND b.channel = 'web' AND p.coins = %s
                """,
                (coins,),
            )
            row = await cursor.fetchone()
        assert row is not None
        return UUID(str(row[0]))

    async def order(self, coins: int = 350) -> Order:
        request = OrderRequest(
            package_id=await self.package_id(coins), provider="sandbox", country="US"
        )
        placed = await place_order(
            self.services, self.buyer, request, key=None, origin="http://test"
        )
        return placed.order

    async def show(self, order: Order) -> Order:
        return await show_order(self.services, self.buyer, order.id)

    async def move(self, order: Order, target: PaymentState) -> Payment:
        """Let something happen at the sandbox, which does not tell us yet."""
        async with self.services.db.read() as conn:
            payment = await payment_of_order(conn, order.id)
        assert payment is not None
        moved = await self.provider.move(payment.id, target)
        assert moved is not None
        return moved

    async def paid(self, order: Order) -> Payment:
        return await self.move(order, PaymentState.SUCCEEDED)

    def notice(self, payment: Payment, kind: PaymentEventKind, **change: Any) -> RawNotification:
        """A signed notification about a payment, with some of its fields changed before signing."""
        body = json.loads(self.provider.notification_of(payment, kind).body)
        return self.provider.signed(json.dumps({**body, **change}).encode())

    async def receive(self, raw: RawNotification) -> str:
        return await payments.receive_notification(self.services, "sandbox", raw)

    async def tell(self, raw: RawNotification) -> str:
        """Receive a notification and work it off; answers what became of it."""
        notification_id = await self.receive(raw)
        await payments.process_notification(self.services, "sandbox", notification_id)
        (outcome,) = await self.column(
            "SELECT outcome FROM provider_notification WHERE id = %s", notification_id
        )
        return str(outcome)

    async def wallet(self) -> WalletState:
        async with self.services.db.read() as conn:
            return await ledger.wallet_state(conn, self.buyer.id)

    async def spend(self, coins: int) -> None:
        """Give coins away in some room."""
        room = await World(self.services.db).room()
        await self.services.writer.submit(gift(self.buyer.id, room, coins))

    async def rows(self, query: Any, *params: object) -> list[tuple[Any, ...]]:
        async with self.services.db.read() as conn:
            return await (await conn.execute(query, params)).fetchall()

    async def column(self, query: Any, *params: object) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in await self.rows(query, *params)]

    async def execute(self, query: Any, *params: object) -> None:
        async with self.services.db.transaction() as conn:
            await conn.execute(query, params)

    def stranger(self) -> UUID:
        """An id that nothing has."""
        return new_id()


def reasons(order: Order) -> list[str]:
    """The reasons in an order's history."""
    return [line.reason.value for line in order.history]
