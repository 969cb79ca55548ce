"""What a store is told about the use of a purchase, before it decides on a refund."""

from largesse.topups.consumption.answers import defer_answers, register_consumption

__all__ = ["defer_answers", "register_consumption"]
