"""Every answer has the same manners: problem documents, limits, security headers."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import psycopg
import pytest
from fastapi import FastAPI, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from largesse.errors import Conflict, TooManyRequests
from largesse.http import BODY_BYTES_MAX, install_error_handlers
from largesse.page_policy import CONTENT_SECURITY_POLICY
from largesse.types import Schema


class Item(Schema):
    name: str


class Order(Schema):
    count: int
    items: list[Item]


def small_app() -> FastAPI:
    """Routes that fail in every way there is."""
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/v1/orders")
    async def order(body: Order, limit: Annotated[int, Query(le=9)] = 1) -> Order:
        return body

    @app.post("/v1/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise FAILURES[how]

    @app.get("/page")
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>Hello</p>")

    return app


FAILURES = {
    "rule": Conflict("Taken.", seat=7),
    "often": TooManyRequests(retry_after_s=12),
    "bug": ZeroDivisionError("secret detail"),
    "down": psycopg.OperationalError("secret host"),
    "range": psycopg.errors.NumericValueOutOfRange("secret value"),
    "teapot": HTTPException(418, "No coffee."),
}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=small_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def problem(response: httpx.Response) -> tuple[int, str]:
    """Every error has this shape."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert body["status"] == response.status_code
    assert "secret" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return response.status_code, body["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("PATCH", "/v1/orders", 405, "method_not_allowed"),
        ("GET", "/fail/rule", 409, "conflict"),
        ("GET", "/fail/often", 429, "too_many_requests"),
        ("GET", "/fail/bug", 500, "internal_error"),
        ("GET", "/fail/down", 503, "unavailable"),
        ("GET", "/fail/range", 422, "validation_failed"),
        ("GET", "/fail/teapot", 418, "i'm_a_teapot"),
    ],
)
async def test_every_error_is_a_problem(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    assert problem(await http.request(method, path)) == (status, code)


async def test_fields_and_headers_of_a_problem(http: httpx.AsyncClient) -> None:
    rule = (await http.get("/fail/rule")).json()
    assert rule == {
        "type": "urn:largesse:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "code": "conflict",
        "detail": "Taken.",
        "seat": 7,
    }
    assert (await http.get("/fail/often")).headers["Retry-After"] == "12"
    assert (await http.patch("/v1/orders")).headers["Allow"] == "POST"


async def test_a_bug_is_logged_without_its_address(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await http.get("/fail/bug?token=hidden")
    assert "GET /fail/{how}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "hidden" not in caplog.text


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"\xff\xfe", "body"),
        (b'{"items":[]}', "count"),
        (b'{"count":1.5,"items":[]}', "count"),
        (b'{"count":NaN,"items":[]}', "count"),
        (b'{"count":1,"items":[{"name":1}]}', "items.0.name"),
        (b'{"count":1,"items":[{"name":"\\ud800"}]}', "body"),
        (b'{"count":1,"items":[{"name":"\\udc00\\ud800"}]}', "body"),
        (b'{"count":1,"items":[{"name":"\\ud83dx\\ude00"}]}', "body"),
        (b'{"count":1,"items":[{"name":"\\\\ud83d\\ude00"}]}', "body"),
        (b'{"count":1,"items":[{"name":"\xed\xa0\x80"}]}', "body"),
        ('{"count":1,"items":[]}'.encode("utf-16"), "body"),
        (b'{"count":1,"items":[],"more":1}', "more"),
        (b'{"count":1,"items":[{"name":"a\\u0000b"}]}', "body"),
        (b'{"count":1,"items":[{"name":"\\\\\\u0000"}]}', "body"),
        (b'{"count":1,"items":[{"name":"a\x00b"}]}', "body"),
        (b"[" * 30_000, "body"),
        (b'{"count":' + b"9" * 5_000 + b',"items":[]}', None),
    ],
)
async def test_a_wrong_body_names_the_field(
    http: httpx.AsyncClient, content: bytes, field: str | None
) -> None:
    headers = {"Content-Type": "application/json"}
    response = await http.post("/v1/orders", content=content, headers=headers)
    assert problem(response) == (422, "validation_failed")
    assert field in (None, response.json()["errors"][0]["field"])


@pytest.mark.parametrize(
    ("escaped", "text"), [(b"\\\\u0000", "\\u0000"), (b"\\ud83d\\ude00\\u00e9", "\U0001f600\u00e9")]
)
async def test_escapes_that_are_text_pass(
    http: httpx.AsyncClient, escaped: bytes, text: str
) -> None:
    body = b'{"count":1,"items":[{"name":"' + escaped + b'"}]}'
    response = await http.post(
        "/v1/orders", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.json()["items"][0]["name"] == text


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_form_of_another_site_is_no_json(
    http: httpx.AsyncClient, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = await http.post("/v1/orders", content=b'{"count":1,"items":[]}', headers=headers)
    assert problem(response) == (422, "validation_failed")


async def test_nul_in_an_address_is_refused(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/fail/a%00b")) == (422, "validation_failed")
    assert problem(await http.get("/fail/rule?x=%00")) == (422, "validation_failed")


async def test_a_query_parameter_is_named_too(http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/orders?limit=10", json={"count": 1, "items": []})
    assert response.json()["errors"][0]["field"] == "limit"


async def test_bodies_end_at_64_kib(http: httpx.AsyncClient) -> None:
    assert (await http.post("/v1/raw", content=b"x" * BODY_BYTES_MAX)).json() == BODY_BYTES_MAX
    over = b"x" * (BODY_BYTES_MAX + 1)
    assert problem(await http.post("/v1/raw", content=over)) == (413, "body_too_large")


async def test_a_body_without_a_length_ends_there_too(http: httpx.AsyncClient) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 1024

    assert problem(await http.post("/v1/raw", content=chunks())) == (413, "body_too_large")
    assert sent <= 66


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 5000])
async def test_a_length_that_is_no_number_is_refused(http: httpx.AsyncClient, length: str) -> None:
    response = await http.post("/v1/raw", content=b"x", headers={"Content-Length": length})
    assert problem(response)[0] in (400, 413)


async def test_pages_carry_the_content_security_policy(http: httpx.AsyncClient) -> None:
    page = await http.get("/page")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe-inline" not in CONTENT_SECURITY_POLICY.split("script-src")[1].split(";")[0]
    assert page.headers["Referrer-Policy"] == "same-origin"
    answer = await http.post("/v1/raw", content=b"x")
    assert "Content-Security-Policy" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in page.headers
