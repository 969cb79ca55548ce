"""What every HTTP answer has in common: problem documents, a limit on bodies, security headers."""

import logging
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import psycopg
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from largesse.errors import (
    AppError,
    BadRequest,
    NotFound,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
)
from largesse.page_policy import CONTENT_SECURITY_POLICY, content_security_policy

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 64 * 1024
PROBLEM_MEDIA_TYPE = "application/problem+json"
# Names are lower case and both parts bytes, as ASGI has them: these are set on every answer.
_SECURITY_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
}
_API_HEADERS = {b"cache-control": b"no-store"}
# Their address holds a secret: nobody is told it, and no search engine keeps it.
_OVERLAY_HEADERS = {b"referrer-policy": b"no-referrer", b"x-robots-tag": b"noindex, nofollow"}
_OVERLAYS = ("/overlay/", "/v1/overlays/")
_LENGTH_DIGITS_MAX = 12
_JSON_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_HIGH_SURROGATES = range(0xD800, 0xDC00)
_LOW_SURROGATES = range(0xDC00, 0xE000)


class BodyTooLarge(AppError):
    """The body is larger than 64 KiB."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "body_too_large"


class MethodNotAllowed(AppError):
    """This address does not take this method."""

    status: ClassVar[int] = 405
    code: ClassVar[str] = "method_not_allowed"


def install_error_handlers(app: FastAPI, media_sources: Iterable[str] = ()) -> None:
    """Answer every error as a problem document, refuse oversized bodies, and set the security headers."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(psycopg.DataError, _on_data_error)
    app.add_exception_handler(psycopg.OperationalError, _on_operational_error)
    app.add_middleware(BodyGuard)
    policy = content_security_policy(media_sources)
    # The outermost: it also sees what the body guard answers.
    app.add_middleware(AnswerGuard, policy=policy)


def problem_response(error: AppError, headers: dict[str, str] | None = None) -> Response:
    """The answer for an error; `retry_after_s` among its fields also becomes the Retry-After header."""
    headers = dict(headers or {})
    if "retry_after_s" in error.fields:
        headers["Retry-After"] = str(error.fields["retry_after_s"])
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        jsonable_encoder(error.problem()),
        status_code=error.status,
        headers=headers,
        media_type=PROBLEM_MEDIA_TYPE,
    )


def validation_problem(errors: Iterable[Any]) -> ValidationFailed:
    """Pydantic's errors as one problem; never the input itself, which may be a password."""
    return ValidationFailed(
        errors=[
            {"field": _field_name(error["loc"]), "message": _message(error)} for error in errors
        ]
    )


def _field_name(loc: Sequence[int | str]) -> str:
    """`("body", "items", 0, "id")` is `items.0.id`; a body that is no JSON has no field but itself."""
    parts = [str(part) for part in loc]
    if parts[:1] == ["body"] and (len(parts) == 1 or parts[1].isdigit()):
        return "body"
    return ".".join(parts[1:] if parts[:1] and parts[0] in _PLACES else parts)


_PLACES = frozenset({"body", "query", "path", "header", "cookie"})


def _message(error: Any) -> str:
    if error["type"] == "json_invalid":
        return "This is not valid JSON"
    return str(error["msg"]).removeprefix("Value error, ")


async def _on_app_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return problem_response(error)


async def _on_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(validation_problem(error.errors()))


