"""The adapter against the fake Stripe."""

from collections.abc import Iterator

import pytest

from largesse.topups.providers.stripe import StripeProvider, stripe_provider
from tests.conformance.harnesses.stripe import StripeHarness, fake_settings
from tests.fakes.process import Fake
from tests.fakes.stripe.process import stripe_fake


@pytest.fixture(scope="session")
def fake() -> Iterator[Fake]:
    with stripe_fake() as running:
        yield running


@pytest.fixture
def provider(fake: Fake) -> StripeProvider:
    return stripe_provider(fake_settings(fake))


@pytest.fixture
def harness(fake: Fake, provider: StripeProvider) -> StripeHarness:
    return StripeHarness(fake, provider)
