"""Price books as an operator keeps them: shipped ones, new ones scheduled ahead, and withdrawn ones."""

from largesse.topups.price_books.cli import prices_app
from largesse.topups.price_books.shipped import load_defaults

__all__ = ["load_defaults", "prices_app"]
