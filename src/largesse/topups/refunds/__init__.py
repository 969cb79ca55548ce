"""Money given back by us: unused coins on request, second payments, payments that were not accepted."""

from largesse.topups.refunds.defaults import load_defaults
from largesse.topups.refunds.jobs import register_refunds, sweep_refunds
from largesse.topups.refunds.model import RefundReason
from largesse.topups.refunds.service import return_payment
from largesse.topups.refunds.settling import CREDITED_STATES, REFUND_NAME, bring, settle_told

__all__ = [
    "CREDITED_STATES",
    "REFUND_NAME",
    "RefundReason",
    "bring",
    "load_defaults",
    "register_refunds",
    "return_payment",
    "settle_told",
    "sweep_refunds",
]
