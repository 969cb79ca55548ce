"""Promotions of orders: what a purchase gets, kept for it when the order is placed, used when that is credited.

The caller holds the order's lock, and takes the ledger's locks afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from largesse import ledger
from largesse.db import Connection, Database, ReadConnection
from largesse.identity import rate_limited
from largesse.ledger import BonusPart
from largesse.promotions import queries
from largesse.promotions.errors import PromotionUnknown, TooManyCodes
from largesse.promotions.model import (
    Award,
    Case,
    Line,
    Promotion,
    PromotionKind,
    Purchase,
    Use,
    UseState,
)
from largesse.promotions.queries import code_of_order, keep_code
from largesse.promotions.rules import best_awards, misfit, refusal

__all__ = [
    "Taken",
    "awards_for",
    "case_of",
    "code_of_order",
    "count_code_try",
    "keep_code",
    "release",
    "reserve",
    "use",
]

CODES_MAX = 30
"""Requests with a code that one account or address may make in `CODES_WINDOW_S`, right ones too: codes are not to be
guessed."""
CODES_WINDOW_S = 600


@dataclass(frozen=True, slots=True)
class Taken:
    """What the promotions of an order gave."""

    coins: int
    bonus_parts: Sequence[BonusPart]
    """Of the coins, those that lapse."""
    discount_net_minor: int


async def count_code_try(db: Database, who: str) -> None:
    """Count a request with a code, in a transaction of its own; raises TooManyCodes. `who` names no person in clear."""
    async with db.transaction() as conn:
        wait_s = await rate_limited(conn, f"promotion_code:{who}", CODES_MAX, CODES_WINDOW_S)
    if wait_s:
        raise TooManyCodes(retry_after_s=wait_s)


async def case_of(
    conn: ReadConnection, user_id: UUID | None, country: str | None, channel: str | None
) -> Case:
    """Somebody who buys or looks around; without an account he has bought and used nothing."""
    if user_id is None:
        return Case(country, channel)
    return Case(
        country,
        channel,
        has_bought=await ledger.has_bought(conn, user_id),
        uses=await queries.uses_of_person(conn, user_id),
    )


async def awards_for(
    conn: ReadConnection, case: Case, purchase: Purchase, *, code: str | None, at: datetime
) -> list[Award]:
    """What a purchase gets from promotions that apply by themselves, and from the one whose code was typed.

    Raises what is wrong with the code: PromotionUnknown, PromotionNotYet, PromotionEnded, PromotionUsedUp,
    PromotionAlreadyUsed, PromotionNotForYou.
    """
    offers = [
        promotion
        for promotion in await queries.running_without_code(conn, at)
        if _fits(promotion, case, purchase, at)
    ]
    if code is not None:
        offers.append(await _promotion_of_code(conn, case, purchase, code, at))
    return best_awards(offers, purchase)


def _fits(promotion: Promotion, case: Case, purchase: Purchase, at: datetime) -> bool:
    if promotion.kind is PromotionKind.GRANT or refusal(promotion, case, at) is not None:
        return False
    return misfit(promotion, purchase) is None


async def _promotion_of_code(
    conn: ReadConnection, case: Case, purchase: Purchase, code: str, at: datetime
) -> Promotion:
    promotion = await queries.find_by_code(conn, code.strip())
    if promotion is None or promotion.kind is PromotionKind.GRANT:
        raise PromotionUnknown
    error = refusal(promotion, case, at) or misfit(promotion, purchase)
    if error is not None:
        raise error
    return promotion


class _Gone(Exception):
    """A promotion was used up between looking and reserving."""


async def reserve(
    conn: Connection,
    user_id: UUID,
    order_id: UUID,
    lines: Sequence[Line],
    *,
    currency: str,
    at: datetime,
) -> bool:
    """Keep an order's awards for it; False, with nothing kept: one is used up meanwhile, look again."""
    try:
        async with conn.transaction():
            for no, line in sorted(enumerate(lines, start=1), key=_promotion_id):
                await _count(conn, user_id, line.award, at)
                await queries.insert_use(conn, _use(user_id, order_id, no, line, currency, at))
    except _Gone:
        return False
    return True


def _promotion_id(numbered: tuple[int, Line]) -> UUID:
    """Counters are locked in one order."""
    return numbered[1].award.promotion.id


async def _count(conn: Connection, user_id: UUID, award: Award, at: datetime) -> None:
    promotion = award.promotion
    most = 1 if promotion.first_recharge else promotion.per_person_max
    if not await queries.count_use(conn, promotion.id, award.budget_taken, at=at):
        raise _Gone
    if not await queries.count_person(conn, user_id, promotion.id, most):
        raise _Gone


def _use(user_id: UUID, order_id: UUID, no: int, line: Line, currency: str, at: datetime) -> Use:
    return Use(
        user_id=user_id,
        occasion=str(order_id),
        promotion_id=line.award.promotion.id,
        no=no,
        order_id=order_id,
        coins=line.award.coins,
        discount_minor=line.discount_minor,
        discount_net_minor=line.discount_net_minor,
        currency=currency,
        budget_taken=line.award.budget_taken,
        state=UseState.RESERVED,
        created_at=at,
    )


async def use(conn: Connection, user_id: UUID, order_id: UUID, at: datetime) -> Taken:
    """An order is credited: its awards are used. Those released meanwhile are counted again, past any limit."""
    uses = await queries.lock_uses(conn, user_id, str(order_id))
    for each in uses:
        if each.state == UseState.RELEASED:
            await queries.change_counts(conn, each, 1)
        await queries.set_use_state(conn, each, UseState.USED, at)
    days = await queries.expires_days(conn, [each.promotion_id for each in uses])
    return Taken(
        coins=sum(each.coins for each in uses),
        bonus_parts=[
            BonusPart(each.coins, at + timedelta(days=days[each.promotion_id]))
            for each in uses
            if each.coins and each.promotion_id in days
        ],
        discount_net_minor=sum(each.discount_net_minor for each in uses),
    )


async def release(conn: Connection, user_id: UUID, order_id: UUID, at: datetime) -> None:
    """An order failed or expired: what was kept for it is free again. Doing it twice changes nothing more."""
    for each in await queries.lock_uses(conn, user_id, str(order_id)):
        if each.state == UseState.RESERVED:
            await queries.change_counts(conn, each, -1)
            await queries.set_use_state(conn, each, UseState.RELEASED, at)
