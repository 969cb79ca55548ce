"""Overlays come in like viewers: a few at a time, and with few questions."""

import asyncio
from typing import Any

import pytest

from largesse.overlays.service import overlay_state
from largesse.realtime import Hub, OverlayState
from largesse.services import Services
from tests.overlays.conftest import Studio, token_of
from tests.rooms.conftest import Open, Socket
from tests.rooms.test_coming_in import PATIENCE_S, Statements, asked

__all__ = ["asked"]


async def _shown(socket: Socket) -> Socket:
    """Once it has its room."""
    await socket.until(lambda: bool(socket.snapshot))
    return socket


async def test_an_overlay_is_looked_up_once(
    open_socket: Open, stream: dict[str, Any], studio: Studio, asked: Statements
) -> None:
    token = token_of(await studio.overlay("alerts"))
    for _ in range(2):
        await _shown(await open_socket("overlays", token))
    assert sum("overlay_token" in text for text in asked[-1]) == 1
    assert len(asked[-1]) == 9, asked[-1]


async def test_overlays_that_come_all_at_once_wait_for_their_turn(
    open_socket: Open,
    stream: dict[str, Any],
    studio: Studio,
    services_hub: Hub,
    asked: Statements,
) -> None:
    token = token_of(await studio.overlay("chat"))
    entering = services_hub.sockets.entering
    taken = 0
    while not entering.locked():
        await entering.acquire()
        taken += 1
    sockets = [await open_socket("overlays", token) for _ in range(3)]
    async with asyncio.timeout(PATIENCE_S):
        while len(entering._waiters or ()) < len(sockets):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await sockets.pop().connection.close()
    assert asked == [[], [], []]
    for _ in range(taken):
        entering.release()
    for socket in sockets:
        await _shown(socket)
    async with asyncio.timeout(PATIENCE_S):
        while len(services_hub.sockets) > len(sockets):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert sum(bool(statements) for statements in asked) == len(sockets), (
        "who has gone asks nothing"
    )


async def test_what_changes_while_an_overlay_is_looked_up_is_told(
    open_socket: Open,
    stream: dict[str, Any],
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overlay = await studio.overlay("chat")
    looks = 0

    async def look(services: Services, token: str) -> OverlayState | None:
        nonlocal looks
        looks += 1
        state = await overlay_state(services, token)
        if looks == 1:
            await studio.change(overlay, lines=3)
        return state

    monkeypatch.setattr("largesse.overlays.sockets.overlay_state", look)
    socket = await open_socket("overlays", token_of(overlay))
    settings: list[int] = []
    while settings[-1:] != [3]:
        frame = await socket.receive()
        if frame["op"] == "settings":
            settings.append(frame["settings"]["lines"])
    assert len(settings) == 2
