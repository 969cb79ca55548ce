"""Starts the fake, and what a shop needs to know to use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.process import Fake, start_fake

ISSUER_ID = "57246542-96fe-1a63-e053-0824d011072a"
KEY_ID = "2X9R4HXF34"
ROOTS = "roots"
PRIVATE_KEY = "key.p8"


@dataclass(frozen=True, slots=True)
class FakeAppStore:
    """A running fake with what its operator's page would hand out."""

    fake: Fake
    roots: Path
    private_key: str


@contextmanager
def fake_app_store() -> Iterator[FakeAppStore]:
    module = "tests.fakes.app_store"
    with TemporaryDirectory() as name, start_fake(module, "--folder", name) as fake:
        folder = Path(name)
        yield FakeAppStore(fake, folder / ROOTS, (folder / PRIVATE_KEY).read_text())
