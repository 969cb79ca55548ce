"""Why a gift does not go through: decided from the rows as they are, without touching anything."""

from datetime import datetime

from largesse.errors import AppError
from largesse.ledger.errors import (
    BudgetExceeded,
    GiftsNotEnabled,
    InsufficientCoins,
    RoomClosed,
    WalletFrozen,
)
from largesse.ledger.model import WalletState, month_end, month_of
from largesse.ledger.rows import RoomRow


def room_refusal(room: RoomRow | None) -> AppError | None:
    """Why this room takes no gift; None: it does."""
    if room is None or not room.open:
        return RoomClosed()
    if not room.gifting:
        return GiftsNotEnabled()
    return None


def wallet_refusal(wallet: WalletState, coins: int, now: datetime) -> AppError | None:
    """Why this wallet cannot give so many coins; None: it can.

    The budget comes before the funds: who is over the budget must not be sent to buy coins first.
    """
    if wallet.frozen:
        return WalletFrozen()
    budget = wallet.effective_budget(now)
    spent = wallet.spent_this_month(now)
    if budget is not None and spent + coins > budget:
        resets_at = month_end(now).isoformat().replace("+00:00", "Z")
        return BudgetExceeded(monthly_coins=budget, spent_coins=spent, resets_at=resets_at)
    available = wallet.coins_paid + wallet.coins_bonus
    if coins > available:
        return InsufficientCoins(needed=coins, available=available)
    return None


def after_spending(wallet: WalletState, coins: int, now: datetime) -> WalletState:
    """The wallet once these coins are gone: bonus coins first, then paid ones."""
    bonus = min(coins, wallet.coins_bonus)
    return wallet._replace(
        coins_bonus=wallet.coins_bonus - bonus,
        coins_paid=wallet.coins_paid - (coins - bonus),
        month=max(wallet.month, month_of(now)),
        month_spent=wallet.spent_this_month(now) + coins,
    )
