"""From what the ledger stores to what is shown."""

from datetime import UTC, datetime
from functools import lru_cache

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


def wallet_json(state: WalletState, now: datetime) -> str:
    """`wallet_view` as JSON; without a budget put together at once, since every gift's answer holds one."""
    if state.budget is not None or state.budget_next_at is not None:
        return wallet_view(state, now).model_dump_json()
    paid, bonus = state.coins_paid, state.coins_bonus
    frozen = "true" if state.frozen else "false"
    return (
        f'{{"coins_paid":{paid},"coins_bonus":{bonus},"coins_total":{paid + bonus},'
        f'"coins_owed":{state.coins_owed},"frozen":{frozen},"budget":{{"monthly_coins":null,'
        f'"spent_coins":{state.spent_this_month(now)},"remaining_coins":null,'
        f'"resets_at":"{_month_end_text(now.year, now.month)}","next":null}}}}'
    )


@lru_cache(maxsize=4)
def _month_end_text(year: int, month: int) -> str:
    return month_end(datetime(year, month, 1, tzinfo=UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


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
