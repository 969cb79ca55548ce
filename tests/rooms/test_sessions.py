"""Who is on a socket, and for how long."""

from typing import Any

import httpx
import pytest

from largesse.db import Database
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


async def test_without_signing_in_one_only_watches(open_socket: Open, stream: Stream) -> None:
    socket = await open_socket("streams", stream["id"])
    await socket.join()
    assert (await socket.gift("rose", 1))["code"] == "unauthenticated"
    assert (await socket.chat("hello"))["code"] == "unauthenticated"
    await socket.ping()


async def test_a_cookie_signs_in_from_our_own_page_only(
    open_socket: Open, stream: Stream, viewer: MakeViewer, address: str
) -> None:
    vera = await viewer(coins=5)
    async with httpx.AsyncClient(base_url=f"http://{address}") as browser:
        body = {"email": vera.email, "password": "correct horse battery"}
        answer = await browser.post("/v1/auth/session", json=body)
        assert answer.status_code == 200, answer.text
        cookie = f"largesse_session={browser.cookies['largesse_session']}"
    headers = {"Cookie": cookie}
    ours = await open_socket(
        "streams", stream["id"], additional_headers=headers, origin=f"http://{address}"
    )
    assert (await ours.join())["wallet"]["coins_total"] == 5
    theirs = await open_socket(
        "streams", stream["id"], additional_headers=headers, origin="http://evil.example"
    )
    assert (await theirs.join())["wallet"] is None


async def test_an_expired_token_closes_4401(
    open_socket: Open, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer(coins=0)
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = now()")
    for token, code in ((vera.token, "session_expired"), ("wrong", "unauthenticated")):
        socket = await open_socket("streams", stream["id"])
        await socket.send(op="join", token=token)
        assert (await socket.answer())["code"] == code
        assert await socket.closed() == 4401


async def test_a_session_that_expires_while_connected_closes_4401(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("largesse.realtime.socket.RECHECK_S", 0.0)
    vera = await viewer(coins=5)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    assert (await socket.gift("rose", 1))["op"] == "ack"
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = now()")
    assert (await socket.gift("rose", 1))["code"] == "session_expired"
    assert await socket.closed() == 4401


async def test_a_silent_socket_whose_session_was_revoked_is_closed_too(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("largesse.realtime.socket.SESSION_WATCH_S", 0.05)
    vera = await viewer(coins=0)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    async with db.transaction() as conn:
        await conn.execute("DELETE FROM session")
    assert await socket.closed() == 4401
