"""A buyer who pays by some provider."""

from dataclasses import dataclass
from uuid import UUID

from largesse import ledger
from largesse.identity import User
from largesse.services import Services
from largesse.topups import payments
from largesse.topups.catalogue import list_packages
from largesse.topups.placing import place_order
from largesse.topups.providers import RawNotification
from largesse.topups.schemas import Order, OrderRequest
from largesse.topups.service import show_order
from tests.conformance.harness import Harness

COINS = 350


@dataclass
class Till:
    """Orders of one buyer, and what the provider tells about them."""

    services: Services
    harness: Harness
    buyer: User

    async def order(self) -> Order:
        provider = self.harness.provider
        listed = await list_packages(self.services, "US", provider.channel)
        (package,) = [item for item in listed.items if item.coins == COINS]
        request = OrderRequest(package_id=package.id, provider=provider.name, country="US")
        placed = await place_order(
            self.services, self.buyer, request, key=None, origin="http://test"
        )
        return placed.order

    async def show(self, order_id: UUID) -> Order:
        return await show_order(self.services, self.buyer, order_id)

    async def receive(self, raw: RawNotification) -> None:
        """Take a notification in and work it off."""
        name = self.harness.provider.name
        notification_id = await payments.receive_notification(self.services, name, raw)
        await payments.process_notification(self.services, name, notification_id)

    async def coins(self) -> int:
        """Paid coins in the wallet."""
        async with self.services.db.read() as conn:
            return (await ledger.wallet_state(conn, self.buyer.id)).coins_paid
