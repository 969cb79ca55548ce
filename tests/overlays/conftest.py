"""The live room of the rooms' tests, with its creator's overlays."""

from typing import Any, TypeAlias

import httpx
import pytest

from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import (
    address,
    creator,
    demo_template,
    open_socket,
    services_hub,
    settings,
    stream,
    viewer,
)

__all__ = [
    "address",
    "creator",
    "demo_template",
    "open_socket",
    "services_hub",
    "settings",
    "stream",
    "viewer",
]

Overlay: TypeAlias = dict[str, Any]


class Studio:
    """What a creator does about overlays."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers

    async def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One call under /v1/creator; its answer, which has this status."""
        answer = await self._client.request(
            method, f"/v1/creator{path}", json=body, headers=self._headers
        )
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def overlays(self) -> list[Overlay]:
        found: list[Overlay] = (await self.call("GET", "/overlays"))["items"]
        return found

    async def overlay(self, kind: str) -> Overlay:
        """The first of a kind."""
        return next(each for each in await self.overlays() if each["kind"] == kind)

    async def change(self, overlay: Overlay, **settings: Any) -> Overlay:
        body = {"name": overlay["name"], "settings": {**overlay["settings"], **settings}}
        changed: Overlay = await self.call("PUT", f"/overlays/{overlay['id']}", body)
        return changed


def token_of(overlay: Overlay) -> str:
    """The secret part of an overlay's address."""
    return str(overlay["overlay_url"].rsplit("/", 1)[-1])


@pytest.fixture
def studio(client: httpx.AsyncClient, creator: SignedIn) -> Studio:
    return Studio(client, creator.headers)
