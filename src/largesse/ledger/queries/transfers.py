"""Transfers, the balances they change, and lots: the statements behind `post`, top-ups and what undoes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection
from largesse.ledger.model import Code, TopUp, Transfer
from largesse.ledger.plan import Head
from largesse.ledger.rows import LotRow

LOT_COLUMNS: LiteralString = (
    "l.owner_id, l.id, l.start, l.coins, l.coins_bought, l.coins_bonus,"
    " greatest(0, least(l.coins, b.turnover - l.start)) AS coins_spent,"
    " l.currency, l.gross_minor, l.tax_minor, l.fee_minor, l.provider, l.channel, l.hold_days, l.created_at"
)
LOTS: LiteralString = "lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1"
"""What LOT_COLUMNS are read from: lots, and the turnover that says how much of each is spent."""


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer under its key."""

    owner_id: UUID
    entry_id: UUID
    line: int
    kind: str
    reference_id: UUID | None
    transfer: Transfer


class Coins(NamedTuple):
    """A viewer's coin row and what is owed."""

    amount: int
    turnover: int
    bonus: int
    bonus_turnover: int
    hold_days: int
    frozen: bool
    owed: int


async def insert_transfers(
    conn: Connection, rows: Sequence[TransferRow], *, head: Head, at: datetime
) -> None:
    """Write transfers as rows of the batch after `head`."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO transfer (owner_id, entry_id, line, kind, asset, from_id, from_code,"
            " to_id, to_code, amount, reference_id, lane, batch_no, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    *(row.owner_id, row.entry_id, row.line, row.kind, row.transfer.asset),
                    *(row.transfer.from_id, row.transfer.from_code),
                    *(row.transfer.to_id, row.transfer.to_code, row.transfer.amount),
                    *(row.reference_id, head.lane, head.no + 1, at),
                )
                for row in rows
            ],
        )


async def insert_batch(
    conn: Connection, *, head: Head, hash: bytes, transfers: int, at: datetime
) -> None:
    """Extend the chain after `head` by a batch of transfers."""
    await conn.execute(
        "INSERT INTO batch (lane, no, prev_hash, hash, gifts, transfers, created_at)"
        " VALUES (%s, %s, %s, %s, 0, %s, %s)",
        (head.lane, head.no + 1, head.hash, hash, transfers, at),
    )


async def change_balances(conn: Connection, changes: Mapping[tuple[int, UUID], int]) -> None:
    """Add to the balances of (code, owner), in that order; one that would fall below zero fails."""
    async with conn.cursor() as cursor:
        for (code, owner_id), change in sorted(changes.items()):
            is_bonus = code == Code.COINS_BONUS
            row_code = Code.COINS_PAID if is_bonus else code
            await cursor.execute(
                "INSERT INTO balance (owner_id, code) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (owner_id, row_code),
            )
            await cursor.execute(
                "UPDATE balance SET amount = amount + %s, bonus = bonus + %s"
                " WHERE owner_id = %s AND code = %s",
                (0 if is_bonus else change, change if is_bonus else 0, owner_id, row_code),
            )


async def lock_coins(conn: Connection, owner_id: UUID) -> Coins:
    """A viewer's coins, locked until the transaction ends."""
    await conn.execute(
        "INSERT INTO balance (owner_id, code) VALUES (%s, 1) ON CONFLICT DO NOTHING", (owner_id,)
    )
    cursor = await conn.execute(
        "SELECT amount, turnover, bonus, bonus_turnover, hold_days, frozen,"
        "       coalesce((SELECT amount FROM balance WHERE owner_id = %s AND code = 3), 0)"
        "  FROM balance WHERE owner_id = %s AND code = 1 FOR UPDATE",
        (owner_id, owner_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Coins(*row)


async def store_coins(
    conn: Connection, owner_id: UUID, *, repaid: int, hold_days: int, frozen: bool
) -> None:
    """Count repaid coins as spent, and write hold and freeze."""
    await conn.execute(
        "UPDATE balance SET turnover = turnover + %s, hold_days = %s, frozen = %s"
        " WHERE owner_id = %s AND code = 1",
        (repaid, hold_days, frozen, owner_id),
    )


async def insert_lot(conn: Connection, top_up: TopUp, *, start: int, at: datetime) -> None:
    """Open the lot of an order at `start` on its owner's axis."""
    await conn.execute(
        "INSERT INTO lot (owner_id, id, start, coins, coins_bought, coins_bonus, currency,"
        " gross_minor, tax_minor, fee_minor, provider, channel, hold_days, created_at)"
        " VALUES (%(owner_id)s, %(order_id)s, %(start)s, %(coins)s, %(coins)s, %(coins_bonus)s,"
        " %(currency)s, %(gross_minor)s, %(tax_minor)s, %(fee_minor)s, %(provider)s, %(channel)s,"
        " %(hold_days)s, %(at)s)",
        {
            "owner_id": top_up.owner_id,
            "order_id": top_up.order_id,
            "start": start,
            "coins": top_up.coins,
            "coins_bonus": top_up.coins_bonus,
            "currency": top_up.currency,
            "gross_minor": top_up.gross_minor,
            "tax_minor": top_up.tax_minor,
            "fee_minor": top_up.fee_minor,
            "provider": top_up.provider,
            "channel": top_up.channel,
            "hold_days": top_up.hold_days,
            "at": at,
        },
    )


async def find_lot(conn: Connection, owner_id: UUID, order_id: UUID) -> LotRow | None:
    """The lot of an order."""
    async with conn.cursor(row_factory=class_row(LotRow)) as cursor:
        await cursor.execute(
            f"SELECT {LOT_COLUMNS} FROM {LOTS} WHERE l.owner_id = %s AND l.id = %s",
            (owner_id, order_id),
        )
        return await cursor.fetchone()


async def shrink_lot(conn: Connection, lot: LotRow) -> None:
    """Take the unused coins out of a lot; the lots after it, wholly unspent, move up."""
    await conn.execute(
        "UPDATE lot SET coins = %s WHERE owner_id = %s AND id = %s",
        (lot.coins_spent, lot.owner_id, lot.id),
    )
    await conn.execute(
        "UPDATE lot SET start = start - %s WHERE owner_id = %s AND start > %s",
        (lot.coins_left, lot.owner_id, lot.start),
    )


async def entry_transfers(conn: Connection, owner_id: UUID, entry_id: UUID) -> list[Transfer]:
    """The transfers of an entry, in the order of their lines; empty when there is no such entry."""
    cursor = await conn.execute(
        "SELECT asset, from_id, from_code, to_id, to_code, amount FROM transfer"
        " WHERE owner_id = %s AND entry_id = %s ORDER BY line",
        (owner_id, entry_id),
    )
    return [
        Transfer(asset, from_id, Code(from_code), to_id, Code(to_code), amount)
        for asset, from_id, from_code, to_id, to_code, amount in await cursor.fetchall()
    ]
