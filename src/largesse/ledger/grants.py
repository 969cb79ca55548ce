"""Free coins: a purchase of no paid coins, worth nothing, on the axis of bonus coins. See docs/money.md."""

from largesse.db import Connection
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import BonusGrant, Code, Entry, TopUp
from largesse.ledger.moves import moves, platform
from largesse.ledger.posting import post
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.transfers import lock_coins, lot_exists
from largesse.ledger.top_ups import assert_fits, open_lot
from largesse.types import now

GRANT = "grant_bonus"
"""Kind of the entries that give free coins."""


async def grant_bonus(conn: Connection, grant: BonusGrant) -> bool:
    """Give bonus coins; False: these were given before, and nothing moves.

    Raises AmountTooLarge for none, or more than a wallet holds. Holds lane 0 and the wallet until the caller's COMMIT.
    """
    if grant.bonus.coins <= 0:
        raise AmountTooLarge
    await lock_shared_lane(conn)
    coins = await lock_coins(conn, grant.owner_id)
    if await lot_exists(conn, grant.owner_id, grant.id):
        return False
    lot = _free_lot(grant)
    assert_fits(coins, lot)
    at = now()
    await open_lot(conn, lot, coins, at)
    transfers = moves(
        "COIN",
        grant.bonus.coins,
        platform(Code.BONUS_ISSUED),
        (grant.owner_id, Code.COINS_BONUS),
    )
    await post(conn, [Entry(grant.owner_id, grant.id, GRANT, transfers)], at)
    return True


def _free_lot(grant: BonusGrant) -> TopUp:
    return TopUp(
        owner_id=grant.owner_id,
        order_id=grant.id,
        coins=0,
        coins_bonus=grant.bonus.coins,
        currency="",
        gross_minor=0,
        tax_minor=0,
        fee_minor=0,
        provider="grant",
        channel="grant",
        hold_days=0,
        bonus_parts=[grant.bonus],
    )
