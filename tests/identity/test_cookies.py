"""Browser sessions: the cookies, and the proof that a request comes from our own page."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from largesse.identity import tokens
from tests.fixtures_identity import PASSWORD, MakeUser, SignedIn


@pytest.fixture
async def vera(users: MakeUser) -> SignedIn:
    return await users()


@pytest.fixture
async def browser(client: httpx.AsyncClient, vera: SignedIn) -> httpx.AsyncClient:
    """Signed in by cookie."""
    await sign_in(client, vera)
    return client


async def sign_in(client: httpx.AsyncClient, user: SignedIn) -> httpx.Response:
    body = {"email": user.email, "password": PASSWORD}
    response = await client.post("/v1/auth/session", json=body)
    assert response.status_code == 200
    return response


def proof(browser: httpx.AsyncClient) -> dict[str, str]:
    return {"X-CSRF-Token": browser.cookies["largesse_csrf"]}


async def become_creator(browser: httpx.AsyncClient, headers: dict[str, str]) -> tuple[int, str]:
    """Any unsafe request will do."""
    response = await browser.post("/v1/creator", headers=headers)
    return response.status_code, response.json().get("code", "")


async def test_the_session_cookie_is_hidden_from_scripts(
    client: httpx.AsyncClient, vera: SignedIn
) -> None:
    response = await sign_in(client, vera)
    assert set(response.json()) == {"expires_at", "user"}
    session, csrf = sorted(response.headers.get_list("set-cookie"), reverse=True)
    assert session.startswith("largesse_session=")
    assert "HttpOnly" in session
    assert "HttpOnly" not in csrf
    for cookie in (session, csrf):
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Max-Age=" in cookie
        assert "Secure" not in cookie  # the test server is plain http
    assert response.cookies["largesse_session"] not in response.text


async def test_the_cookie_signs_in(browser: httpx.AsyncClient, vera: SignedIn) -> None:
    assert (await browser.get("/v1/me")).json()["id"] == str(vera.id)


async def test_an_unsafe_request_needs_the_token(browser: httpx.AsyncClient) -> None:
    other = tokens.csrf_token("another session")
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other}):
        assert await become_creator(browser, headers) == (403, "csrf_failed")
    assert await become_creator(browser, proof(browser)) == (200, "")


async def test_the_origin_must_be_ours_when_it_is_told(browser: httpx.AsyncClient) -> None:
    for origin, status in {
        "http://test": 200,
        "http://evil.example": 403,
        "http://test.evil.example": 403,
        "http://test:81": 403,
        "null": 403,
        "": 403,
    }.items():
        headers = {**proof(browser), "Origin": origin}
        assert (await become_creator(browser, headers))[0] == status, origin


async def test_another_site_cannot_sign_a_browser_in(
    client: httpx.AsyncClient, vera: SignedIn
) -> None:
    body = {"email": vera.email, "password": PASSWORD}
    headers = {"Origin": "http://evil.example"}
    response = await client.post("/v1/auth/session", json=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert not response.cookies


async def test_a_bearer_needs_no_proof_and_goes_before_the_cookie(
    browser: httpx.AsyncClient, users: MakeUser
) -> None:
    nora = await users("Nora")
    assert await become_creator(browser, nora.headers) == (200, "")
    assert (await browser.get("/v1/me", headers=nora.headers)).json()["id"] == str(nora.id)
    wrong = {"Authorization": "Bearer wrong"}
    assert (await browser.get("/v1/me", headers=wrong)).status_code == 401


async def test_a_token_works_only_the_way_it_was_given_out(
    client: httpx.AsyncClient, vera: SignedIn
) -> None:
    as_cookie = {"Cookie": f"largesse_session={vera.token}"}
    assert (await client.get("/v1/me", headers=as_cookie)).status_code == 401
    await sign_in(client, vera)
    as_bearer = {"Authorization": f"Bearer {client.cookies['largesse_session']}"}
    client.cookies.clear()
    assert (await client.get("/v1/me", headers=as_bearer)).status_code == 401


async def test_signing_out_needs_the_proof_and_clears_the_cookies(
    browser: httpx.AsyncClient,
) -> None:
    session = browser.cookies["largesse_session"]
    assert (await browser.delete("/v1/auth/session")).status_code == 403
    response = await browser.delete("/v1/auth/session", headers=proof(browser))
    assert response.status_code == 204
    assert not browser.cookies
    stolen = {"Cookie": f"largesse_session={session}"}
    assert (await browser.get("/v1/me", headers=stolen)).status_code == 401


async def test_a_public_page_forgives_an_old_cookie(
    client: httpx.AsyncClient, vera: SignedIn
) -> None:
    old = {"Cookie": "largesse_session=gone"}
    assert (await client.get(f"/v1/users/{vera.id}", headers=old)).status_code == 200
    wrong = {"Authorization": "Bearer gone"}
    assert (await client.get(f"/v1/users/{vera.id}", headers=wrong)).status_code == 401


@pytest.fixture
async def secure_client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The same app, told that browsers come by https."""
    services = app.state.services
    public = services.settings.model_copy(update={"public_url": "https://gifts.example"})
    public.__dict__.pop("base_url", None)  # computed once per settings
    app.state.services = replace(services, settings=public)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://gifts.example") as http:
        yield http
    app.state.services = services


async def test_cookies_are_secure_behind_https(
    secure_client: httpx.AsyncClient, vera: SignedIn
) -> None:
    response = await sign_in(secure_client, vera)
    assert all("Secure" in cookie for cookie in response.headers.get_list("set-cookie"))
    plain = {**proof(secure_client), "Origin": "http://gifts.example"}
    assert (await become_creator(secure_client, plain))[0] == 403
    own = {**proof(secure_client), "Origin": "https://gifts.example"}
    assert (await become_creator(secure_client, own))[0] == 200
