"""The providers that the suite runs against. A new one plugs in here."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.conformance.harness import Backend
from tests.conformance.harnesses.paypal import paypal_backend
from tests.conformance.harnesses.sandbox import sandbox_backend
from tests.conformance.harnesses.stripe import stripe_backend

BACKENDS: dict[str, Callable[[], AbstractContextManager[Backend]]] = {
    "paypal": paypal_backend,
    "sandbox": sandbox_backend,
    "stripe": stripe_backend,
}
