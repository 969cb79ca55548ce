"""Top-ups: price books, orders and the payment providers that turn money into coins."""

from largesse.topups.book_queries import price_books_of
from largesse.topups.catalogue import load_defaults
from largesse.topups.jobs import register_jobs
from largesse.topups.pricing import minor_digits

__all__ = ["load_defaults", "minor_digits", "price_books_of", "register_jobs"]
