"""A pretend payment provider with its own books and signed notifications. Demo mode only."""

from largesse.topups.providers.sandbox.books import PAID_STATES, Payment, PaymentState, Refund
from largesse.topups.providers.sandbox.provider import NAME, SandboxProvider, sandbox_provider
from largesse.topups.providers.sandbox.queries import payment_by_id, payment_of_order

__all__ = [
    "NAME",
    "PAID_STATES",
    "Payment",
    "PaymentState",
    "Refund",
    "SandboxProvider",
    "payment_by_id",
    "payment_of_order",
    "sandbox_provider",
]
