"""A message that one process takes is told by another one as it stands in the log."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import messages
from largesse.db import Database
from largesse.gifts import Target
from largesse.main import start_services
from largesse.messages import MessageOrder
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import new_id
from tests.messages.conftest import Stream, assert_live_is_stored, log_of, pay
from tests.rooms.conftest import MakeViewer, Open


@pytest.fixture
async def other(settings: Settings, db: Database, app: FastAPI) -> AsyncIterator[Services]:
    """What a second process has: its own lane, hub and names."""
    async with start_services(settings, url=db.url) as started:
        yield started


async def test_what_another_process_took_is_read_from_the_log(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    services: Services,
    other: Services,
) -> None:
    vera = await viewer(coins=200)
    socket = await open_socket("streams", stream["id"])
    await socket.join()
    target = Target("stream", UUID(stream["id"]), UUID(stream["creator"]["id"]))
    for coins, text in ((50, "from afar"), (10, "")):
        order = MessageOrder(id=new_id(), text=text, coins=coins)
        await messages.send_paid_message(other, vera.user, target, order)
    order = MessageOrder(id=new_id(), text="cheer10", coins=10)
    again = [
        await messages.send_cheer(each, vera.user, target, order) for each in (other, services)
    ]
    assert [sent.entry.duplicate for sent in again] == [False, True]
    await pay(client, stream, vera, 100, "from here")  # its number shows that others are missing
    await socket.until_seq(4)
    assert socket.seqs == [1, 2, 3, 4]
    assert socket.logged == await log_of(client, stream)
    await assert_live_is_stored(services, stream)
