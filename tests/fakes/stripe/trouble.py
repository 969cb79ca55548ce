"""Bad luck in front of the API: the next calls fail, are slow, or are done without an answer."""

import asyncio

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

_STATUS = {"429": 429, "500": 500, "503": 503, "lost": 500}


class Trouble:
    """What is to happen to the next calls: `429`, `500`, `503`, `lost` (done, then 500), `slow`, `garbage`."""

    def __init__(self) -> None:
        self._kind = ""
        self._left = 0
        self._skip = 0
        self._delay_s = 0.0

    def plan(self, kind: str, count: int, skip: int, delay_s: float) -> None:
        """Trouble for `count` calls, after `skip` calls that go well."""
        self._kind, self._left, self._skip, self._delay_s = kind, count, skip, delay_s

    def next(self) -> str:
        """The trouble of this call; empty: none."""
        if self._left == 0:
            return ""
        if self._skip > 0:
            self._skip -= 1
            return ""
        self._left -= 1
        return self._kind

    async def wait(self) -> None:
        await asyncio.sleep(self._delay_s)


class Gate(BaseHTTPMiddleware):
    """Lets a call through as its key and the planned trouble say."""

    def __init__(self, app: ASGIApp, trouble: Trouble, key: str) -> None:
        super().__init__(app)
        self._trouble = trouble
        self._key = key

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.url.path.startswith("/_control/"):
            return await call_next(request)
        if request.headers.get("authorization") != f"Bearer {self._key}":
            return error(401, "Invalid API Key provided", "invalid_request_error", None)
        kind = self._trouble.next()
        if kind == "slow":
            await self._trouble.wait()
        if kind == "garbage":
            return Response("<html>gateway</html>", media_type="text/html")
        if kind == "lost":
            await call_next(request)
        if kind in _STATUS:
            return error(_STATUS[kind], "Something went wrong", "api_error", None)
        return await call_next(request)


def error(status: int, message: str, kind: str, code: str | None) -> JSONResponse:
    """An error as Stripe writes it."""
    return JSONResponse({"error": {"type": kind, "message": message, "code": code}}, status)
