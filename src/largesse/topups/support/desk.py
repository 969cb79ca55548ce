"""Support's desk: any order, found by what its buyer can tell, with everything that is known of it."""

from collections.abc import Sequence
from uuid import UUID

from largesse.db import ReadConnection
from largesse.identity import Person, emails_of, persons, record, user_id_of_email
from largesse.services import Services
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.errors import HoldNotFound
from largesse.topups.holds.schemas import Hold
from largesse.topups.holds.service import show_hold
from largesse.topups.refunds.queries import refunds_of
from largesse.topups.refunds.views import refund_view
from largesse.topups.rows import Order
from largesse.topups.support import queries, schemas
from largesse.topups.support.findings import Finding
from largesse.topups.support.service import (
    Looked,
    find_any,
    findings_about,
    look_into,
    names_of,
    views_of,
)
from largesse.topups.views import order_views
from largesse.types import Page, now

FOUND_MAX = 50
"""Orders that one search answers with, the newest."""


async def check_any_order(
    services: Services, actor_id: UUID, order_id: UUID
) -> schemas.OperatorInquiry:
    """Support looks into an order, which the audit log keeps. Raises OrderNotFound."""
    async with services.db.read() as conn:
        order = await find_any(conn, order_id)
    looked = await look_into(services, order)
    async with services.db.transaction() as conn:
        findings = await findings_about(conn, looked)
        codes = [each.code.value for each in findings]
        data = {"findings": codes, "mended": looked.mended, "asked": looked.asked.value}
        await record(conn, actor_id, "order.check", order.id, data)
        return await _inquiry(conn, looked, findings)


async def _inquiry(
    conn: ReadConnection, looked: Looked, findings: list[Finding]
) -> schemas.OperatorInquiry:
    order = looked.order
    (shown,) = await _views(conn, [order])
    names = await names_of(conn, order)
    notifications = await queries.notifications_naming(conn, order, names, only_open=False)
    return schemas.OperatorInquiry(
        order=shown.order,
        buyer=shown.buyer,
        findings=views_of(findings),
        mended=looked.mended,
        checked_at=now(),
        asked=looked.asked,
        outcomes=looked.outcomes,
        transactions=[
            schemas.KnownTransaction(transaction_id=each.transaction_id, state=each.state)
            for each in await payment_queries.transactions_of(conn, order.id)
        ],
        notifications=[
            schemas.KeptNotification(
                id=each.id,
                received_at=each.received_at,
                processed_at=each.processed_at,
                outcome=each.outcome,
            )
            for each in notifications
        ],
        hold=await _hold(conn, order),
        refunds=[refund_view(refund) for refund in await refunds_of(conn, order.id)],
        checkout_reference=order.provider_ref,
        payer_country=order.payer_country,
        polls=order.polls,
        poll_at=order.poll_at,
    )


async def _hold(conn: ReadConnection, order: Order) -> Hold | None:
    try:
        return await show_hold(conn, order.id)
    except HoldNotFound:
        return None


async def search(services: Services, actor_id: UUID, q: str) -> Page[schemas.OperatorOrder]:
    """Orders by their id, their buyer's address, or the provider's transaction; newest first, `FOUND_MAX` at most.

    The audit log keeps who was searched for, not what was typed.
    """
    async with services.db.transaction() as conn:
        by, buyer_id, orders = await _search(conn, q.strip())
        data = {"by": by, "found": len(orders)}
        await record(conn, actor_id, "order.search", buyer_id, data)
        return Page(items=await _views(conn, orders), next_cursor=None)


async def _search(conn: ReadConnection, q: str) -> tuple[str, UUID | None, list[Order]]:
    """How it was searched, whose orders they are, and the orders."""
    if "@" in q:
        buyer_id = await user_id_of_email(conn, q)
        if buyer_id is None:
            return "email", None, []
        found = await order_queries.orders_of(conn, buyer_id, before=None, limit=FOUND_MAX)
        return "email", buyer_id, found
    by, ids = await _ids(conn, q)
    known = await order_queries.find_orders(conn, ids)
    orders = [known[id] for id in ids if id in known]
    return by, orders[0].user_id if orders else None, orders


async def _ids(conn: ReadConnection, q: str) -> tuple[str, list[UUID]]:
    try:
        return "order", [UUID(q)]
    except ValueError:
        ids = await queries.orders_by_transaction(conn, q)
        return "transaction", sorted(set(ids), reverse=True)[:FOUND_MAX]


async def _views(conn: ReadConnection, orders: Sequence[Order]) -> list[schemas.OperatorOrder]:
    user_ids = list({order.user_id for order in orders})
    people = await persons(conn, user_ids)
    emails = await emails_of(conn, user_ids)

    def buyer(id: UUID) -> schemas.Buyer:
        person = people.get(id) or Person(id=id, display_name="")
        return schemas.Buyer(id=id, display_name=person.display_name, email=emails.get(id))

    shown = await order_views(conn, list(orders))
    return [
        schemas.OperatorOrder(order=view, buyer=buyer(order.user_id))
        for order, view in zip(orders, shown, strict=True)
    ]
