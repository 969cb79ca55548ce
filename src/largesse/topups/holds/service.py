"""Deciding on held payments. The decision is kept first, with a job that carries it out; it is made once."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection, Database, ReadConnection
from largesse.jobs import defer
from largesse.topups import payment_queries
from largesse.topups import queries as orders
from largesse.topups.errors import HoldDecided, HoldNotFound, PaymentNotReturnable
from largesse.topups.guards import queries, texts
from largesse.topups.guards.model import OrderHold
from largesse.topups.holds import schemas
from largesse.topups.holds.model import Decision
from largesse.topups.refunds import RefundReason, return_payment
from largesse.topups.releasing import SETTLE_TASK
from largesse.topups.rows import HistoryLine, Order, TransactionState
from largesse.topups.states import Reason
from largesse.types import Money, Page, now

_NEVER_RETURNED_BY_US = frozenset({"app_store"})
"""Channels whose buyers only the store itself can give money back."""


async def list_holds(db: Database, *, limit: int, cursor: str | None) -> Page[schemas.Hold]:
    """Payments that wait for a decision, oldest first. Raises CursorInvalid."""
    after = None if cursor is None else _parse_cursor(cursor)
    async with db.read() as conn:
        found = await queries.open_holds(conn, after=after, limit=limit + 1)
        items = await _views(conn, found[:limit])
    more = len(found) > limit
    return Page(items=items, next_cursor=_cursor(found[limit - 1]) if more else None)


async def show_hold(conn: ReadConnection, order_id: UUID) -> schemas.Hold:
    """A payment that is or was held. Raises HoldNotFound."""
    hold = await queries.find_hold(conn, order_id)
    if hold is None:
        raise HoldNotFound
    (view,) = await _views(conn, [hold])
    return view


async def decide(db: Database, actor_id: UUID, order_id: UUID, decision: Decision) -> schemas.Hold:
    """Release or return a held payment; the same decision again changes nothing.

    Raises HoldNotFound, HoldDecided when somebody decided otherwise, PaymentNotReturnable.
    """
    async with db.transaction() as conn:
        order = await orders.lock_order(conn, order_id)
        hold = await queries.find_hold(conn, order_id)
        if order is None or hold is None:
            raise HoldNotFound
        if hold.decision is None:
            await _decide(conn, actor_id, order, hold, decision)
        elif hold.decision != decision:
            raise HoldDecided(f"This payment was {hold.decision} already.", decision=hold.decision)
        return await show_hold(conn, order_id)


async def _decide(
    conn: Connection, actor_id: UUID, order: Order, hold: OrderHold, decision: Decision
) -> None:
    at = now()
    if decision is Decision.RELEASED:
        await queries.set_held(conn, order.user_id, order.id, False)
        line = HistoryLine(order.id, order.state, Reason.RELEASED, at)
        await orders.add_history(conn, line)
        await defer(conn, SETTLE_TASK, order_id=str(order.id))
    else:
        await _return(conn, order)
    await queries.decide(conn, order.id, decision=decision, decided_by=actor_id, at=at)
    data = {
        "buyer": str(order.user_id),
        "coins": order.coins,
        "rules": [reason.rule for reason in hold.reasons],
    }
    await identity.record(conn, actor_id, f"hold.{decision}", order.id, data)


async def _return(conn: Connection, order: Order) -> None:
    """It stays held: whatever comes later, it is not to be credited."""
    if order.channel in _NEVER_RETURNED_BY_US:
        raise PaymentNotReturnable(
            "The App Store alone can give this money back: the buyer asks Apple, and then you release the payment."
        )
    for transaction in await payment_queries.transactions_of(conn, order.id):
        if transaction.state == TransactionState.PAID:
            await return_payment(
                conn,
                order,
                transaction.transaction_id,
                reason=RefundReason.NOT_ACCEPTED,
                amount_minor=order.gross_minor,
            )
            return
    raise PaymentNotReturnable


async def _views(conn: ReadConnection, holds: Sequence[OrderHold]) -> list[schemas.Hold]:
    at = now()
    due = timedelta(hours=(await queries.periods_at(conn, at)).hold_due_h)
    people = await identity.persons(conn, [hold.user_id for hold in holds])
    of_holds = await orders.find_orders(conn, [hold.order_id for hold in holds])
    return [
        _view(hold, of_holds[hold.order_id], people.get(hold.user_id), hold.created_at + due, at)
        for hold in holds
    ]


def _view(
    hold: OrderHold, order: Order, buyer: identity.Person | None, due_at: datetime, at: datetime
) -> schemas.Hold:
    return schemas.Hold(
        order_id=order.id,
        order_state=order.state,
        buyer_id=order.user_id,
        buyer=buyer,
        provider=order.provider,
        country=order.country,
        payer_country=order.payer_country,
        coins=order.coins,
        coins_bonus=order.coins_bonus,
        total=Money(amount_minor=order.gross_minor, currency=order.currency),
        ordered_at=order.created_at,
        held_at=hold.created_at,
        due_at=due_at,
        overdue=hold.decision is None and at > due_at,
        reasons=[
            schemas.HoldReason(
                rule=reason.rule,
                text=texts.hold_sentence(
                    reason, country=order.country, payer_country=order.payer_country
                ),
                value=reason.value,
                amount=reason.amount,
            )
            for reason in hold.reasons
        ],
        decision=None if hold.decision is None else Decision(hold.decision),
        decided_by=hold.decided_by,
        decided_at=hold.decided_at,
    )


def _cursor(hold: OrderHold) -> str:
    text = f"{hold.created_at.isoformat()} {hold.order_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _parse_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, order_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment, UUID(order_id)
    except (ValueError, binascii.Error) as error:
        raise ledger.CursorInvalid from error
