"""Wallets: coins, freeze and budget of a viewer, and every stored balance of an owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.ledger.model import EMPTY_WALLET, Code, WalletState


async def wallet_state(conn: ReadConnection, owner_id: UUID) -> WalletState:
    """The wallet as stored; zeros for an owner who never had coins."""
    return (await wallet_states(conn, [owner_id]))[owner_id]


async def wallet_states(conn: ReadConnection, owner_ids: Sequence[UUID]) -> dict[UUID, WalletState]:
    """The wallets of several owners."""
    cursor = await conn.execute(
        "SELECT b.owner_id, b.amount, b.bonus, coalesce(o.amount, 0), b.frozen, b.month,"
        "       b.month_spent, b.budget, b.budget_next, b.budget_next_at"
        "  FROM balance b LEFT JOIN balance o ON o.owner_id = b.owner_id AND o.code = 3"
        " WHERE b.owner_id = ANY (%s::uuid[]) AND b.code = 1",
        (list(owner_ids),),
    )
    found = {row[0]: WalletState(*row[1:]) for row in await cursor.fetchall()}
    return {owner_id: found.get(owner_id, EMPTY_WALLET) for owner_id in owner_ids}


async def lock_wallet(conn: Connection, owner_id: UUID) -> WalletState:
    """The wallet, made when missing, locked until the transaction ends."""
    await conn.execute(
        "INSERT INTO balance (owner_id, code) VALUES (%s, 1) ON CONFLICT DO NOTHING", (owner_id,)
    )
    await conn.execute(
        "SELECT owner_id FROM balance WHERE owner_id = %s AND code = 1 FOR UPDATE", (owner_id,)
    )
    return await wallet_state(conn, owner_id)


async def store_budget(
    conn: Connection,
    owner_id: UUID,
    *,
    budget: int | None,
    budget_next: int | None,
    budget_next_at: datetime | None,
) -> None:
    """Write the budget of a locked wallet."""
    await conn.execute(
        "UPDATE balance SET budget = %s, budget_next = %s, budget_next_at = %s"
        " WHERE owner_id = %s AND code = 1",
        (budget, budget_next, budget_next_at, owner_id),
    )


async def change_bars(conn: Connection, owner_id: UUID) -> None:
    """Count that it changed where somebody may not speak or give. The wallet, made when missing, is locked until the
    commit: gifts that are decided before it are written before it."""
    await conn.execute(
        "INSERT INTO balance (owner_id, code, bars) VALUES (%s, 1, 1)"
        " ON CONFLICT (owner_id, code) DO UPDATE SET bars = balance.bars + 1",
        (owner_id,),
    )


async def balances(conn: ReadConnection, owner_id: UUID) -> dict[Code, int]:
    """Every stored balance of an owner; both coin balances whenever there is a wallet."""
    cursor = await conn.execute(
        "SELECT code, amount, bonus FROM balance WHERE owner_id = %s", (owner_id,)
    )
    found: dict[Code, int] = {}
    for code, amount, bonus in await cursor.fetchall():
        found[Code(code)] = amount
        if code == Code.COINS_PAID:
            found[Code.COINS_BONUS] = bonus
    return found


async def diamonds_redeemed(conn: ReadConnection, owner_id: UUID) -> int:
    """Milli-diamonds of an owner that were ever paid out."""
    cursor = await conn.execute(
        "SELECT coalesce(sum(amount), 0)::bigint FROM transfer"
        " WHERE owner_id = %s AND from_id = %s AND to_code = %s",
        (owner_id, owner_id, Code.DIAMONDS_REDEEMED),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
