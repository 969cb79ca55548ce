"""Free coins: claimed by the person they are for, or given by an operator."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from largesse import ledger
from largesse.db import Connection, ReadConnection
from largesse.errors import IdempotencyConflict
from largesse.identity import User, assert_may_spend, record, user_by_id
from largesse.ledger import BonusGrant, BonusPart
from largesse.promotions import grant_queries, queries, schemas
from largesse.promotions.errors import (
    GrantReceiverUnknown,
    NothingToClaim,
    PromotionAlreadyUsed,
    PromotionUnknown,
    PromotionUsedUp,
)
from largesse.promotions.model import Promotion, PromotionKind, Use, UseState
from largesse.promotions.orders import case_of, count_code_try
from largesse.promotions.rules import refusal
from largesse.services import Services
from largesse.types import PLATFORM_ID, now


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim, and whether this request made it."""

    claim: schemas.Claim
    new: bool


async def claim(services: Services, user: User, slug: str, *, code: str | None) -> Claimed:
    """Take the free coins of a promotion: once, or once a day. The same again gives the same answer and no coins."""
    if code is not None:
        await count_code_try(services.db, str(user.id))
    async with services.db.transaction() as conn:
        promotion = await _claimable(conn, slug, code)
        await assert_may_spend(conn, user)
        return await _claim(conn, user, promotion, now())


async def _claimable(conn: ReadConnection, slug: str, code: str | None) -> Promotion:
    promotion = await queries.find_by_slug(conn, slug)
    if promotion is None:
        raise PromotionUnknown
    if promotion.kind is not PromotionKind.GRANT:
        raise NothingToClaim
    if promotion.code is not None and promotion.code.lower() != (code or "").strip().lower():
        raise PromotionUnknown("This code is not the promotion's.")
    return promotion


async def _claim(conn: Connection, user: User, promotion: Promotion, at: datetime) -> Claimed:
    await queries.lock_person(conn, user.id, promotion.id)
    occasion = occasion_of(promotion, at)
    for use in await queries.lock_uses(conn, user.id, occasion):
        if use.promotion_id == promotion.id:
            return Claimed(_view(promotion, use.coins, use.created_at), new=False)
    error = refusal(promotion, await case_of(conn, user.id, user.country, None), at)
    if error is not None:
        raise error
    if (await ledger.wallet_state(conn, user.id)).frozen:
        raise ledger.WalletFrozen
    if not await queries.count_use(conn, promotion.id, promotion.coins, at=at):
        raise PromotionUsedUp
    if not await queries.count_person(conn, user.id, promotion.id, promotion.per_person_max):
        raise PromotionAlreadyUsed
    await queries.insert_use(conn, _use(user.id, promotion, occasion, at))
    id = uuid5(promotion.id, f"{user.id}:{occasion}")
    part = BonusPart(promotion.coins, _expires_at(promotion.bonus_expires_days, at))
    await ledger.grant_bonus(conn, BonusGrant(user.id, id, part))
    return Claimed(_view(promotion, promotion.coins, at), new=True)


def occasion_of(promotion: Promotion, at: datetime) -> str:
    """What can be claimed once."""
    return f"claim:{at.astimezone(UTC).date().isoformat()}" if promotion.daily else "claim"


def _use(user_id: UUID, promotion: Promotion, occasion: str, at: datetime) -> Use:
    return Use(
        user_id=user_id,
        occasion=occasion,
        promotion_id=promotion.id,
        no=1,
        order_id=None,
        coins=promotion.coins,
        discount_minor=0,
        discount_net_minor=0,
        currency=None,
        budget_taken=promotion.coins,
        state=UseState.USED,
        created_at=at,
    )


def _expires_at(days: int | None, at: datetime) -> datetime | None:
    return None if days is None else at + timedelta(days=days)


def _view(promotion: Promotion, coins: int, at: datetime) -> schemas.Claim:
    return schemas.Claim(
        slug=promotion.slug,
        coins=coins,
        claimed_at=at,
        expires_at=_expires_at(promotion.bonus_expires_days, at),
    )


async def give(
    services: Services, operator: User, request: schemas.GrantRequest, *, key: str
) -> tuple[schemas.Grant, bool]:
    """Free coins from an operator to one person, with the reason kept; also whether this request gave them."""
    id = uuid5(operator.id, f"grant:{key}")
    at = now()
    async with services.db.transaction() as conn:
        if request.user_id == PLATFORM_ID or await user_by_id(conn, request.user_id) is None:
            raise GrantReceiverUnknown
        row = grant_queries.GrantRow(
            id=id,
            actor_id=operator.id,
            user_id=request.user_id,
            coins=request.coins,
            reason=request.reason,
            expires_days=request.expires_days,
            expires_at=_expires_at(request.expires_days, at),
            created_at=at,
        )
        if not await grant_queries.insert_grant(conn, row):
            return _grant_view(_same(await grant_queries.find_grant(conn, id), request)), False
        part = BonusPart(row.coins, row.expires_at)
        await ledger.grant_bonus(conn, BonusGrant(row.user_id, row.id, part))
        data: dict[str, Any] = request.model_dump(mode="json")
        await record(conn, operator.id, "bonus_granted", row.id, data)
    return _grant_view(row), True


def _same(
    stored: grant_queries.GrantRow | None, request: schemas.GrantRequest
) -> grant_queries.GrantRow:
    assert stored is not None, "grants are never deleted"
    if (stored.user_id, stored.coins, stored.reason, stored.expires_days) != (
        request.user_id,
        request.coins,
        request.reason,
        request.expires_days,
    ):
        raise IdempotencyConflict("This key was already used for another grant.")
    return stored


def _grant_view(row: grant_queries.GrantRow) -> schemas.Grant:
    return schemas.Grant(
        id=row.id,
        user_id=row.user_id,
        coins=row.coins,
        reason=row.reason,
        expires_at=row.expires_at,
        created_at=row.created_at,
    )
