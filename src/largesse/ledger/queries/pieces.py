"""Rows of lots, and repayments: intervals on one owner's axis, which the caller holds locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection
from largesse.ledger.model import NO_BONUS, BonusPart
from largesse.ledger.plan import Head
from largesse.ledger.waterfall import Interval

ChangeKind = Literal["removed", "repaid", "restored", "returned"]

LOT_COLUMNS: LiteralString = """
    owner_id, id, order_id, start, coins, position, returned, bonus, bonus_start, coins_bought, coins_bonus,
    bonus_expires_at, currency, gross_minor, tax_minor, discount_minor, hold_days, created_at
"""


class LotPiece(NamedTuple):
    """A row of a purchase: coins [position, position + coins) of those bought lie on the axis from `start`."""

    owner_id: UUID
    id: UUID
    order_id: UUID
    start: int
    coins: int
    position: int
    returned: int
    bonus: int
    bonus_start: int
    coins_bought: int
    coins_bonus: int
    bonus_expires_at: datetime | None
    currency: str
    gross_minor: int
    tax_minor: int
    discount_minor: int
    hold_days: int
    created_at: datetime

    @property
    def net_minor(self) -> int:
        """What the whole purchase cost without tax."""
        return self.gross_minor - self.tax_minor

    def spent(self, turnover: int) -> int:
        """Coins of this row that are spent once its owner has spent `turnover` in all."""
        return min(max(turnover - self.start, 0), self.coins)

    def bonus_left(self, bonus_turnover: int) -> int:
        """Bonus coins of this row that are still there."""
        return self.bonus - min(max(bonus_turnover - self.bonus_start, 0), self.bonus)


class LotChange(NamedTuple):
    """Coins [position, position + coins) of those bought with an order left, or came back."""

    order_id: UUID
    change: ChangeKind
    position: int
    coins: int


async def order_lots(conn: Connection, owner_id: UUID, order_id: UUID) -> list[LotPiece]:
    """Every row of a purchase; its own row first."""
    async with conn.cursor(row_factory=class_row(LotPiece)) as cursor:
        await cursor.execute(
            f"SELECT {LOT_COLUMNS} FROM lot WHERE owner_id = %s AND order_id = %s"
            " ORDER BY id <> order_id, start",
            (owner_id, order_id),
        )
        return await cursor.fetchall()


async def lots_between(conn: Connection, owner_id: UUID, span: Interval) -> list[LotPiece]:
    """The rows that a span of the axis lies in, first bought first."""
    async with conn.cursor(row_factory=class_row(LotPiece)) as cursor:
        await cursor.execute(
            f"SELECT {LOT_COLUMNS} FROM lot"
            " WHERE owner_id = %s AND start < %s AND start + coins > %s ORDER BY start",
            (owner_id, span.end, span.start),
        )
        return await cursor.fetchall()


async def insert_piece(
    conn: Connection,
    like: LotPiece,
    *,
    id: UUID,
    start: int,
    coins: int,
    position: int,
    at: datetime,
    bonus: BonusPart = NO_BONUS,
    bonus_start: int = 0,
) -> None:
    """Add a row to a purchase, at its prices."""
    await conn.execute(
        "INSERT INTO lot (owner_id, id, order_id, start, coins, position, bonus, bonus_start, coins_bought,"
        " coins_bonus, currency, gross_minor, tax_minor, fee_minor, provider, channel, hold_days, created_at,"
        " discount_minor, bonus_expires_at)"
        " SELECT owner_id, %s, order_id, %s, %s, %s, %s, %s, coins_bought, coins_bonus, currency, gross_minor,"
        " tax_minor, fee_minor, provider, channel, hold_days, %s, discount_minor, %s"
        "  FROM lot WHERE owner_id = %s AND id = %s",
        (
            *(id, start, coins, position, bonus.coins, bonus_start, at, bonus.expires_at),
            *(like.owner_id, like.order_id),
        ),
    )


async def shrink(conn: Connection, owner_id: UUID, lot_id: UUID, coins: int) -> None:
    """Take unused coins off a row's end; the rows behind it, wholly unspent, move up."""
    await conn.execute(
        "UPDATE lot l SET start = l.start - %(coins)s FROM lot s"
        " WHERE s.owner_id = %(owner)s AND s.id = %(id)s"
        "   AND l.owner_id = %(owner)s AND l.start >= s.start + s.coins AND l.id <> s.id AND s.coins > 0",
        {"owner": owner_id, "id": lot_id, "coins": coins},
    )
    await conn.execute(
        "UPDATE lot SET coins = coins - %s WHERE owner_id = %s AND id = %s",
        (coins, owner_id, lot_id),
    )