async def _on_http_exception(_: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == BadRequest.status:  # e.g. brackets nested deeper than the parser goes
        return problem_response(_body_problem("The body cannot be read"), headers)
    if error.status_code == NotFound.status:
        return problem_response(NotFound(), headers)
    if error.status_code == MethodNotAllowed.status:
        return problem_response(MethodNotAllowed(), headers)
    return problem_response(_plain_problem(error.status_code, error.detail), headers)


def _plain_problem(status: int, detail: str) -> AppError:
    """A problem for a status that has no class of its own, e.g. 400 `bad_request`."""
    code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    error = AppError(detail)
    error.status, error.code = status, code  # type: ignore[misc]  # this one instance only
    return error


async def _on_data_error(_: Request, error: Exception) -> Response:
    """Values the database cannot hold are the caller's mistake; the rules above should have said so."""
    log.warning("the database refused a value: %s", type(error).__name__)
    return problem_response(_body_problem("A value is outside its range"))


async def _on_operational_error(_: Request, error: Exception) -> Response:
    """Lost connections, a full pool, locks not granted in time: nothing was committed."""
    log.error("the database is not available: %s", type(error).__name__)
    return problem_response(Unavailable(retry_after_s=1))


class BodyGuard:
    """Reads a body before the app does: refuses more than 64 KiB, and text that PostgreSQL cannot hold."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            _check_address(scope)
            body = await _read_body(scope, receive)
            _check_text(scope, body)
        except AppError as error:
            await problem_response(error)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


def _check_address(scope: Scope) -> None:
    query = scope.get("query_string", b"")
    if "\x00" in scope["path"] or b"%00" in query or b"\x00" in query:
        raise ValidationFailed(errors=[{"field": "path", "message": "NUL is not allowed"}])


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body; stops reading as soon as it is too large."""
    length = _header(scope, b"content-length", b"0")
    if not length.isdigit() or len(length) > _LENGTH_DIGITS_MAX:
        raise BadRequest("The Content-Length header is not a number.")
    if int(length) > BODY_BYTES_MAX:
        raise BodyTooLarge
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequest("The connection ended before the body did.")
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return body


def _header(scope: Scope, name: bytes, default: bytes = b"") -> bytes:
    """The first header of this name."""
    found: bytes = next((value for given, value in scope["headers"] if given == name), default)
    return found


def _check_text(scope: Scope, body: bytes) -> None:
    """JSON is UTF-8 text that PostgreSQL can hold. Bodies that are not JSON are the business of their route."""
    if b"json" not in _header(scope, b"content-type"):
        return
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise _body_problem("This is not UTF-8") from error
    if b"\\u" in body and not _escapes_are_text(body):
        raise _body_problem("NUL and lone surrogates are not allowed")


def _escapes_are_text(body: bytes) -> bool:
    """No escape stands for NUL, and surrogates come in pairs."""
    pair_end: int | None = None
    for escape in _JSON_ESCAPE.finditer(body):
        code = int(escape[1], 16) if escape[1] else -1
        if pair_end is not None:
            if escape.start() != pair_end or code not in _LOW_SURROGATES:
                return False
            pair_end = None
        elif code == 0 or code in _LOW_SURROGATES:
            return False
        elif code in _HIGH_SURROGATES:
            pair_end = escape.end()
    return pair_end is None


def _body_problem(message: str) -> ValidationFailed:
    return ValidationFailed(errors=[{"field": "body", "message": message}])


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hands the app the body that was read, then whatever the client does next."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


class AnswerGuard:
    """Sets the security headers, and turns what nobody expected into a 500 problem without a trace."""

    def __init__(self, app: ASGIApp, policy: str = CONTENT_SECURITY_POLICY) -> None:
        self.app = app
        self._page_headers = {b"content-security-policy": policy.encode()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._set_headers(scope["path"], message)
            await send(message)

        try:
            await self.app(scope, receive, guarded_send)
        except Exception:
            # The route's pattern rather than the address: an overlay's address holds its token.
            route = getattr(scope.get("route"), "path", "no route")
            log.exception("unexpected error in %s %s", scope["method"], route)
            if started:
                raise  # too late for another answer: the server closes the connection
            await problem_response(AppError())(scope, receive, guarded_send)

    def _set_headers(self, path: str, message: Message) -> None:
        """Add our headers, but for those that the answer has."""
        given = {name.lower(): value for name, value in message.get("headers", ())}
        wanted = _SECURITY_HEADERS
        if given.get(b"content-type", b"").startswith(b"text/html"):
            wanted = wanted | self._page_headers
        if path.startswith("/v1/"):
            wanted = wanted | _API_HEADERS
        if path.startswith(_OVERLAYS):
            wanted = wanted | _OVERLAY_HEADERS
        message["headers"] = [
            *message.get("headers", ()),
            *(header for header in wanted.items() if header[0] not in given),
        ]
