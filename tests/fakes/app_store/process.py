"""Starts the fake, and what a shop needs to know to use it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.fakes.process import Fake, start_fake

ISSUER_ID = "57246542-96fe-1a63-e053-0824d011072a"
KEY_ID = "2X9R4HXF34"
ROOTS = "roots"
PRIVATE_KEY = "key.p8"


class QuickFake(Fake):
    """Steered without reading the machine's certificates for every call, which takes longer than the call."""

    def control(self, path: str, **wish: Any) -> Any:
        nothing_trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with httpx.Client(base_url=self.url, verify=nothing_trusted, trust_env=False) as http:
            answer = http.post(f"/_control/{path}", json=wish, timeout=10.0)
        answer.raise_for_status()
        return answer.json()


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
        yield FakeAppStore(QuickFake(fake.url), folder / ROOTS, (folder / PRIVATE_KEY).read_text())
