"""PayPal: Orders v2 with capture, refunds and disputes; notifications are checked without asking PayPal."""

from largesse.topups.providers.paypal.provider import NAME, PayPalProvider, paypal_provider

__all__ = ["NAME", "PayPalProvider", "paypal_provider"]
