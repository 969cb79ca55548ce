"""Starts the fake, and what a server needs to know to use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.process import Fake, start_fake

PACKAGE = "com.example.largesse"
AUDIENCE = "https://coins.example.com/v1/providers/google_play/notifications"
PUSHER = "pubsub@example-project.iam.gserviceaccount.com"


@dataclass(frozen=True, slots=True)
class FakePlay:
    """A running fake with the key file of the service account that may use it."""

    fake: Fake
    credentials: Path


@contextmanager
def fake_google_play() -> Iterator[FakePlay]:
    with TemporaryDirectory() as folder:
        credentials = Path(folder) / "service_account.json"
        with start_fake("tests.fakes.google_play", "--credentials", str(credentials)) as fake:
            yield FakePlay(fake, credentials)
