"""Guards at work: before an order is made, when it was paid, and for a buyer who wants to know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection, ReadConnection
from largesse.identity import User
from largesse.services import Services
from largesse.topups import queries as orders
from largesse.topups.errors import LimitReached
from largesse.topups.guards import queries, rules, texts
from largesse.topups.guards.model import (
    Action,
    Breach,
    Case,
    GuardRule,
    HoldReason,
    OrderHold,
    Past,
    Periods,
    Subject,
)
from largesse.topups.providers import Payer
from largesse.topups.rows import HistoryLine, Order
from largesse.topups.states import OrderState, Reason
from largesse.topups.visitors import digest
from largesse.types import now

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
BLANK_BATCH_MAX = 1000
"""Orders that one run of the job blanks at a time."""


async def check(conn: Connection, user: User, order: Order) -> None:
    """Raise LimitReached when an order about to be stored goes beyond a limit. Until the caller's transaction ends,
    nobody else of the same person, device or address is judged, so that orders made at once cannot slip past."""
    in_force = await _in_force(conn, order.created_at, Action.REFUSE)
    past = await _past(conn, order, in_force, order.created_at)
    case = Case(
        user_id=user.id,
        at=order.created_at,
        coins=order.coins,
        account_created_at=user.created_at,
        past=past,
        owed_coins=(await ledger.wallet_state(conn, user.id)).coins_owed,
    )
    found = rules.breaches(in_force, case, Action.REFUSE)
    if found:
        raise refusal(found, order.created_at)


def refusal(found: Sequence[Breach], at: datetime) -> LimitReached:
    """What the buyer is told: which limit and until when, or as good as nothing where that would help a thief."""
    told = rules.told(found)
    if told is None:
        return LimitReached(limit=None, ends_at=None)
    fields: dict[str, object] = {
        "limit": told.rule.name,
        "measure": told.rule.measure,
        "amount": told.rule.amount,
        "ends_at": told.ends_at,
    }
    if told.ends_at is not None:
        fields["retry_after_s"] = max(1, -((at - told.ends_at) // timedelta(seconds=1)))
    return LimitReached(texts.refusal_sentence(told.rule, told.ends_at), **fields)


async def judge(services: Services, conn: Connection, order_id: UUID, payer: Payer) -> bool:
    """Keep who paid for an order, and hold it for review where a rule says so; True when it is held.

    In the transaction that made it `paid`, which holds its lock.
    """
    order = await orders.lock_order(conn, order_id)
    assert order is not None, "it was paid a moment ago"
    order = await _with_payer(services, conn, order, payer)
    at = order.updated_at
    in_force = await _in_force(conn, at, Action.HOLD)
    case = await _case_of_payment(conn, order, in_force, at)
    found = rules.breaches(in_force, case, Action.HOLD)
    if not found:
        return False
    reasons = tuple(_reason(one) for one in found)
    await queries.set_held(conn, order.user_id, order.id, True)
    await queries.insert_hold(conn, OrderHold(order.id, order.user_id, reasons, at))
    line = HistoryLine(order.id, OrderState.PAID, Reason.HELD_FOR_REVIEW, at)
    await orders.add_history(conn, line)
    return True


async def _with_payer(services: Services, conn: Connection, order: Order, payer: Payer) -> Order:
    """The order with what its payment told: the country, and a keyed digest of the card or account."""
    fingerprint = payer.fingerprint and digest(
        services, f"payer of {order.provider}", payer.fingerprint
    )
    country = payer.country if payer.country and _COUNTRY.fullmatch(payer.country) else None
    known = replace(
        order,
        payer_country=country or order.payer_country,
        payer_fingerprint=fingerprint or order.payer_fingerprint,
    )
    if known != order:
        await orders.set_payer(conn, known)
    if known.payer_country not in (order.payer_country, order.country):
        line = HistoryLine(order.id, order.state, Reason.PAYER_COUNTRY_DIFFERS, now())
        await orders.add_history(conn, line)
    return known


async def keep_payer(services: Services, conn: Connection, order_id: UUID, payer: Payer) -> None:
    """Add what a later word of the provider's says about who paid; it judges nothing again."""
    order = await orders.lock_order(conn, order_id)
    assert order is not None, "its payment is known"
    await _with_payer(services, conn, order, payer)


async def _case_of_payment(
    conn: Connection, order: Order, in_force: Sequence[GuardRule], at: datetime
) -> Case:
    past = await _past(conn, order, in_force, at)
    buyer = await identity.user_by_id(conn, order.user_id)
    return Case(
        user_id=order.user_id,
        at=at,
        coins=order.coins,
        account_created_at=buyer.created_at if buyer else None,
        past=past,
        owed_coins=(await ledger.wallet_state(conn, order.user_id)).coins_owed,
        payer_is_foreign=order.payer_country not in (None, order.country),
    )


def _reason(breach: Breach) -> HoldReason:
    rule = breach.rule
    return HoldReason(
        rule=rule.name,
        subject=rule.subject,
        measure=rule.measure,
        value=breach.value,
        amount=rule.amount,
        window_s=rule.window_s,
        account_age_max_days=rule.account_age_max_days,
    )


async def _in_force(conn: ReadConnection, at: datetime, action: Action) -> list[GuardRule]:
    return [rule for rule in await queries.rules_at(conn, at) if rule.action is action]


async def _past(
    conn: Connection, order: Order, in_force: Sequence[GuardRule], at: datetime
) -> Mapping[Subject, Sequence[Past]]:
    """The earlier orders of every subject that rules count and this order shows. Locked in one order for everybody:
    that of `Subject`."""
    keys: dict[Subject, UUID | str | None] = {
        Subject.PERSON: order.user_id,
        Subject.DEVICE: order.visitor_device,
        Subject.ADDRESS: order.visitor_address,
        Subject.CARD: order.payer_fingerprint,
    }
    past: dict[Subject, Sequence[Past]] = {}
    for subject, key in keys.items():
        windows = [rule.window for rule in in_force if rule.subject is subject]
        if key is None or not windows:
            continue
        await queries.lock_subject(conn, subject, str(key))
        past[subject] = await queries.past_orders(
            conn, subject, key, since=at - max(windows), but=order.id
        )
    return past


async def periods(conn: ReadConnection, at: datetime) -> Periods:
    """How long a hold may wait, and how long digests are kept."""
    return await queries.periods_at(conn, at)


async def forget_visitors(services: Services, at: datetime) -> int:
    """Blank the digests that were kept long enough; answers on how many orders."""
    async with services.db.read() as conn:
        kept = await queries.periods_at(conn, at)
    blanked = 0
    for blank, days in (
        (queries.blank_visitors, kept.visitor_keep_days),
        (queries.blank_payers, kept.payer_keep_days),
    ):
        done = BLANK_BATCH_MAX
        while done == BLANK_BATCH_MAX:
            async with services.db.transaction() as conn:
                done = await blank(conn, at - timedelta(days=days), BLANK_BATCH_MAX)
            blanked += done
    return blanked
