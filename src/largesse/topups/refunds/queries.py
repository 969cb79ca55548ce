"""SQL of refunds and of the policies about them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row, kwargs_row

from largesse.db import Connection, ReadConnection
from largesse.topups.refunds.model import Failure, Progress, Refund, RefundPolicy, RefundReason

_COLUMNS: LiteralString = """
    user_id, id, order_id, provider, transaction_id, reason, amount_minor, currency, coins, coins_bonus, state,
    created_at, updated_at, failure, reversal_id, idempotency_key, tries, try_at, asked_at
"""


def _refund(**columns: object) -> Refund:
    failure = columns["failure"]
    return Refund(
        **{
            **columns,
            "reason": RefundReason(str(columns["reason"])),
            "state": Progress(str(columns["state"])),
            "failure": None if failure is None else Failure(str(failure)),
        }  # type: ignore[arg-type]
    )


async def _refunds(
    conn: ReadConnection, query: LiteralString, params: Sequence[object]
) -> list[Refund]:
    """Run a query that gives whole refunds."""
    async with conn.cursor(row_factory=kwargs_row(_refund)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()


async def insert_refund(conn: Connection, refund: Refund) -> None:
    """Keep the intent to give money back."""
    await conn.execute(
        """
        INSERT INTO refund (user_id, id, order_id, provider, transaction_id, reason, amount_minor, currency, coins,
                            coins_bonus, state, created_at, updated_at, failure, reversal_id, idempotency_key, tries,
                            try_at, asked_at)
        VALUES (%(user_id)s, %(id)s, %(order_id)s, %(provider)s, %(transaction_id)s, %(reason)s, %(amount_minor)s,
                %(currency)s, %(coins)s, %(coins_bonus)s, %(state)s, %(created_at)s, %(updated_at)s, %(failure)s,
                %(reversal_id)s, %(idempotency_key)s, %(tries)s, %(try_at)s, %(asked_at)s)
        """,
        asdict(refund),
    )


async def refunds_of(conn: ReadConnection, order_id: UUID) -> list[Refund]:
    """The refunds of an order, oldest first."""
    return await _refunds(
        conn, f"SELECT {_COLUMNS} FROM refund WHERE order_id = %s ORDER BY id", (order_id,)
    )


async def refund_by_key(conn: ReadConnection, user_id: UUID, key: str) -> Refund | None:
    """The refund a buyer asked for with an idempotency key."""
    found = await _refunds(
        conn,
        f"SELECT {_COLUMNS} FROM refund WHERE user_id = %s AND idempotency_key = %s",
        (user_id, key),
    )
    return found[0] if found else None


async def find_refund(conn: ReadConnection, refund_id: UUID) -> Refund | None:
    """A refund by id alone: for jobs and operators."""
    found = await _refunds(conn, f"SELECT {_COLUMNS} FROM refund WHERE id = %s", (refund_id,))
    return found[0] if found else None


async def plan_try(
    conn: Connection, refund: Refund, *, try_at: datetime | None, asked_at: datetime | None
) -> bool:
    """Count a try and plan the next; False when the refund is settled, or another worker has just begun this try."""
    cursor = await conn.execute(
        """
        UPDATE refund SET tries = tries + 1, try_at = %s, asked_at = coalesce(asked_at, %s)
         WHERE user_id = %s AND id = %s AND tries = %s AND state IN ('queued', 'pending', 'unsure')
        """,
        (try_at, asked_at, refund.user_id, refund.id, refund.tries),
    )
    return cursor.rowcount == 1


async def set_state(
    conn: Connection,
    refund: Refund,
    state: Progress,
    at: datetime,
    *,
    failure: Failure | None = None,
) -> None:
    """Move a refund on. The caller holds its order's lock; what is certain is not looked after any more."""
    await conn.execute(
        """
        UPDATE refund SET state = %s, failure = %s, updated_at = %s,
               try_at = CASE WHEN %s THEN NULL ELSE try_at END
         WHERE user_id = %s AND id = %s
        """,
        (
            state,
            failure,
            at,
            state in (Progress.DONE, Progress.FAILED),
            refund.user_id,
            refund.id,
        ),
    )


async def set_reversal_id(conn: Connection, refund: Refund, reversal_id: str) -> None:
    """Keep the provider's name of a refund. The caller holds its order's lock."""
    await conn.execute(
        "UPDATE refund SET reversal_id = %s WHERE user_id = %s AND id = %s",
        (reversal_id, refund.user_id, refund.id),
    )


async def refunds_to_try(conn: ReadConnection, at: datetime, limit: int) -> list[UUID]:
    """Refunds that are to be looked after now."""
    cursor = await conn.execute(
        "SELECT id FROM refund WHERE try_at <= %s ORDER BY try_at LIMIT %s", (at, limit)
    )
    return [row[0] for row in await cursor.fetchall()]


async def troubled_refunds(
    conn: ReadConnection, *, before: UUID | None, limit: int
) -> list[Refund]:
    """Refunds that failed, of which nobody knows, or looked after no more, newest first, older than `before`."""
    return await _refunds(
        conn,
        f"""
        SELECT {_COLUMNS} FROM refund
         WHERE (state IN ('failed', 'unsure') OR (try_at IS NULL AND state IN ('queued', 'pending')))
           AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s
        """,
        (before, before, limit),
    )


async def policy_of(
    conn: ReadConnection, country: str, channel: str, at: datetime
) -> RefundPolicy | None:
    """The policy for what is bought in a country by a channel at a moment."""
    async with conn.cursor(row_factory=class_row(RefundPolicy)) as cursor:
        await cursor.execute(
            """
            SELECT country, channel, valid_from, days, coins_unused_min, part FROM refund_policy
             WHERE country = %s AND channel = %s AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1
            """,
            (country, channel, at),
        )
        return await cursor.fetchone()


async def insert_policies(conn: Connection, policies: Sequence[RefundPolicy]) -> None:
    """Fill an empty policy table."""
    cursor = await conn.execute("SELECT FROM refund_policy LIMIT 1")
    if await cursor.fetchone() is not None:
        return
    async with conn.cursor() as many:
        await many.executemany(
            """
            INSERT INTO refund_policy (country, channel, valid_from, days, coins_unused_min, part)
            VALUES (%(country)s, %(channel)s, %(valid_from)s, %(days)s, %(coins_unused_min)s, %(part)s)
            """,
            [asdict(policy) for policy in policies],
        )
