"""SQL of promotions and their uses."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row, kwargs_row

from largesse.db import Connection, ReadConnection
from largesse.promotions.model import Promotion, PromotionKind, Terms, Use, UseState

_TERMS: LiteralString = """
    slug, title, description, kind, code, bp, coins, coins_max, first_recharge, starts_at, ends_at, countries, channels,
    coins_min, budget, currency, uses_max, per_person_max, daily, bonus_expires_days, priority, stacks
"""
_USE: LiteralString = """
    user_id, occasion, promotion_id, no, order_id, coins, discount_minor, discount_net_minor, currency, budget_taken,
    state, created_at
"""


def _promotion(**columns: object) -> Promotion:
    return Promotion(**{**columns, "kind": PromotionKind(str(columns["kind"]))})  # type: ignore[arg-type]


async def _promotions(
    conn: ReadConnection, where: LiteralString, params: Sequence[object]
) -> list[Promotion]:
    async with conn.cursor(row_factory=kwargs_row(_promotion)) as cursor:
        await cursor.execute(
            f"SELECT {_TERMS}, id, created_at, uses, spent FROM promotion {where}", params
        )
        return await cursor.fetchall()


async def insert_promotion(conn: Connection, id: UUID, terms: Terms, at: datetime) -> bool:
    """Store a new promotion; False when its slug or code is taken."""
    cursor = await conn.execute(
        f"""
        INSERT INTO promotion ({_TERMS}, id, created_at)
        VALUES (%(slug)s, %(title)s, %(description)s, %(kind)s, %(code)s, %(bp)s, %(coins)s, %(coins_max)s,
                %(first_recharge)s, %(starts_at)s, %(ends_at)s, %(countries)s, %(channels)s, %(coins_min)s, %(budget)s,
                %(currency)s, %(uses_max)s, %(per_person_max)s, %(daily)s, %(bonus_expires_days)s, %(priority)s,
                %(stacks)s, %(id)s, %(at)s)
        ON CONFLICT DO NOTHING
        """,
        {**asdict(terms), "id": id, "at": at},
    )
    return cursor.rowcount == 1


async def find_by_slug(conn: ReadConnection, slug: str) -> Promotion | None:
    """A promotion by its slug."""
    found = await _promotions(conn, "WHERE slug = %s", (slug,))
    return found[0] if found else None


async def find_by_code(conn: ReadConnection, code: str) -> Promotion | None:
    """A promotion by its code, whatever the case."""
    found = await _promotions(conn, "WHERE lower(code) = lower(%s)", (code,))
    return found[0] if found else None


async def running_without_code(conn: ReadConnection, at: datetime) -> list[Promotion]:
    """The promotions of a moment that apply by themselves; there may be thousands with codes."""
    return await _promotions(
        conn,
        "WHERE code IS NULL AND starts_at <= %s AND ends_at > %s ORDER BY priority, slug",
        (at, at),
    )


async def running(conn: ReadConnection, at: datetime, limit: int) -> list[Promotion]:
    """The promotions of a moment, so many at most: first those without a code."""
    return await _promotions(
        conn,
        """
        WHERE starts_at <= %s AND ends_at > %s ORDER BY code IS NOT NULL, priority, slug LIMIT %s
        """,
        (at, at, limit),
    )


async def all_promotions(conn: ReadConnection, *, after: str, limit: int) -> list[Promotion]:
    """Promotions by their slugs, from the one after `after`."""
    return await _promotions(conn, "WHERE slug > %s ORDER BY slug LIMIT %s", (after, limit))


async def end_promotion(conn: Connection, promotion_id: UUID, at: datetime) -> None:
    """End a promotion now; one that has not begun never does."""
    await conn.execute(
        "UPDATE promotion SET ends_at = least(ends_at, greatest(starts_at, %s)) WHERE id = %s",
        (at, promotion_id),
    )


async def count_use(
    conn: Connection, promotion_id: UUID, budget_taken: int, *, at: datetime
) -> bool:
    """Count a use, if it runs and its limits allow one more."""
    cursor = await conn.execute(
        """
        UPDATE promotion SET uses = uses + 1, spent = spent + %(taken)s
         WHERE id = %(id)s AND starts_at <= %(at)s AND ends_at > %(at)s
           AND (uses_max IS NULL OR uses < uses_max) AND (budget IS NULL OR spent + %(taken)s <= budget)
        """,
        {"id": promotion_id, "taken": budget_taken, "at": at},
    )
    return cursor.rowcount == 1


async def count_person(
    conn: Connection, user_id: UUID, promotion_id: UUID, per_person_max: int | None
) -> bool:
    """Count a use of one person, if the limit allows one more."""
    cursor = await conn.execute(
        """
        INSERT INTO promotion_person AS p (user_id, promotion_id, uses) VALUES (%(user)s, %(id)s, 1)
        ON CONFLICT (user_id, promotion_id) DO UPDATE SET uses = p.uses + 1
         WHERE %(most)s::integer IS NULL OR p.uses < %(most)s
        """,
        {"user": user_id, "id": promotion_id, "most": per_person_max},
    )
    return cursor.rowcount == 1


async def change_counts(conn: Connection, use: Use, sign: int) -> None:
    """Give a use's counts back (-1), or count it again whatever the limits (1): its promise was made before."""
    await conn.execute(
        "UPDATE promotion SET uses = uses + %s, spent = spent + %s WHERE id = %s",
        (sign, sign * use.budget_taken, use.promotion_id),
    )
    await conn.execute(
        "UPDATE promotion_person SET uses = uses + %s WHERE user_id = %s AND promotion_id = %s",
        (sign, use.user_id, use.promotion_id),
    )


