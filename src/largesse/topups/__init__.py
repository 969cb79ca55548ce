"""Top-ups: price books, orders and the payment providers that turn money into coins."""

from largesse.topups.catalogue import load_defaults
from largesse.topups.jobs import register_jobs

__all__ = ["load_defaults", "register_jobs"]
