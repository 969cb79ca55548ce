"""Lists of one owner."""

from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger.model import GiftRow, LotRow, Slice, WalletEvent


async def wallet_history(
    conn: ReadConnection, owner_id: UUID, *, limit: int, cursor: str | None = None
) -> Slice[WalletEvent]:
    """What came into and went out of a wallet, newest first."""
    raise NotImplementedError


async def lots(
    conn: ReadConnection, owner_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> Slice[LotRow]:
    """Purchases of an owner, newest first."""
    raise NotImplementedError


async def gifts_received(
    conn: ReadConnection, recipient_id: UUID, *, limit: int, cursor: str | None = None
) -> Slice[GiftRow]:
    """Gifts to a recipient, newest first."""
    raise NotImplementedError