async def lock_person(conn: Connection, user_id: UUID, promotion_id: UUID) -> None:
    """Let one person's claims of a promotion come one after the other."""
    await conn.execute(
        "INSERT INTO promotion_person (user_id, promotion_id, uses) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
        (user_id, promotion_id),
    )
    await conn.execute(
        "SELECT FROM promotion_person WHERE user_id = %s AND promotion_id = %s FOR UPDATE",
        (user_id, promotion_id),
    )


async def uses_of_person(conn: ReadConnection, user_id: UUID) -> dict[UUID, int]:
    """How often somebody used each promotion, reserved ones too."""
    cursor = await conn.execute(
        "SELECT promotion_id, uses FROM promotion_person WHERE user_id = %s AND uses > 0",
        (user_id,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def insert_use(conn: Connection, use: Use) -> None:
    """Keep a use."""
    await conn.execute(
        f"""
        INSERT INTO promotion_use ({_USE}, updated_at)
        VALUES (%(user_id)s, %(occasion)s, %(promotion_id)s, %(no)s, %(order_id)s, %(coins)s, %(discount_minor)s,
                %(discount_net_minor)s, %(currency)s, %(budget_taken)s, %(state)s, %(created_at)s, %(created_at)s)
        """,
        asdict(use),
    )


async def lock_uses(conn: Connection, user_id: UUID, occasion: str) -> list[Use]:
    """The uses of an order or claim, in the order of their promotions, locked."""
    async with conn.cursor(row_factory=class_row(Use)) as cursor:
        await cursor.execute(
            f"SELECT {_USE} FROM promotion_use WHERE user_id = %s AND occasion = %s ORDER BY promotion_id FOR UPDATE",
            (user_id, occasion),
        )
        return await cursor.fetchall()


async def claims_of(
    conn: ReadConnection, user_id: UUID, occasions: Sequence[str]
) -> set[tuple[UUID, str]]:
    """Promotion and occasion of what somebody claimed at some occasions."""
    cursor = await conn.execute(
        "SELECT promotion_id, occasion FROM promotion_use WHERE user_id = %s AND occasion = ANY (%s)",
        (user_id, list(occasions)),
    )
    return {(row[0], row[1]) for row in await cursor.fetchall()}


async def uses_of_order(conn: ReadConnection, user_id: UUID, order_id: UUID) -> list[Use]:
    """The uses of an order, in the order in which they were applied."""
    async with conn.cursor(row_factory=class_row(Use)) as cursor:
        await cursor.execute(
            f"SELECT {_USE} FROM promotion_use WHERE user_id = %s AND occasion = %s ORDER BY no",
            (user_id, str(order_id)),
        )
        return await cursor.fetchall()


async def set_use_state(conn: Connection, use: Use, state: UseState, at: datetime) -> None:
    """Say where a use stands now."""
    await conn.execute(
        """
        UPDATE promotion_use SET state = %s, updated_at = %s
         WHERE user_id = %s AND occasion = %s AND promotion_id = %s
        """,
        (state, at, use.user_id, use.occasion, use.promotion_id),
    )


async def expires_days(conn: ReadConnection, promotion_ids: Sequence[UUID]) -> dict[UUID, int]:
    """After how many days the coins of some promotions lapse; those that never do are missing."""
    cursor = await conn.execute(
        "SELECT id, bonus_expires_days FROM promotion WHERE id = ANY (%s) AND bonus_expires_days IS NOT NULL",
        (list(promotion_ids),),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def keep_code(conn: Connection, user_id: UUID, order_id: UUID, code: str) -> None:
    """Keep the code that was typed for an order."""
    await conn.execute(
        "INSERT INTO promotion_order_code (user_id, order_id, code) VALUES (%s, %s, %s)",
        (user_id, order_id, code),
    )


async def code_of_order(conn: ReadConnection, user_id: UUID, order_id: UUID) -> str | None:
    """The code that was typed for an order."""
    cursor = await conn.execute(
        "SELECT code FROM promotion_order_code WHERE user_id = %s AND order_id = %s",
        (user_id, order_id),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def costs(
    conn: ReadConnection, promotion_ids: Sequence[UUID]
) -> list[tuple[UUID, str, str | None, int, int, int]]:
    """By promotion, state and currency: uses, coins, and discounts without tax."""
    cursor = await conn.execute(
        """
        SELECT promotion_id, state, currency, count(*), sum(coins)::bigint, sum(discount_net_minor)::bigint
          FROM promotion_use WHERE promotion_id = ANY (%s) GROUP BY promotion_id, state, currency
         ORDER BY promotion_id, state, currency
        """,
        (list(promotion_ids),),
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in await cursor.fetchall()]
