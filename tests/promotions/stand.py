"""A shop with promotions: made, applied and looked at without HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from largesse.identity import User
from largesse.promotions import service
from largesse.promotions.schemas import OperatorPromotion, PromotionBody
from largesse.topups.placing import place_order
from largesse.topups.providers import PaymentEventKind
from largesse.topups.schemas import Order, OrderRequest
from largesse.types import PLATFORM_ID, now
from tests.topups.shop import Shop

DAY = timedelta(days=1)


def body(slug: str, kind: str, **change: Any) -> PromotionBody:
    """A promotion that runs now."""
    raw = {"slug": slug, "title": slug.title(), "kind": kind, **change}
    span = {"starts_at": now() - DAY, "ends_at": now() + DAY}
    return PromotionBody.model_validate({**span, **raw})


@dataclass
class Stand:
    """One buyer, and promotions."""

    shop: Shop

    async def add(self, slug: str, kind: str, **change: Any) -> OperatorPromotion:
        db = self.shop.services.db
        return await service.add(db, PLATFORM_ID, body(slug, kind, **change))

    async def order(
        self, code: str | None = None, *, user: User | None = None, coins: int = 350, **other: Any
    ) -> Order:
        request = OrderRequest(
            package_id=await self.shop.package_id(coins),
            provider="sandbox",
            country="US",
            code=code,
        )
        placed = await place_order(
            self.shop.services,
            user or self.shop.buyer,
            request,
            key=other.get("key"),
            origin="http://test",
        )
        return placed.order

    async def pay(self, order: Order) -> str:
        return await self.shop.tell(
            self.shop.notice(await self.shop.paid(order), PaymentEventKind.SUCCEEDED)
        )

    async def promotion(self, slug: str) -> OperatorPromotion:
        page = await service.list_all(self.shop.services.db, limit=100, cursor=None)
        (found,) = [promotion for promotion in page.items if promotion.slug == slug]
        return found

    async def states(self, order_id: UUID) -> list[tuple[str, int, int]]:
        """State, coins and discount of an order's uses, as they were applied."""
        return await self.shop.rows(
            "SELECT state, coins, discount_minor FROM promotion_use WHERE order_id = %s ORDER BY no",
            order_id,
        )
