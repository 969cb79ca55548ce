"""A buyer who pays by some provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from largesse import ledger
from largesse.identity import User
from largesse.services import Services
from largesse.topups import jobs, payments
from largesse.topups.offers import list_packages
from largesse.topups.placing import place_order
from largesse.topups.providers import PaymentEventKind, PaymentProvider, RawNotification
from largesse.topups.registry import enabled_providers
from largesse.topups.schemas import Order, OrderRequest
from largesse.topups.service import show_order
from tests.conformance.harness import Backend, Harness, RemoteBackend, StoreHarness
from tests.conformance.harnesses.trouble import Trouble

SUCCEEDED = PaymentEventKind.SUCCEEDED
_COINS = {"web": 350, "app_store": 330, "google_play": 330}
"""A package of the American book, by channel."""


@dataclass
class Till:
    """Orders of one buyer, and what the provider tells about them."""

    services: Services
    harness: Harness
    buyer: User
    backend: Backend | None = None
    """Only for trouble."""

    @property
    def package_coins(self) -> int:
        """Coins of an order."""
        return _COINS[self.harness.provider.channel]

    @property
    def provider(self) -> PaymentProvider:
        """The provider as the server uses it, with its trouble if it has any."""
        return enabled_providers(self.services)[self.harness.provider.name]

    async def order(self, key: str | None = None) -> Order:
        """Place an order; where a store sets the price, it will charge what the order says."""
        provider = self.harness.provider
        listed = await list_packages(self.services, "US", provider.channel)
        (package,) = [item for item in listed.items if item.coins == self.package_coins]
        request = OrderRequest(package_id=package.id, provider=provider.name, country="US")
        placed = await place_order(
            self.services, self.buyer, request, key=key, origin="http://test"
        )
        if isinstance(self.harness, StoreHarness):
            total = placed.order.total
            product_id = str(placed.order.product_id)
            self.harness.offer(placed.order.id, product_id, total.amount_minor, total.currency)
        return placed.order

    async def paid(self) -> Order:
        """An order that is paid at its provider, of which nobody told us."""
        order = await self.order()
        await self.harness.happen(order.id, SUCCEEDED)
        return order

    async def credited(self) -> Order:
        """An order whose coins are in the wallet."""
        order = await self.paid()
        await self.tell(order, SUCCEEDED)
        await self.assert_credited(order)
        return order

    async def show(self, order_id: UUID) -> Order:
        return await show_order(self.services, self.buyer, order_id)

    async def reasons(self, order: Order) -> list[str]:
        """The reasons in an order's history."""
        return [line.reason.value for line in (await self.show(order.id)).history]

    async def receive(self, raw: RawNotification) -> None:
        """Take a notification in and work it off."""
        name = self.harness.provider.name
        notification_id = await payments.receive_notification(self.services, name, raw)
        await payments.process_notification(self.services, name, notification_id)

    async def tell(self, order: Order, kind: PaymentEventKind) -> None:
        """Have the provider notify us now."""
        await self.receive(await self.harness.notify(order.id, kind))

    async def ask(self) -> None:
        """Let the poller ask about all open orders now."""
        async with self.services.db.transaction() as conn:
            await conn.execute("UPDATE top_up_order SET poll_at = now() WHERE poll_at IS NOT NULL")
        await jobs.poll_open_orders(self.services)

    async def coins(self) -> int:
        """Paid coins in the wallet."""
        async with self.services.db.read() as conn:
            return (await ledger.wallet_state(conn, self.buyer.id)).coins_paid

    async def stands(self, order: Order) -> tuple[str, int]:
        """The order's state, and the coins in the wallet."""
        return (await self.show(order.id)).state, await self.coins()

    async def assert_credited(self, order: Order) -> None:
        """Once: the wallet has the coins of one order. (The ledger is checked when the test ends.)"""
        assert await self.stands(order) == ("credited", self.package_coins)
        assert (await self.reasons(order)).count("coins_credited") == 1

    @contextmanager
    def broken(self, how: Trouble) -> Iterator[None]:
        """The provider fails all calls until the block ends."""
        assert isinstance(self.backend, RemoteBackend)
        well = self.services
        with self.backend.broken(how) as settings:
            self.services = replace(well, settings=well.settings.model_copy(update=dict(settings)))
            try:
                yield
            finally:
                self.services = well
