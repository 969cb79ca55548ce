"""Junk on every route of the OpenAPI document: whatever comes in, the answer is a decision, never a crash."""

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.http import PROBLEM_MEDIA_TYPE
from largesse.identity import Role
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.junk import Call, Document, accepted_bodies
from tests.ledger.world import World

_SPAN = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
_PROMOTION = {"slug": "coins", "title": "Coins", "kind": "grant", "coins": 5, **_SPAN}


@pytest.fixture
def demo_template() -> str:
    """No demo people here: these tests name their own."""
    return "largesse_template"


@pytest.fixture
async def somebody(users: MakeUser, db: Database) -> SignedIn:
    """May do everything, and has coins."""
    user = await users("Nora", roles=set(Role), followers=1000, gifting=True)
    await World(db).top_up(user.id, 100_000)
    return user


@pytest.fixture
async def known(client: httpx.AsyncClient, somebody: SignedIn, users: MakeUser) -> dict[str, str]:
    """What stands in addresses, by what comes before it, and in bodies, by the field's name."""
    http, headers = client, somebody.headers
    other = await users("Olga", roles={Role.CREATOR}, followers=1000, gifting=True)
    stream = await http.post("/v1/streams", json={"title": "Music"}, headers=other.headers)
    post = await http.post("/v1/posts", json={"caption": "Song"}, headers=other.headers)
    overlay = await http.get("/v1/creator/overlay", headers=other.headers)
    mine = (await http.get("/v1/creator/overlays", headers=headers)).json()
    key = (await http.post("/v1/creator/ingest", headers=headers)).json()["key"]
    own = await http.post("/v1/streams", json={"title": "Mine"}, headers=headers)
    packages = (await http.get("/v1/coin-packages?country=US")).json()["items"]
    order = {"package_id": packages[0]["id"], "provider": "sandbox", "country": "US"}
    placed = (await http.post("/v1/orders", json=order, headers=headers)).json()
    given = {"id": str(new_id()), "gift": "rose", "count": 1}
    await http.post(f"/v1/streams/{stream.json()['id']}/gifts", json=given, headers=headers)
    await http.post("/v1/operator/promotions", json=_PROMOTION, headers=headers)
    lots = (await http.get("/v1/wallet/lots", headers=headers)).json()["items"]
    return {
        **order,
        **_SPAN,
        "gift": "rose",
        "key": key,
        "seq": "1",
        "own stream": own.json()["id"],
        "user_id": str(other.id),
        "email": "somebody@example.com",
        "birth_date": "1990-05-14",
        "/v1/streams/": stream.json()["id"],
        "/v1/posts/": post.json()["id"],
        "/v1/users/": str(other.id),
        "/v1/overlays/": overlay.json()["token"],
        "/v1/orders/": placed["id"],
        "/v1/operator/orders/": placed["id"],
        "/v1/operator/holds/": placed["id"],
        "/v1/promotions/": "coins",
        "/v1/operator/promotions/": "coins",
        "/v1/operator/price-books/": "1",
        "/v1/operator/tax-rates/": "US",
        "/v1/operator/refunds/": placed["id"],
        "/v1/gifts/": given["id"],
        "/v1/wallet/lots/": lots[0]["id"],
        "/v1/wallet/statements/": "2026-01",
        "/v1/creator/statements/": "2026-01",
        "/v1/creator/overlays/": mine["items"][0]["id"],
        "/v1/sandbox/orders/": placed["id"],
        "/v1/sandbox/checkouts/": placed["checkout_url"].rsplit("/", 1)[1],
        "/v1/providers/": "sandbox",
        "/art/gifts/": "rose",
    }


@pytest.mark.timeout(600)  # thousands of requests
async def test_junk_is_never_a_500(
    app: FastAPI, client: httpx.AsyncClient, somebody: SignedIn, known: dict[str, str]
) -> None:
    document = Document(
        app.openapi(), known, accepted_bodies(known["package_id"], str(somebody.id))
    )
    for right in document.right_calls():
        answer = await _send(client, right, somebody)
        assert answer.status_code < 300, f"{right}: {answer.text}"
    calls = list(document.calls())
    own = {**known, "/v1/streams/": known["own stream"]}
    with_own = Document(app.openapi(), own, {}).calls("/v1/streams/{id}")
    calls += [call for call in with_own if call.body is not None]
    calls.sort(key=_is_last)
    failures: list[str] = []
    decided: set[int] = set()
    for call in calls:
        answer = await _send(client, call, somebody)
        decided.add(answer.status_code)
        if problem := _problem_with(answer):
            failures.append(f"{problem}: {str(call)[:300]}")
    assert failures == []
    assert len(calls) > 1000
    assert decided >= {200, 201, 400, 401, 404, 409, 413, 422}  # it reached further than the door


def _is_last(call: Call) -> tuple[bool, bool]:
    """What ends streams comes late, and signing out last."""
    return call.path == "/v1/auth/session", call.path.endswith("/end")


async def _send(client: httpx.AsyncClient, call: Call, user: SignedIn) -> httpx.Response:
    headers = {b"Content-Type": b"application/json"} if call.body is not None else {}
    headers[b"Authorization"] = f"Bearer {user.token}".encode()
    headers[b"Idempotency-Key"] = str(new_id()).encode()
    if call.header is not None:
        headers.update([call.header])
    return await client.request(
        call.method.upper(),
        f"{call.path}?{call.query}",
        content=call.body,
        headers=list(headers.items()),
    )


def _problem_with(answer: httpx.Response) -> str | None:
    """Why this is no decent answer; None: it is one."""
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    if answer.status_code < 400:
        return None
    if answer.headers["content-type"] != PROBLEM_MEDIA_TYPE:
        return f"status {answer.status_code} without a problem document"
    return None if answer.json().get("code") else "no code"
