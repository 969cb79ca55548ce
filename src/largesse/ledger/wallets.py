"""Wallets."""

from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.ledger.model import Code, WalletState


async def wallet_state(conn: ReadConnection, owner_id: UUID) -> WalletState:
    """The wallet as stored; zeros for an owner who never had coins."""
    raise NotImplementedError


async def set_budget(
    conn: Connection, owner_id: UUID, monthly_coins: int | None, now: datetime
) -> WalletState:
    """Lower now; raise or remove after 24 h."""
    raise NotImplementedError


async def balances(conn: ReadConnection, owner_id: UUID) -> dict[Code, int]:
    """Every stored balance of an owner."""
    raise NotImplementedError
