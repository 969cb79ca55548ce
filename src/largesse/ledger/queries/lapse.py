"""Bonus coins that lapse: which are due, and when those of a wallet are."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.ledger.model import BonusPart
from largesse.ledger.queries.pieces import LOT_COLUMNS, LotPiece


async def due_owners(conn: ReadConnection, at: datetime, limit: int) -> list[UUID]:
    """Some owners of bonus coins whose time is over and was not worked off."""
    cursor = await conn.execute(
        "SELECT DISTINCT owner_id FROM (SELECT owner_id FROM lot WHERE bonus_expires_at <= %s"
        "   AND bonus_expires_at IS NOT NULL AND lapsed_at IS NULL ORDER BY bonus_expires_at LIMIT %s) d",
        (at, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def due_lots(conn: Connection, owner_id: UUID, at: datetime) -> list[LotPiece]:
    """The rows of one owner whose bonus coins' time is over, the last on the axis first."""
    async with conn.cursor(row_factory=class_row(LotPiece)) as cursor:
        await cursor.execute(
            f"SELECT {LOT_COLUMNS} FROM lot WHERE owner_id = %s AND bonus_expires_at <= %s AND lapsed_at IS NULL"
            " ORDER BY bonus_start DESC, bonus DESC",
            (owner_id, at),
        )
        return await cursor.fetchall()


async def mark_lapsed(
    conn: Connection, owner_id: UUID, lot_id: UUID, coins: int, at: datetime
) -> None:
    """Say that a row's time was worked off, and how many coins it lost."""
    await conn.execute(
        "UPDATE lot SET bonus_lapsed = bonus_lapsed + %s, lapsed_at = %s WHERE owner_id = %s AND id = %s",
        (coins, at, owner_id, lot_id),
    )


async def bonus_expiring(conn: ReadConnection, owner_id: UUID) -> list[BonusPart]:
    """The unspent bonus coins of a wallet that lapse, by the moment they do, the next first."""
    cursor = await conn.execute(
        "SELECT sum(l.bonus - greatest(0, least(l.bonus, b.bonus_turnover - l.bonus_start)))::bigint AS left,"
        "       l.bonus_expires_at"
        "  FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1"
        " WHERE l.owner_id = %s AND l.bonus_expires_at IS NOT NULL AND l.lapsed_at IS NULL"
        " GROUP BY l.bonus_expires_at ORDER BY l.bonus_expires_at",
        (owner_id,),
    )
    return [BonusPart(*row) for row in await cursor.fetchall() if row[0]]


async def has_bought(conn: ReadConnection, owner_id: UUID) -> bool:
    """Whether a purchase of this owner was ever credited."""
    cursor = await conn.execute(
        "SELECT EXISTS (SELECT FROM lot WHERE owner_id = %s AND coins_bought > 0)", (owner_id,)
    )
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
