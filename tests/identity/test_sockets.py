"""Who is on a socket: a token in the first message, or the cookie when the page is ours."""

import pytest
from fastapi import FastAPI, WebSocket

from largesse.db import Database
from largesse.errors import Unauthenticated
from largesse.identity import SessionExpired, SessionKind, open_session, user_from_websocket
from tests.fixtures_identity import MakeUser, SignedIn


def socket(app: FastAPI, **headers: str) -> WebSocket:
    raw = [(name.encode(), value.encode()) for name, value in {"host": "test", **headers}.items()]
    scope = {"type": "websocket", "app": app, "path": "/", "headers": raw}

    async def nothing() -> dict[str, str]:
        return {}

    async def nowhere(message: object) -> None:
        return None

    return WebSocket(scope, receive=nothing, send=nowhere)


async def cookie_of(db: Database, user: SignedIn) -> str:
    async with db.transaction() as conn:
        session, _ = await open_session(conn, user.id, SessionKind.COOKIE, 1)
    return f"largesse_session={session.token}"


async def test_a_token_signs_in(app: FastAPI, users: MakeUser) -> None:
    vera = await users()
    assert await user_from_websocket(socket(app), vera.token) == vera.user


async def test_a_cookie_signs_in_from_our_own_page_only(
    app: FastAPI, users: MakeUser, db: Database
) -> None:
    vera = await users()
    cookie = await cookie_of(db, vera)
    assert await user_from_websocket(socket(app, cookie=cookie, origin="http://test")) == vera.user
    for headers in ({}, {"origin": "http://evil.example"}, {"origin": "null"}):
        assert await user_from_websocket(socket(app, cookie=cookie, **headers)) is None


async def test_without_a_credential_one_only_watches(app: FastAPI) -> None:
    assert await user_from_websocket(socket(app, origin="http://test")) is None


async def test_wrong_and_expired_tokens_are_told_apart(
    app: FastAPI, users: MakeUser, db: Database
) -> None:
    vera = await users()
    with pytest.raises(Unauthenticated) as wrong:
        await user_from_websocket(socket(app), "wrong")
    assert wrong.value.code == "unauthenticated"
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = now()")
    with pytest.raises(SessionExpired):
        await user_from_websocket(socket(app), vera.token)
