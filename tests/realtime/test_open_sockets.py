"""The sockets of a process: limits by user and address, and the end of all of them, one after the other."""

import asyncio

import pytest

from largesse.realtime.errors import TooManySockets
from largesse.realtime.open_sockets import OpenSockets
from largesse.realtime.outbox import Outbox
from tests.realtime.conftest import until

SOMEWHERE, ELSEWHERE = "203.0.114.7", "2a00:1450:4001::1"


@pytest.fixture
def sockets() -> OpenSockets:
    return OpenSockets()


def open_some(sockets: OpenSockets, count: int) -> list[Outbox]:
    """Each of them ends when it is told to."""
    outboxes = [Outbox() for _ in range(count)]
    for outbox in outboxes:
        sockets.opened(outbox)
    return outboxes


def test_an_address_has_a_limited_number_of_sockets(
    sockets: OpenSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_ADDRESS_MAX", 2)
    for _ in range(2):
        sockets.count_address(SOMEWHERE)
    with pytest.raises(TooManySockets):
        sockets.count_address(SOMEWHERE)
    sockets.count_address(ELSEWHERE)
    sockets.uncount_address(SOMEWHERE)
    sockets.count_address(SOMEWHERE)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.2.3.4", "192.168.1.1", ""])
def test_what_may_be_a_proxy_is_not_limited(
    sockets: OpenSockets, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_ADDRESS_MAX", 1)
    for _ in range(3):
        sockets.count_address(address)


async def test_many_sockets_are_closed_one_after_the_other(
    sockets: OpenSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.DRAIN_SOCKETS_PER_S", 100)
    outboxes = open_some(sockets, 100)
    outboxes[7].push("waits")
    draining = asyncio.create_task(sockets.drain())
    seen: set[int] = set()

    def ended() -> int:
        closed = [outbox for outbox in outboxes if outbox.close_code is not None]
        for outbox in closed:
            sockets.closed(outbox)
        seen.add(len(closed))
        return len(closed)

    await until(lambda: ended() == 100)
    await draining
    assert len(seen) > 5, "a few at a time"
    assert {outbox.close_code for outbox in outboxes} == {1001}
    assert await outboxes[7].next() == ["waits"]
    late = Outbox()
    sockets.opened(late)
    assert late.close_code == 1001


async def test_one_that_does_not_end_is_cut_off(
    sockets: OpenSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.SHUTDOWN_TIMEOUT_S", 0.05)
    (outbox,) = open_some(sockets, 1)
    await sockets.drain()
    assert outbox.aborted.is_set()


async def test_without_sockets_the_end_is_at_once(sockets: OpenSockets) -> None:
    await asyncio.wait_for(sockets.drain(), 5)
