"""Promotions as people see them, and as operators make and end them."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from largesse.db import Connection, Database, ReadConnection
from largesse.identity import User, countries, record
from largesse.promotions import queries
from largesse.promotions.claims import occasion_of
from largesse.promotions.errors import PromotionExists, PromotionInvalid, PromotionUnknown
from largesse.promotions.model import Promotion, PromotionKind, Terms, UseState
from largesse.promotions.orders import case_of
from largesse.promotions.rules import BASIS_POINTS, refusal
from largesse.promotions.schemas import (
    OperatorPromotion,
    PromotionBody,
    PromotionCost,
    PromotionView,
)
from largesse.types import Money, Page, new_id, now

LISTED_MAX = 100
"""Promotions that people are shown: all without a code come first."""


async def list_promotions(
    db: Database, user: User | None, *, country: str | None, channel: str | None
) -> Page[PromotionView]:
    """What applies to somebody now, of the first `LISTED_MAX`. Country: the wanted one, else the account's, or any."""
    at = now()
    async with db.read() as conn:
        case = await case_of(
            conn, user.id if user else None, country or (user.country if user else None), channel
        )
        running = await queries.running(conn, at, LISTED_MAX)
        occasions = {occasion_of(promotion, at) for promotion in running}
        claimed = await queries.claims_of(conn, user.id, list(occasions)) if user else set()
    views: list[PromotionView] = []
    for promotion in sorted(running, key=lambda each: (each.priority, each.slug)):
        has_it = (promotion.id, occasion_of(promotion, at)) in claimed
        if has_it or refusal(promotion, case, at) is None:
            views.append(_public(promotion, signed_in=user is not None, claimed=has_it))
    return Page(items=views, next_cursor=None)


def _public(promotion: Promotion, *, signed_in: bool, claimed: bool) -> PromotionView:
    is_grant = promotion.kind is PromotionKind.GRANT
    return PromotionView(
        slug=promotion.slug,
        title=promotion.title,
        description=promotion.description,
        kind=promotion.kind,
        bp=promotion.bp,
        coins=promotion.coins,
        coins_min=promotion.coins_min,
        first_recharge=promotion.first_recharge,
        ends_at=promotion.ends_at,
        code_needed=promotion.code is not None,
        claimable=is_grant and signed_in and not claimed,
        claimed=claimed,
    )


async def add(db: Database, actor_id: UUID, body: PromotionBody) -> OperatorPromotion:
    """Make a promotion. Raises PromotionInvalid, PromotionExists."""
    async with db.transaction() as conn:
        await _insert(conn, actor_id, body)
        return await _shown(conn, body.slug)


async def _insert(conn: Connection, actor_id: UUID, body: PromotionBody) -> None:
    at = now()
    assert_sensible(body, at)
    if body.countries is not None:
        unknown = set(body.countries) - {country.code for country in await countries(conn)}
        if unknown:
            raise PromotionInvalid(f"There are no countries {', '.join(sorted(unknown))}.")
    id = new_id()
    if not await queries.insert_promotion(conn, id, _terms(body), at):
        raise PromotionExists
    await record(conn, actor_id, "promotion_added", id, body.model_dump(mode="json"))


def _terms(body: PromotionBody) -> Terms:
    return Terms(**{each.name: getattr(body, each.name) for each in fields(Terms)})


