"""Top-ups: price books, orders and the payment providers that turn money into coins."""

from largesse.topups.book_queries import price_books_of
from largesse.topups.defaults import load_defaults
from largesse.topups.forgetting import forget_person
from largesse.topups.jobs import register_jobs
from largesse.topups.offers import list_packages
from largesse.topups.placing import place_order
from largesse.topups.pricing import minor_digits
from largesse.topups.registry import import_providers
from largesse.topups.sandbox import Outcome, pay_order
from largesse.topups.schemas import OrderRequest

__all__ = [
    "OrderRequest",
    "Outcome",
    "forget_person",
    "import_providers",
    "list_packages",
    "load_defaults",
    "minor_digits",
    "pay_order",
    "place_order",
    "price_books_of",
    "register_jobs",
]
