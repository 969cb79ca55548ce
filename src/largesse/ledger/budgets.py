"""A viewer's monthly budget: it can be lowered at once, raised or removed only after a day's thought."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from largesse.db import Connection
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import COINS_MAX, WalletState
from largesse.ledger.queries.wallets import lock_wallet, store_budget

RAISE_DELAY = timedelta(hours=24)


class Budget(NamedTuple):
    """What is stored of a budget."""

    budget: int | None
    budget_next: int | None
    budget_next_at: datetime | None


def decide_budget(wallet: WalletState, monthly_coins: int | None, now: datetime) -> Budget:
    """The budget once its owner asked for `monthly_coins` (None: no limit)."""
    current = wallet.effective_budget(now)
    lowers = monthly_coins is not None and (current is None or monthly_coins <= current)
    if lowers or monthly_coins == current:
        return Budget(monthly_coins, None, None)
    pending = wallet.pending_budget(now)
    if pending is not None and pending[0] == monthly_coins:
        return Budget(
            current, *pending
        )  # asked for already; asking again does not start the day anew
    return Budget(current, monthly_coins, now + RAISE_DELAY)


async def set_budget(
    conn: Connection, owner_id: UUID, monthly_coins: int | None, now: datetime
) -> WalletState:
    """Change a wallet's budget: lower now; raise or remove after 24 hours. The wallet stays locked until COMMIT."""
    if monthly_coins is not None and not 0 <= monthly_coins <= COINS_MAX:
        raise AmountTooLarge
    wallet = await lock_wallet(conn, owner_id)
    decided = decide_budget(wallet, monthly_coins, now)
    await store_budget(conn, owner_id, **decided._asdict())
    return wallet._replace(**decided._asdict())