async def shrink_bonus(conn: Connection, owner_id: UUID, lot_id: UUID, bonus: int) -> None:
    """Take unused bonus coins off a row; those of later rows move up."""
    await conn.execute(
        "UPDATE lot l SET bonus_start = l.bonus_start - %(bonus)s FROM lot s"
        " WHERE s.owner_id = %(owner)s AND s.id = %(id)s"
        "   AND l.owner_id = %(owner)s AND l.bonus_start >= s.bonus_start + s.bonus AND l.id <> s.id",
        {"owner": owner_id, "id": lot_id, "bonus": bonus},
    )
    await conn.execute(
        "UPDATE lot SET bonus = bonus - %s WHERE owner_id = %s AND id = %s",
        (bonus, owner_id, lot_id),
    )


async def first_lapsing_after(
    conn: Connection, owner_id: UUID, bonus_turnover: int, expires_at: datetime
) -> int | None:
    """Where the first wholly unspent bonus coins begin that lapse later than some others, or never."""
    cursor = await conn.execute(
        "SELECT min(bonus_start) FROM lot WHERE owner_id = %s AND bonus > 0 AND bonus_start >= %s"
        "   AND (bonus_expires_at IS NULL OR bonus_expires_at > %s)",
        (owner_id, bonus_turnover, expires_at),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def move_bonus(conn: Connection, owner_id: UUID, place: int, coins: int) -> None:
    """Move bonus coins from a place on back by so many."""
    await conn.execute(
        "UPDATE lot SET bonus_start = bonus_start + %s WHERE owner_id = %s AND bonus_start >= %s",
        (coins, owner_id, place),
    )


async def count_returned(conn: Connection, owner_id: UUID, lot_id: UUID, coins: int) -> None:
    """Say of spent coins of a row that they came back in another one."""
    await conn.execute(
        "UPDATE lot SET returned = returned + %s WHERE owner_id = %s AND id = %s",
        (coins, owner_id, lot_id),
    )


async def repayments(conn: Connection, owner_id: UUID) -> list[Interval]:
    """The places of the coins that paid back what was owed."""
    cursor = await conn.execute(
        "SELECT start, start + coins FROM repayment WHERE owner_id = %s ORDER BY start", (owner_id,)
    )
    return [Interval(*row) for row in await cursor.fetchall()]


async def archived_spans(conn: Connection, owner_id: UUID) -> list[Interval]:
    """The places of the coins of gifts that lie in the archive."""
    cursor = await conn.execute(
        "SELECT start, start + coins FROM archived_span WHERE owner_id = %s ORDER BY start",
        (owner_id,),
    )
    return [Interval(*row) for row in await cursor.fetchall()]


async def repaid_parts(conn: Connection, owner_id: UUID) -> list[Interval]:
    """The places of those that a reversal of their own order took."""
    cursor = await conn.execute(
        "SELECT start, start + coins FROM reversal_part WHERE owner_id = %s AND source = 'repaid'",
        (owner_id,),
    )
    return [Interval(*row) for row in await cursor.fetchall()]


async def insert_repayment(conn: Connection, owner_id: UUID, start: int, coins: int) -> None:
    """Coins paid back what was owed."""
    await conn.execute(
        "INSERT INTO repayment (owner_id, start, coins) VALUES (%s, %s, %s)",
        (owner_id, start, coins),
    )


async def cut_repayment(conn: Connection, owner_id: UUID, span: Interval) -> None:
    """Coins of one repayment came back; what is left of it stays."""
    cursor = await conn.execute(
        "DELETE FROM repayment WHERE owner_id = %s AND start <= %s AND start + coins >= %s"
        " RETURNING start, start + coins",
        (owner_id, span.start, span.end),
    )
    row = await cursor.fetchone()
    assert row is not None, "a repayment that comes back is there"
    for start, end in ((row[0], span.start), (span.end, row[1])):
        if end > start:
            await insert_repayment(conn, owner_id, start, end - start)


async def insert_changes(
    conn: Connection,
    owner_id: UUID,
    entry_id: UUID,
    changes: Sequence[LotChange],
    *,
    head: Head,
    at: datetime,
) -> None:
    """Log what left purchases or came back with an entry."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO lot_change (owner_id, entry_id, no, order_id, change, position, coins,"
            " lane, batch_no, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (owner_id, entry_id, no, *change, head.lane, head.no, at)
                for no, change in enumerate(changes, start=1)
            ],
        )
