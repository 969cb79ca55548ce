"""Bad luck for a provider that is reached by the network."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import ModuleType
from typing import Any

import pytest

from largesse.payment_settings import ProviderSettings
from tests.fakes.process import Fake

LIMIT_S = 0.2
"""How long an adapter waits here for an answer."""
_DELAY_S = 1.0
_CALLS = 1000
"""More than a test makes."""


class Trouble(StrEnum):
    """How a provider can fail all calls."""

    DOWN = "down"
    SLOW = "slow"
    ERROR = "500"
    TOO_MANY = "429"


WISHES: Mapping[Trouble, Mapping[str, Any]] = {
    Trouble.SLOW: {"delay_s": _DELAY_S, "count": _CALLS},
    Trouble.ERROR: {"status": 500, "count": _CALLS},
    Trouble.TOO_MANY: {"status": 429, "count": _CALLS},
}
"""What most fakes' control of trouble takes."""
WELL: Mapping[str, Any] = {"count": 0}


class Breakable:
    """A fake that can fail, with the settings (`name`: those of) that lead to it, and the adapter's `client`, whose
    limit is `TIMEOUT_S`.
    """

    def __init__(
        self,
        fake: Fake,
        name: str,
        settings: ProviderSettings,
        client: ModuleType,
        *,
        wishes: Mapping[Trouble, Mapping[str, Any]] = WISHES,
        well: Mapping[str, Any] = WELL,
    ) -> None:
        self._fake, self._name, self._settings = fake, name, settings
        self._client, self._wishes, self._well = client, wishes, well

    @property
    def settings(self) -> Mapping[str, Any]:
        """What `Settings` needs so that the provider is on."""
        return {self._name: self._settings}

    @contextmanager
    def broken(self, how: Trouble) -> Iterator[Mapping[str, Any]]:
        """All calls fail until the block ends, for who uses these settings."""
        if how is Trouble.DOWN:
            with socket.socket() as nobody:
                nobody.bind(("127.0.0.1", 0))  # taken, but not listened to
                base = {"api_base": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
                yield {self._name: self._settings.model_copy(update=base)}
            return
        self._fake.control("trouble", **self._wishes[how])
        try:
            with pytest.MonkeyPatch.context() as patch:
                if how is Trouble.SLOW:
                    patch.setattr(self._client, "TIMEOUT_S", LIMIT_S)
                yield self.settings
        finally:
            self._fake.control("trouble", **self._well)
