"""SQL of receipts: what was given back of a purchase, as the ledger keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A refund or dispute that holds."""

    kind: Literal["refund", "chargeback"]
    amount_minor: int
    opened_at: datetime


async def active_causes(conn: ReadConnection, owner_id: UUID, order_id: UUID) -> list[CauseRow]:
    """Refunds and disputes of an order that were not cancelled, oldest first."""
    async with conn.cursor(row_factory=class_row(CauseRow)) as cursor:
        await cursor.execute(
            """
            SELECT kind, amount_minor, opened_at FROM reversal_cause
             WHERE owner_id = %s AND order_id = %s AND state = 'active' ORDER BY opened_at, cause_id
            """,
            (owner_id, order_id),
        )
        return await cursor.fetchall()


async def given_back_minor(conn: ReadConnection, owner_id: UUID, order_id: UUID) -> int:
    """What all of them come to: never more than was paid."""
    cursor = await conn.execute(
        "SELECT amount_minor FROM reversal WHERE owner_id = %s AND order_id = %s",
        (owner_id, order_id),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
