"""Finance: closing days, the balance sheet that must match, and the receipts of gifts."""

from largesse.finance.cli import finance_app
from largesse.finance.errors import BooksDisagree, DayBeforeBooks, DayNotClosed, DayNotEnded
from largesse.finance.jobs import register_jobs
from largesse.finance.model import (
    GRACE,
    AccountLine,
    AssetSheet,
    BalanceSheet,
    CurrencyClose,
    DayClose,
)
from largesse.finance.service import close_day, close_due, entry_id
from largesse.finance.sheet import balance_sheet, last_closed, sheet_so_far

__all__ = [
    "GRACE",
    "AccountLine",
    "AssetSheet",
    "BalanceSheet",
    "BooksDisagree",
    "CurrencyClose",
    "DayBeforeBooks",
    "DayClose",
    "DayNotClosed",
    "DayNotEnded",
    "balance_sheet",
    "close_day",
    "close_due",
    "entry_id",
    "finance_app",
    "last_closed",
    "register_jobs",
    "sheet_so_far",
]
