"""Buyers give back unused coins: the coins leave the wallet together with the intent, the money follows by a job."""

from dataclasses import dataclass
from uuid import UUID

from largesse import ledger
from largesse.db import Connection, ReadConnection
from largesse.errors import IdempotencyConflict
from largesse.identity import User
from largesse.ledger import PurchaseStanding
from largesse.services import Services
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.errors import (
    IdempotencyKeyInvalid,
    RefundChanged,
    RefundNotPossible,
)
from largesse.topups.refunds import queries, schemas
from largesse.topups.refunds.model import Refund, RefundReason
from largesse.topups.refunds.policy import Case, Offer, offer_of
from largesse.topups.refunds.service import new_refund, queue
from largesse.topups.refunds.settling import bring
from largesse.topups.refunds.views import refund_view
from largesse.topups.registry import enabled_providers
from largesse.topups.rows import Order, TransactionState
from largesse.topups.service import load_order
from largesse.topups.states import Reason
from largesse.types import Money, is_idempotency_key, now

_TRIES_MAX = 3
"""A gift may spend coins between the look at them and their lock: then it is looked at again."""


@dataclass(frozen=True, slots=True)
class RequestedRefund:
    """A refund, and whether this request made it (or an earlier one with the same key)."""

    refund: schemas.Refund
    new: bool


class _Moved(Exception):
    """The coins that were to be taken are no longer all there."""


async def show_offer(services: Services, user: User, order_id: UUID) -> schemas.RefundOffer:
    """Whether the unused coins of a user's own order can be given back, and what for."""
    async with services.db.read() as conn:
        order = await load_order(conn, user, order_id)
        offer, _ = await _offer(services, conn, order)
    return schemas.RefundOffer(
        possible=offer.refusal is None,
        reason=offer.refusal,
        coins=offer.coins,
        coins_bonus=offer.coins_bonus,
        amount=Money(amount_minor=offer.amount_minor, currency=order.currency),
        tax=Money(amount_minor=offer.tax_minor, currency=order.currency),
        until=offer.until,
    )


async def list_refunds(services: Services, user: User, order_id: UUID) -> list[schemas.Refund]:
    """The refunds of a user's own order that were made or are under way, oldest first."""
    async with services.db.read() as conn:
        order = await load_order(conn, user, order_id)
        return [refund_view(refund) for refund in await queries.refunds_of(conn, order.id)]


async def request_refund(
    services: Services, user: User, order_id: UUID, *, coins: int, key: str | None
) -> RequestedRefund:
    """Take an order's unused coins out of the wallet, and have their money given back.

    Raises RefundNotPossible, with the reason; RefundChanged when the offer is not for so many coins.
    """
    if key is not None and not is_idempotency_key(key):
        raise IdempotencyKeyInvalid
    for _ in range(_TRIES_MAX):
        try:
            async with services.db.transaction() as conn:
                refund, new = await _store(services, conn, user, order_id, coins, key)
            return RequestedRefund(refund_view(refund), new)
        except _Moved:
            continue
    raise RefundChanged


async def _store(
    services: Services, conn: Connection, user: User, order_id: UUID, coins: int, key: str | None
) -> tuple[Refund, bool]:
    """The refund of this key: an earlier one as it stands, or a new one if the offer holds."""
    await order_queries.lock_ordering(conn, user.id)  # a key may come for two orders at once
    order = await load_order(conn, user, order_id)
    await order_queries.lock_order(conn, order.id)
    order = await load_order(conn, user, order_id)
    earlier = None if key is None else await queries.refund_by_key(conn, user.id, key)
    if earlier is not None:
        if (earlier.order_id, earlier.coins) != (order.id, coins):
            raise IdempotencyConflict("This key was already used for another refund.")
        return earlier, False
    offer, purchase = await _offer(services, conn, order)
    if offer.refusal is not None or purchase is None:
        raise RefundNotPossible(reason=offer.refusal)
    if offer.coins != coins:
        raise RefundChanged(coins=offer.coins)
    refund = new_refund(
        order,
        await _paid_by(conn, order),
        RefundReason.REQUESTED,
        offer.amount_minor,
        now(),
        coins=offer.coins,
        coins_bonus=offer.coins_bonus,
        key=key,
    )
    await _take(conn, order, refund, purchase)
    await queue(conn, refund)
    return refund, True


async def _offer(
    services: Services, conn: ReadConnection, order: Order
) -> tuple[Offer, PurchaseStanding | None]:
    purchase = await ledger.purchase_standing(conn, order.user_id, order.id)
    wallet = await ledger.wallet_state(conn, order.user_id)
    case = Case(
        state=order.state,
        channel=order.channel,
        purchase=purchase,
        bought_at=purchase.created_at if purchase else order.created_at,
        policy=await queries.policy_of(conn, order.country, order.channel, order.created_at),
        provider_on=order.provider in enabled_providers(services),
        frozen=wallet.frozen,
        coins_owed=wallet.coins_owed,
    )
    return offer_of(case, now()), purchase


async def _paid_by(conn: Connection, order: Order) -> str:
    """The payment that the order's coins were credited for."""
    for transaction in await payment_queries.transactions_of(conn, order.id):
        if transaction.state == TransactionState.CREDITED:
            return transaction.transaction_id
    raise AssertionError("a credited order was paid")


async def _take(conn: Connection, order: Order, refund: Refund, purchase: PurchaseStanding) -> None:
    """Take the coins out of the wallet; unused ones only. The ledger holds the wallet from here on."""
    reversed_now = await ledger.record_reversal(
        conn,
        owner_id=order.user_id,
        order_id=order.id,
        cause_id=refund.cause_id,
        kind="refund",
        amount_minor=refund.amount_minor,
    )
    taken = reversed_now.coins_removed - purchase.coins_removed
    bonus_taken = reversed_now.coins_bonus - purchase.bonus_removed
    if (taken, bonus_taken) != (refund.coins, refund.coins_bonus):
        raise _Moved
    await bring(conn, order, refund.transaction_id, reversed_now, Reason.REFUND_REQUESTED)
