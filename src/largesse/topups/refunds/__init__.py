"""Money given back by us: unused coins on request, second payments, payments that were not accepted."""

from largesse.topups.refunds.model import RefundReason
from largesse.topups.refunds.service import return_payment

__all__ = ["RefundReason", "return_payment"]
