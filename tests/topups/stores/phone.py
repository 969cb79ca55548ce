"""A buyer with a phone: an app that buys at the fake App Store, and our services without a worker."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from largesse import ledger
from largesse.identity import User
from largesse.services import Services
from largesse.topups import payments
from largesse.topups.app_purchases import hand_in
from largesse.topups.placing import place_order
from largesse.topups.providers import AppPurchase
from largesse.topups.schemas import Order, OrderRequest
from largesse.topups.service import show_order
from tests.conformance.harnesses.app_store import AppStoreHarness
from tests.ledger.world import World, gift

COINS = 330


@dataclass
class Phone:
    """One buyer."""

    services: Services
    store: AppStoreHarness
    buyer: User

    async def order(self, country: str = "US") -> Order:
        async with self.services.db.read() as conn:
            cursor = await conn.execute(
                """
                SELECT p.id FROM coin_package p JOIN price_book b ON b.id = p.price_book_id
                 WHERE b.country = %s AND b.channel = 'app_store' AND p.coins = %s
                """,
                (country, COINS),
            )
            ((package_id,),) = await cursor.fetchall()
        request = OrderRequest(package_id=package_id, provider="app_store", country=country)
        placed = await place_order(
            self.services, self.buyer, request, key=None, origin="http://test"
        )
        return placed.order

    async def buy(self, order: Order, **change: Any) -> AppPurchase:
        """Pay what the order says, or something else; answers what the app gets."""
        total = order.total
        self.store.offer(order.id, str(order.product_id), total.amount_minor, total.currency)
        self.store.control("edit", order.id, **change)
        return await self.store.proof(order.id)

    async def credited(self) -> Order:
        order = await self.order()
        return await self.hand_in(await self.buy(order))

    async def hand_in(self, purchase: AppPurchase) -> Order:
        return await hand_in(self.services, self.buyer, "app_store", purchase)

    async def show(self, order: Order) -> Order:
        return await show_order(self.services, self.buyer, order.id)

    async def tell(self, kind: str, order_id: UUID) -> None:
        """Receive a notification and work it off."""
        raw = self.store.told(order_id, kind)
        name = await payments.receive_notification(self.services, "app_store", raw)
        await payments.process_notification(self.services, "app_store", name)

    async def wallet(self) -> ledger.WalletState:
        async with self.services.db.read() as conn:
            return await ledger.wallet_state(conn, self.buyer.id)

    async def spend(self, coins: int) -> None:
        """Give coins away in some room."""
        room = await World(self.services.db).room()
        await self.services.writer.submit(gift(self.buyer.id, room, coins))

    async def rows(self, query: Any, *params: object) -> list[tuple[Any, ...]]:
        async with self.services.db.read() as conn:
            return await (await conn.execute(query, params)).fetchall()

    async def jobs(self, task: str) -> list[dict[str, Any]]:
        """Arguments of the jobs that wait."""
        query = "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = %s ORDER BY id"
        return [row[0] for row in await self.rows(query, task)]


def reasons(order: Order) -> list[str]:
    """The reasons in an order's history."""
    return [line.reason.value for line in order.history]
