"""From what the ledger stores to what is shown."""

from datetime import datetime

from largesse.ledger import LotRow, WalletState, month_end
from largesse.types import Money
from largesse.wallet.schemas import BudgetChange, BudgetView, Lot, WalletView


def wallet_view(state: WalletState, now: datetime) -> WalletView:
    """A wallet at a moment: the budget that holds then, and what is left of it."""
    return WalletView(
        coins_paid=state.coins_paid,
        coins_bonus=state.coins_bonus,
        coins_total=state.coins_paid + state.coins_bonus,
        coins_owed=state.coins_owed,
        frozen=state.frozen,
        budget=_budget_view(state, now),
    )


def _budget_view(state: WalletState, now: datetime) -> BudgetView:
    limit = state.effective_budget(now)
    spent = state.spent_this_month(now)
    pending = state.pending_budget(now)
    return BudgetView(
        monthly_coins=limit,
        spent_coins=spent,
        remaining_coins=None if limit is None else max(0, limit - spent),
        resets_at=month_end(now),
        next=None if pending is None else BudgetChange(monthly_coins=pending[0], at=pending[1]),
    )


def lot_view(lot: LotRow) -> Lot:
    """A purchase."""
    return Lot(
        id=lot.id,
        at=lot.created_at,
        coins_bought=lot.coins_bought,
        coins_spent=lot.coins_spent,
        coins_left=lot.coins_left,
        coins_refunded=lot.coins_refunded,
        total=Money(amount_minor=lot.gross_minor, currency=lot.currency),
        tax=Money(amount_minor=lot.tax_minor, currency=lot.currency),
        provider=lot.provider,
    )
