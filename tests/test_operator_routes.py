"""Who may do what, over every route of the app: an operator's are closed to others, an order's to all but its buyer."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from largesse.identity import Role, tokens
from largesse.identity.auth import CSRF_HEADER, SESSION_COOKIE
from largesse.types import new_id
from tests.fixtures_identity import PASSWORD, MakeUser

_UNSAFE = ("post", "put", "patch", "delete")
_ORDERS = "/v1/orders/{id}"
_BODIES = {f"{_ORDERS}/refund": {"coins": 1}}


@pytest.fixture
def demo_template() -> str:
    """No demo people here: these tests name their own."""
    return "largesse_template"


def routes(app: FastAPI, prefix: str) -> Iterator[tuple[str, str]]:
    """Method and path of every operation below a prefix."""
    for path, item in app.openapi()["paths"].items():
        if path.startswith(prefix):
            yield from ((method, path) for method in item if method in ("get", *_UNSAFE))


async def test_an_operators_routes_are_closed_to_everybody_else(
    app: FastAPI, client: httpx.AsyncClient, users: MakeUser
) -> None:
    viewer = await users("Vera", roles={Role.VIEWER, Role.CREATOR})
    found = list(routes(app, "/v1/operator/"))
    assert len(found) > 15
    for method, path in found:
        address = re.sub(r"\{.*?\}", str(new_id()), path)
        nobody = await client.request(method, address)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated"), path
        other = await client.request(method, address, headers=viewer.headers)
        assert (other.status_code, other.json()["code"]) == (403, "role_missing"), path


async def test_by_cookie_they_need_the_proof_of_our_own_page(
    app: FastAPI, client: httpx.AsyncClient, users: MakeUser
) -> None:
    operator = await users("Olga", roles={Role.OPERATOR})
    signed_in = await client.post(
        "/v1/auth/session", json={"email": operator.email, "password": PASSWORD}
    )
    assert signed_in.status_code == 200, signed_in.text
    unsafe = [(method, path) for method, path in routes(app, "/v1/") if method in _UNSAFE]
    kept_out = 0
    for method, path in unsafe:
        if path.startswith(("/v1/operator/", _ORDERS, "/v1/promotions/", "/v1/me/")):
            answer = await client.request(method, re.sub(r"\{.*?\}", str(new_id()), path))
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed"), path
            kept_out += 1
    assert kept_out > 12


async def test_nobody_elses_order_is_to_be_seen(
    app: FastAPI, client: httpx.AsyncClient, users: MakeUser
) -> None:
    buyer, other = await users("Vera"), await users("Olga")
    wanted = {"coins": 70, "provider": "sandbox", "country": "US"}
    placed = await client.post("/v1/orders", json=wanted, headers=buyer.headers)
    assert placed.status_code == 201, placed.text
    found = list(routes(app, _ORDERS))
    assert len(found) > 4
    for method, path in found:
        address = path.replace("{id}", placed.json()["id"])
        asked = await client.request(method, address, json=_BODIES.get(path), headers=other.headers)
        assert (asked.status_code, asked.json()["code"]) == (404, "order_not_found"), path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/v1/coin-packages?country=US", None),
        ("get", "/v1/promotions", None),
        ("post", "/v1/quotes", {"coins": 70, "country": "US"}),
    ],
)
async def test_what_anybody_may_see_an_old_cookie_does_not_hide(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, object] | None
) -> None:
    old = tokens.new_token()
    headers = {CSRF_HEADER: tokens.csrf_token(old)}
    client.cookies.set(SESSION_COOKIE, old)
    seen = await client.request(method, path, json=body, headers=headers)
    assert seen.status_code == 200, seen.text
