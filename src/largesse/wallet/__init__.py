"""Wallets as their owners see them: coins, budget, history, purchases."""

from largesse.wallet.schemas import BudgetView, WalletView
from largesse.wallet.views import wallet_json, wallet_view

__all__ = ["BudgetView", "WalletView", "wallet_json", "wallet_view"]
