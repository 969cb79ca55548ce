"""Bonus coins that nobody gave in time leave the wallet, once.

Each owner's coins go in a transaction of their own: the work can be cut off anywhere, run again, and run by several at
once. Until it has run, coins past their time can still be given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from largesse.db import Connection, Database
from largesse.ledger.model import Code, Entry
from largesse.ledger.moves import moves, platform
from largesse.ledger.posting import post
from largesse.ledger.queries import lapse as queries
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.pieces import LotPiece, shrink_bonus
from largesse.ledger.queries.transfers import lock_coins
from largesse.types import now

LAPSE = "lapse"
"""Kind of the entries that take bonus coins whose time is over."""
OWNERS_MAX = 200
"""Looked up at once."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What was taken now."""

    owners: int = 0
    coins: int = 0


async def lapse_due(db: Database, at: datetime | None = None) -> Lapsed:
    """Take the unspent bonus coins whose time is over by a moment."""
    at = at or now()
    lapsed = Lapsed()
    while owners := await _due_owners(db, at):
        for owner_id in owners:
            async with db.transaction() as conn:
                coins = await lapse_owner(conn, owner_id, at)
            lapsed = Lapsed(lapsed.owners + bool(coins), lapsed.coins + coins)
    return lapsed


async def _due_owners(db: Database, at: datetime) -> list[UUID]:
    async with db.read() as conn:
        return await queries.due_owners(conn, at, OWNERS_MAX)


async def lapse_owner(conn: Connection, owner_id: UUID, at: datetime) -> int:
    """Take what lapsed of one owner; answers how many coins. Holds lane 0 and the wallet until the caller's COMMIT."""
    await lock_shared_lane(conn)
    turnover = (await lock_coins(conn, owner_id)).bonus_turnover
    entries: list[Entry] = []
    for lot in await queries.due_lots(
        conn, owner_id, at
    ):  # from the end: what is taken moves what lies behind
        coins = lot.bonus_left(turnover)
        if coins:
            await shrink_bonus(conn, owner_id, lot.id, coins)
            entries.append(_entry(lot, coins))
        await queries.mark_lapsed(conn, owner_id, lot.id, coins, at)
    if entries:
        await post(conn, entries, at)
    return _coins(entries)


def _entry(lot: LotPiece, coins: int) -> Entry:
    wallet = lot.owner_id, Code.COINS_BONUS
    transfers = moves("COIN", coins, wallet, platform(Code.BONUS_ISSUED))
    order_id = lot.order_id if lot.coins_bought else None
    return Entry(lot.owner_id, uuid5(lot.id, LAPSE), LAPSE, transfers, order_id)


def _coins(entries: Sequence[Entry]) -> int:
    return sum(transfer.amount for entry in entries for transfer in entry.transfers)
