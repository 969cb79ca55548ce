"""Chat: said once, within limits."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


async def test_chat_is_said_once_for_an_id(
    open_socket: Open, stream: Stream, viewer: MakeViewer, client: httpx.AsyncClient
) -> None:
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    socket, other = [await open_socket("streams", stream["id"]) for _ in range(2)]
    await socket.join(vera.token)
    await other.join(otto.token)
    id_ = str(uuid4())
    assert (await socket.chat(" hello ", id_)) == {"op": "ack", "id": id_, "seq": 1}
    assert (await socket.chat("hello", id_)) == {"op": "ack", "id": id_, "seq": 1}
    assert (await socket.chat("something else", id_))["code"] == "idempotency_conflict"
    assert (await other.chat("hello", id_))["code"] == "idempotency_conflict"
    events = (await client.get(f"/v1/streams/{stream['id']}/events")).json()["items"]
    assert [event["text"] for event in events] == ["hello"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "chat_empty"),
        ("   ", "chat_empty"),
        ("x" * 201, "chat_too_long"),
        ("a\u202eb", "validation_failed"),
        ("a\x07b", "validation_failed"),
        ("a\u0000b", "validation_failed"),
        ("a\nb", "validation_failed"),
    ],
)
async def test_chat_that_is_refused_leaves_the_socket_usable(
    open_socket: Open, stream: Stream, viewer: MakeViewer, text: str, code: str
) -> None:
    vera = await viewer(coins=0)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    assert (await socket.chat(text))["code"] == code
    assert (await socket.chat("x" * 200))["seq"] == 1
    assert (await socket.chat("👩‍👩‍👧 שלום"))["seq"] == 2


async def test_chat_has_a_pace(
    open_socket: Open, stream: Stream, viewer: MakeViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.rooms.chat.CHATS_MAX", 3)
    monkeypatch.setattr("largesse.rooms.chat.CHAT_WINDOW_S", 60)
    vera = await viewer(coins=0)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    answers = [await socket.chat(f"line {number}") for number in range(4)]
    assert [answer["op"] for answer in answers] == ["ack", "ack", "ack", "error"]
    assert answers[-1]["code"] == "too_fast"
    assert answers[-1]["retry_after_s"] >= 1
