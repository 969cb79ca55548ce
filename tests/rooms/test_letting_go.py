"""Nothing of a socket stays when it is over, whichever way it ended: no circle keeps it until the collector comes."""

import asyncio
import gc
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

from largesse.realtime import FrameProtocol, Hub, OverlaySocket, RoomSocket
from largesse.realtime.room import Room
from tests.collecting import no_collector
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]
_KINDS = (FrameProtocol, RoomSocket, OverlaySocket, Room)
_PATIENCE_S = 30.0


def _living() -> list[Any]:
    return [found for found in gc.get_objects() if type(found) in _KINDS]


def _come_since(before: Sequence[object]) -> list["weakref.ref[Any]"]:
    """`before` holds what was there, so that nothing new can have its place in memory and pass for it."""
    former = set(map(id, before))
    return [weakref.ref(found) for found in _living() if id(found) not in former]


async def _gone(refs: Sequence["weakref.ref[Any]"]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while any(ref() is not None for ref in refs):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("rude", [False, True], ids=["a goodbye", "a cut"])
async def test_sockets_and_their_room_are_gone_at_once(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    services_hub: Hub,
    rude: bool,
) -> None:
    before = _living()
    sockets = [await open_socket("streams", stream["id"]) for _ in range(3)]
    with no_collector():
        people = [await viewer(name) for name in ("Vera", "Otto")]
        for socket, person in zip(sockets, [*people, None], strict=True):
            await socket.join(person.token if person else None)
        for socket in sockets[:2]:
            assert (await socket.gift())["op"] == "ack"
            assert (await socket.chat("hello"))["op"] == "ack"
            assert (await socket.gift("no such gift"))["op"] == "error"
        living = _come_since(before)
        kinds = sorted(type(ref()).__name__ for ref in living)
        assert kinds == ["FrameProtocol"] * 3 + ["Room"] + ["RoomSocket"] * 3
        for socket in sockets:
            await _leave(socket, rude=rude)
        await _gone(living)
    assert services_hub.open_rooms() == []
    assert len(services_hub.sockets) == 0


async def _leave(socket: Socket, *, rude: bool) -> None:
    if rude:
        socket.connection.transport.abort()
    else:
        await socket.connection.close()


async def test_a_refused_socket_is_gone_at_once(open_socket: Open, creator: SignedIn) -> None:
    before = _living()
    with no_collector():
        socket = await open_socket("streams", creator.id)  # no stream
        living = _come_since(before)
        await socket.send(op="join", token=None)
        assert await socket.closed() == 4404
        await _gone(living)