def assert_sensible(body: PromotionBody, at: datetime) -> None:
    """Raise PromotionInvalid for what could not work, or would not mean what its kind says."""
    if body.ends_at <= max(body.starts_at, at):
        raise PromotionInvalid("It must end after it starts, and in the future.")
    if body.kind is PromotionKind.DISCOUNT:
        wrong = not 0 < body.bp <= BASIS_POINTS or body.coins or body.coins_max or body.daily
        if wrong or body.bonus_expires_days or (body.budget is None) != (body.currency is None):
            raise PromotionInvalid(
                "A discount has 1 to 10,000 basis points, no coins, and a currency with its budget only."
            )
        return
    if body.currency is not None:
        raise PromotionInvalid("The budget of coins has no currency.")
    if body.kind is PromotionKind.BONUS and (not body.bp + body.coins or body.daily):
        raise PromotionInvalid("A bonus gives coins or basis points of them, with each purchase.")
    if body.kind is PromotionKind.GRANT:
        bound = body.first_recharge or body.channels or body.coins_min or body.coins_max or body.bp
        if bound or not body.coins or body.stacks:
            raise PromotionInvalid("A grant has coins, and no conditions of a purchase.")


async def import_all(
    db: Database, actor_id: UUID, bodies: Sequence[PromotionBody]
) -> tuple[int, int]:
    """Make all of some promotions, or none; those that are there just so stay. Answers how many are new, and how many
    were there. Raises PromotionInvalid, and PromotionExists when one differs from what has its slug."""
    new = 0
    async with db.transaction() as conn:
        for body in bodies:
            stored = await queries.find_by_slug(conn, body.slug)
            if stored is None:
                await _insert(conn, actor_id, body)
                new += 1
            elif _body(stored) != _body_fields(body):
                raise PromotionExists(f"{body.slug} is there and says something else.")
    return new, len(bodies) - new


async def end(db: Database, actor_id: UUID, slug: str) -> OperatorPromotion:
    """End a promotion now; orders placed before keep what they were promised. One that is over stays as it is."""
    at = now()
    async with db.transaction() as conn:
        promotion = await queries.find_by_slug(conn, slug)
        if promotion is None:
            raise PromotionUnknown
        if promotion.ends_at > at:
            await queries.end_promotion(conn, promotion.id, at)
            await record(conn, actor_id, "promotion_ended", promotion.id, {"slug": slug})
        return await _shown(conn, slug)


async def list_all(db: Database, *, limit: int, cursor: str | None) -> Page[OperatorPromotion]:
    """Every promotion with its cost so far, by slug; the cursor is the last one's slug."""
    async with db.read() as conn:
        found = await queries.all_promotions(conn, after=cursor or "", limit=limit + 1)
        items = await _with_costs(conn, found[:limit])
    return Page(items=items, next_cursor=found[limit - 1].slug if len(found) > limit else None)


async def _shown(conn: ReadConnection, slug: str) -> OperatorPromotion:
    promotion = await queries.find_by_slug(conn, slug)
    assert promotion is not None, "promotions are never deleted"
    return (await _with_costs(conn, [promotion]))[0]


async def _with_costs(
    conn: ReadConnection, promotions: Sequence[Promotion]
) -> list[OperatorPromotion]:
    rows = await queries.costs(conn, [promotion.id for promotion in promotions])
    return [
        OperatorPromotion(
            **_body(promotion),
            id=promotion.id,
            created_at=promotion.created_at,
            budget_left=promotion.budget_left,
            cost=_cost([row[1:] for row in rows if row[0] == promotion.id]),
        )
        for promotion in promotions
    ]


def _cost(rows: Sequence[tuple[str, str | None, int, int, int]]) -> PromotionCost:
    used = [row[1:] for row in rows if row[0] == UseState.USED]
    return PromotionCost(
        coins=sum(coins for _, _, coins, _ in used),
        discounts=[
            Money(amount_minor=minor, currency=currency)
            for currency, _, _, minor in used
            if currency is not None and minor
        ],
        uses=sum(count for _, count, _, _ in used),
        reserved=sum(row[2] for row in rows if row[0] == UseState.RESERVED),
    )


def _body(promotion: Promotion) -> dict[str, Any]:
    wanted = {each.name for each in fields(Terms)}
    return {name: value for name, value in asdict(promotion).items() if name in wanted}


def _body_fields(body: PromotionBody) -> dict[str, Any]:
    return asdict(_terms(body))
