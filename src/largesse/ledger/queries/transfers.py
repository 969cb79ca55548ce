"""Transfers, the balances they change, and lots: the statements behind `post`, top-ups and what undoes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from largesse.db import Connection
from largesse.ledger.model import BonusPart, Code, TopUp, Transfer
from largesse.ledger.plan import Head


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
    """Add to the balances of (code, owner), locked in that order; one that would fall below zero fails."""
    amounts: dict[tuple[int, UUID], list[int]] = {}
    for (code, owner_id), change in changes.items():
        is_bonus = code == Code.COINS_BONUS
        row = amounts.setdefault((Code.COINS_PAID if is_bonus else code, owner_id), [0, 0])
        row[is_bonus] += change
    keys = sorted(amounts)
    columns = {
        "codes": [int(code) for code, _ in keys],
        "owners": [owner_id for _, owner_id in keys],
        "amounts": [amounts[key][0] for key in keys],
        "bonuses": [amounts[key][1] for key in keys],
    }
    await conn.execute(
        "INSERT INTO balance (owner_id, code)"
        " SELECT owner_id, code FROM unnest(%(owners)s::uuid[], %(codes)s::smallint[]) AS c (owner_id, code)"
        "  ORDER BY code, owner_id ON CONFLICT DO NOTHING",
        columns,
    )
    await conn.execute(
        "SELECT FROM balance JOIN unnest(%(owners)s::uuid[], %(codes)s::smallint[])"
        " AS c (owner_id, code) USING (owner_id, code) ORDER BY code, owner_id FOR UPDATE OF balance",
        columns,
    )
    await conn.execute(
        "UPDATE balance b SET amount = b.amount + c.amount, bonus = b.bonus + c.bonus"
        "  FROM unnest(%(owners)s::uuid[], %(codes)s::smallint[], %(amounts)s::bigint[], %(bonuses)s::bigint[])"
        "    AS c (owner_id, code, amount, bonus)"
        " WHERE b.owner_id = c.owner_id AND b.code = c.code",
        columns,
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


async def lot_exists(conn: Connection, owner_id: UUID, order_id: UUID) -> bool:
    """Whether an order was credited."""
    cursor = await conn.execute(
        "SELECT FROM lot WHERE owner_id = %s AND id = %s", (owner_id, order_id)
    )
    return await cursor.fetchone() is not None


async def insert_lot(
    conn: Connection,
    top_up: TopUp,
    bonus: BonusPart,
    *,
    start: int,
    bonus_start: int,
    at: datetime,
) -> None:
    """Open the lot of an order at `start` on its owner's axis, with `bonus` at `bonus_start` on that of bonus coins."""
    await conn.execute(
        "INSERT INTO lot (owner_id, id, order_id, start, coins, bonus, bonus_start, coins_bought,"
        " coins_bonus, currency, gross_minor, tax_minor, fee_minor, provider, channel, hold_days,"
        " created_at, bonus_expires_at, discount_minor)"
        " VALUES (%(owner_id)s, %(order_id)s, %(order_id)s, %(start)s, %(coins)s, %(bonus)s,"
        " %(bonus_start)s, %(coins)s, %(coins_bonus)s,"
        " %(currency)s, %(gross_minor)s, %(tax_minor)s, %(fee_minor)s, %(provider)s, %(channel)s,"
        " %(hold_days)s, %(at)s, %(bonus_expires_at)s, %(discount_minor)s)",
        {
            "owner_id": top_up.owner_id,
            "order_id": top_up.order_id,
            "start": start,
            "bonus": bonus.coins,
            "bonus_start": bonus_start,
            "bonus_expires_at": bonus.expires_at,
            "coins": top_up.coins,
            "coins_bonus": top_up.coins_bonus,
            "currency": top_up.currency,
            "gross_minor": top_up.gross_minor,
            "tax_minor": top_up.tax_minor,
            "fee_minor": top_up.fee_minor,
            "provider": top_up.provider,
            "channel": top_up.channel,
            "hold_days": top_up.hold_days,
            "discount_minor": top_up.discount_minor,
            "at": at,
        },
    )
