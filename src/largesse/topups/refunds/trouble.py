"""Refunds that need people: those that failed, and those of which nobody knows."""

from dataclasses import replace
from uuid import UUID

from largesse.identity import User, record
from largesse.services import Services
from largesse.topups import queries as order_queries
from largesse.topups.errors import RefundNotFound, RefundNotRepeatable
from largesse.topups.refunds import queries, schemas
from largesse.topups.refunds.model import OPEN, Progress, Refund, RefundReason
from largesse.topups.refunds.service import new_refund, queue
from largesse.topups.refunds.views import refund_view
from largesse.topups.rows import Order
from largesse.types import Page, now


async def list_troubled(
    services: Services, *, before: UUID | None, limit: int
) -> Page[schemas.Refund]:
    """Failed and unsure refunds, newest first."""
    async with services.db.read() as conn:
        found = await queries.troubled_refunds(conn, before=before, limit=limit + 1)
    items = [refund_view(refund) for refund in found[:limit]]
    more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].id) if more else None)


async def repeat(services: Services, operator: User, refund_id: UUID) -> schemas.Refund:
    """Ask the provider once more to return a payment, under a new key; answers with the refund that is under way.

    Of a request that failed the coins are back in the wallet: its buyer may ask again. Raises RefundNotRepeatable.
    """
    async with services.db.transaction() as conn:
        refund = await queries.find_refund(conn, refund_id)
        if refund is None:
            raise RefundNotFound
        order = await order_queries.lock_order(conn, refund.order_id)
        assert order is not None, "orders are never deleted"
        of_payment = [
            each
            for each in await queries.refunds_of(conn, order.id)
            if each.transaction_id == refund.transaction_id
        ]
        last = of_payment[-1]
        if last.id != refund.id and last.state in OPEN:
            return refund_view(last)
        if last.state is not Progress.FAILED or last.reason is RefundReason.REQUESTED:
            raise RefundNotRepeatable
        again = _again(order, last)
        await queue(conn, again)
        data = {"order_id": str(order.id), "refund_id": str(again.id)}
        await record(conn, operator.id, "refund.repeat", refund.id, data)
        return refund_view(again)


def _again(order: Order, refund: Refund) -> Refund:
    fresh = new_refund(order, refund.transaction_id, refund.reason, refund.amount_minor, now())
    return replace(fresh, currency=refund.currency)
