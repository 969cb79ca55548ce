"""Stripe: hosted Checkout pages, signed webhooks, refunds and disputes."""

from largesse.topups.providers.stripe.provider import NAME, StripeProvider, stripe_provider

__all__ = ["NAME", "StripeProvider", "stripe_provider"]
