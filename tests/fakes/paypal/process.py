"""Starts the fake, and what a shop needs to know to use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.process import Fake, start_fake

CLIENT_ID = "client-of-the-fake"
CLIENT_SECRET = "secret-of-the-fake"
WEBHOOK_ID = "5GP028458E2496506"


@dataclass(frozen=True, slots=True)
class FakePayPal:
    """A running fake with the folder of its certificates."""

    fake: Fake
    certificates: Path


@contextmanager
def fake_paypal() -> Iterator[FakePayPal]:
    module = "tests.fakes.paypal"
    with TemporaryDirectory() as folder, start_fake(module, "--certificates", folder) as fake:
        yield FakePayPal(fake, Path(folder))
