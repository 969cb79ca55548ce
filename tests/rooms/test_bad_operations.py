"""Every operation of a room's socket with junk in every field: each is answered, costs nothing, and breaks nothing."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]
COINS = 1000
GOOD: tuple[dict[str, Any], ...] = (
    {"op": "chat", "text": "hello"},
    {"op": "paid_message", "text": "hello", "coins": 10},
    {"op": "cheer", "text": "cheer1", "coins": 1},
    {"op": "gift", "gift": "rose", "count": 1, "version": 1, "streak": None, "message": None, "anonymous": False},
    {"op": "join", "token": None, "after": 1},
    {"op": "ping"},
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**31, 2**63, -(2**63), 10**40, [], [[]], {}, {"a": 1},
    "", " ", "x" * 7000, "9" * 40, "\u0000", "a\u0007b", "a\u202eb", "a\u2066b", "\u200b", "\ufeff",
    "z" + "\u0301" * 1100, "\U0001f1e9" * 1000, "\U000e0041" * 40, "cheer" + "9" * 400, "cheer1 " * 900,
    "-1", "null", "rose\n", "../../x", "<script>alert(1)</script>", "' OR 1=1 --",
)  # fmt: skip
RAW = (
    '{"op":"chat","id":"%s","text":"\\ud800"}',
    '{"op":"chat","id":"%s","text":"\\udfff\\ud83d"}',
    '{"op":"gift","id":"%s","gift":"rose","count":1,"message":"\\ud800"}',
    '{"op":"gift","id":"%s","gift":"rose","count":1e3}',
    '{"op":"gift","id":"%s","gift":"rose","count":1' + "0" * 5000 + "}",
    '{"op":"gift","id":"%s","gift":"rose","count":NaN}',
    '{"op":"gift","id":"%s","gift":"rose","count":-Infinity}',
    '{"op":"paid_message","id":"%s","text":"\\ud800","coins":10}',
    '{"op":"cheer","id":"%s","text":"cheer1 \\ud800","coins":1}',
    '{"id":"%s","op":' + "[" * 4000 + "}",
    '{"id":"%s","op":' + '{"a":' * 1500 + "}",
    '{"op":"chat","op":"cheer","id":"%s","text":"x","coins":1}',
    '{"op":"ch\\u0000at","id":"%s","text":"x"}',
)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is closed for what he sends too much or too badly here."""
    monkeypatch.setattr("largesse.realtime.reader.BAD_FRAMES_MAX", 10**9)
    monkeypatch.setattr("largesse.realtime.reader.MESSAGES_BURST", 10**9)


@pytest.fixture
async def socket(open_socket: Open, stream: Stream, viewer: MakeViewer) -> Socket:
    vera = await viewer(coins=COINS)
    joined = await open_socket("streams", stream["id"])
    await joined.join(vera.token)
    return joined


def wrong_frames() -> Iterator[str]:
    """Good frames that are wrong in one place each."""
    for good in GOOD:
        whole = {**good, "id": "%s"}
        for field in whole:
            yield json.dumps({other: value for other, value in whole.items() if other != field})
            for junk in JUNK:
                yield json.dumps({**whole, field: junk})
        yield json.dumps({**whole, "more": 1})
    yield from RAW


@pytest.mark.parametrize("joined", [True, False])
async def test_junk_is_answered_and_costs_nothing(
    socket: Socket,
    open_socket: Open,
    stream: Stream,
    caplog: pytest.LogCaptureFixture,
    joined: bool,
) -> None:
    fuzzed = socket if joined else await open_socket("streams", stream["id"])
    paid = 0
    for no, template in enumerate(wrong_frames()):
        text = template.replace("%s", str(uuid4()))
        if not joined and text.startswith('{"op": "join"'):
            continue
        await fuzzed.connection.send(text)
        answer = await fuzzed.receive()
        while answer["op"] == "frame":
            answer = await fuzzed.receive()
        assert answer["op"] in ("ack", "error", "pong"), f"{no}: {text[:200]}"
        assert answer.get("code") not in ("internal_error", "unavailable"), f"{no}: {text[:200]}"
        paid += answer.get("coins") or 0 if answer["op"] == "ack" else 0
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    last = await socket.gift("rose", 1)
    assert last["wallet"]["coins_total"] == COINS - paid - 1
    assert (paid > 0) is joined, "some junk is right: a text of brackets, a gift of another version"
