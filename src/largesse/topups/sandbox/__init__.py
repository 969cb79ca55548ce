"""What a visitor sees of the sandbox provider: its hosted page, test cards, and outcomes on request. Demo mode only."""

from largesse.topups.sandbox.checkout import pay_order
from largesse.topups.sandbox.outcomes import Outcome

__all__ = ["Outcome", "pay_order"]
