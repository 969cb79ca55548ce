"""What a wallet shows at a moment."""

from datetime import UTC, datetime, timedelta

from largesse.ledger import WalletState
from largesse.wallet import wallet_view

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THIS_MONTH = 2026 * 12 + 11


def _wallet(**change: object) -> WalletState:
    state = WalletState(300, 40, 0, False, THIS_MONTH, 60, None, None, None)
    return state._replace(**change)  # type: ignore[arg-type]


def test_paid_and_bonus_coins_are_kept_apart_and_added() -> None:
    view = wallet_view(_wallet(), AT)
    assert (view.coins_paid, view.coins_bonus, view.coins_total) == (300, 40, 340)


def test_without_a_budget_nothing_is_limited() -> None:
    budget = wallet_view(_wallet(), AT).budget
    assert (budget.monthly_coins, budget.remaining_coins, budget.next) == (None, None, None)
    assert budget.spent_coins == 60


def test_a_budget_says_what_is_left_and_when_it_starts_again() -> None:
    budget = wallet_view(_wallet(budget=100), AT).budget
    assert (budget.monthly_coins, budget.remaining_coins) == (100, 40)
    assert budget.resets_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_what_was_spent_before_the_budget_was_lowered_leaves_nothing() -> None:
    assert wallet_view(_wallet(budget=10), AT).budget.remaining_coins == 0


def test_last_months_spending_does_not_count() -> None:
    budget = wallet_view(_wallet(budget=100, month=THIS_MONTH - 1), AT).budget
    assert (budget.spent_coins, budget.remaining_coins) == (0, 100)


def test_a_raise_waits_and_then_holds() -> None:
    due = AT + timedelta(hours=24)
    state = _wallet(budget=100, budget_next=500, budget_next_at=due)
    waiting = wallet_view(state, AT).budget
    assert waiting.monthly_coins == 100
    assert waiting.next is not None
    assert (waiting.next.monthly_coins, waiting.next.at) == (500, due)
    raised = wallet_view(state, due).budget
    assert (raised.monthly_coins, raised.next) == (500, None)


def test_a_budget_that_will_be_removed_shows_so() -> None:
    due = AT + timedelta(hours=1)
    removed = wallet_view(_wallet(budget=100, budget_next_at=due), AT).budget
    assert removed.next is not None
    assert removed.next.monthly_coins is None


def test_a_debt_and_a_freeze_are_shown() -> None:
    view = wallet_view(_wallet(coins_owed=7, frozen=True), AT)
    assert (view.coins_owed, view.frozen) == (7, True)
