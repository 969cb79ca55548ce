"""The fake Stripe as its own process."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.process import Fake, start_fake

KEY = "sk_test_fake"
SECRET = "whsec_fake"


@contextmanager
def stripe_fake() -> Iterator[Fake]:
    """Runs until the block ends."""
    with start_fake("tests.fakes.stripe", "--key", KEY, "--secret", SECRET) as fake:
        yield fake
