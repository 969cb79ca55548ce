"""The review of held payments: an operator releases them to be credited, or returns the money."""

from largesse.topups.holds.cli import holds_app

__all__ = ["holds_app"]
