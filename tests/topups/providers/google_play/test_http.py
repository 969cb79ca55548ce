"""Pub/Sub's side of the line: what it is answered, and what is kept of what it sent."""

from collections.abc import AsyncIterator

import httpx
import pytest

from largesse.db import Database
from largesse.main import create_app
from largesse.settings import Settings
from tests.conformance.harnesses.google_play import settings_for
from tests.fakes.google_play.process import PACKAGE, FakePlay
from tests.topups.providers.google_play.conftest import Shop

PATH = "/v1/providers/google_play/notifications"
TEST = {"packageName": PACKAGE, "testNotification": {"version": "1.0"}}


@pytest.fixture
async def line(
    settings: Settings, db: Database, running: FakePlay
) -> AsyncIterator[httpx.AsyncClient]:
    """A way to a server with Google Play switched on."""
    own = settings.model_copy(update={"google_play": settings_for(running)})
    app = create_app(own, url=db.url)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http,
    ):
        yield http


async def test_a_message_is_taken_and_its_token_is_not_kept(
    line: httpx.AsyncClient, shop: Shop, db: Database
) -> None:
    raw = shop.pushed(TEST)
    for _ in range(2):
        answer = await line.post(PATH, content=raw.body, headers=dict(raw.headers))
        assert (answer.status_code, answer.json()) == (200, {})
    async with db.read() as conn:
        cursor = await conn.execute("SELECT headers, body FROM provider_notification")
        rows = await cursor.fetchall()
    assert [(headers, bytes(body)) for headers, body in rows] == [({}, raw.body)]


FORGED = [
    "Bearer",
    "Bearer \xff.\xff.\xff",
    "Bearer W1tb.W1tb.W1tb",
    "Bearer bnVsbA.bnVsbA.bnVsbA",
    "Bearer eyJhbGciOlsxXSwia2lkIjp7fX0.e30.AA",
    "Basic dTpw",
]
"""What a server may get instead of a token: lists, null, keys that are no text."""


async def test_anything_else_is_refused(line: httpx.AsyncClient, shop: Shop) -> None:
    body = shop.pushed(TEST).body
    answers = [await line.post(PATH, content=body)]
    for token in FORGED:
        forged = {b"authorization": token.encode("latin-1")}
        answers.append(await line.post(PATH, content=body, headers=forged))
    others: list[object] = [[], 7, None, {}, {"packageName": "com.example.other"}]
    for data in others:
        raw = shop.pushed(data)
        answers.append(await line.post(PATH, content=raw.body, headers=dict(raw.headers)))
    got = {(answer.status_code, answer.json()["code"]) for answer in answers}
    assert got == {(400, "bad_signature")}
