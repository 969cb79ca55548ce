"""The endpoints of Google that a server calls."""

import asyncio
from dataclasses import dataclass, field
from time import time
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.google_play.books import Books, Json, Refused
from tests.fakes.google_play.process import PACKAGE
from tests.fakes.google_play.signing import Accounts, Pusher

_FOLDER = "/androidpublisher/v3/applications/{package}"
_DAYS_30_MS = 30 * 86_400_000


@dataclass
class Trouble:
    """Bad luck for the next calls."""

    status: int | None = None
    delay_s: float = 0.0
    after: bool = False
    """Done, but the answer is lost."""
    garbage: bool = False
    body: Json | None = None
    """Another answer than the true one."""
    only: str = ""
    """What the path of the call contains that it is for; other calls pass."""


@dataclass
class Api:
    """The books behind HTTP."""

    books: Books
    accounts: Accounts
    pusher: Pusher
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    page_size: int = 1000

    def routes(self) -> list[Route]:
        tokens = "/tokens/{token}"
        return [
            Route("/token", self.token, methods=["POST"]),
            Route("/oauth2/v1/certs", self.certificates),
            Route(f"{_FOLDER}/purchases/productsv2{tokens}", self.call, name="purchase"),
            Route(
                f"{_FOLDER}/purchases/products/{{product}}{tokens}:consume",
                self.call,
                methods=["POST"],
                name="consume",
            ),
            Route(f"{_FOLDER}/orders/{{name}}:refund", self.call, methods=["POST"], name="refund"),
            Route(f"{_FOLDER}/orders/{{name}}", self.call, name="order"),
            Route(f"{_FOLDER}/purchases/voidedpurchases", self.call, name="voided"),
        ]

    async def token(self, request: Request) -> Response:
        self.calls.append("POST /token")
        trouble = self._trouble("/token")
        if trouble.status is not None:
            return JSONResponse({"error": "trouble"}, trouble.status)
        token = self.accounts.grant(parse_qs((await request.body()).decode()))
        if token is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3599})

    async def certificates(self, request: Request) -> Response:
        self.calls.append("GET /oauth2/v1/certs")
        trouble = self._trouble("/certs")
        await asyncio.sleep(trouble.delay_s)
        if trouble.status is not None:
            return JSONResponse({}, trouble.status)
        kept = {"cache-control": "public, max-age=20000, must-revalidate, no-transform"}
        body = self.pusher.certificates() if trouble.body is None else trouble.body
        return JSONResponse(body, headers=kept)

    async def call(self, request: Request) -> Response:
        """Any call that needs a token."""
        self.calls.append(f"{request.method} {request.url.path}")
        trouble = self._trouble(request.url.path)
        await asyncio.sleep(trouble.delay_s)
        if trouble.garbage:
            return Response("<html>no</html>", media_type="text/html")
        if trouble.body is not None:
            return JSONResponse(trouble.body)
        if trouble.status is not None and not trouble.after:
            return _error(trouble.status, "trouble")
        try:
            answer = self._answer(request)
        except Refused as refused:
            return _error(refused.status, refused.reason)
        if trouble.status is not None:
            return _error(trouble.status, "trouble")
        return Response(status_code=200) if answer is None else JSONResponse(answer)

    def _trouble(self, path: str) -> Trouble:
        waiting = self.troubles and self.troubles[0].only in path
        return self.troubles.pop(0) if waiting else Trouble()

    def _answer(self, request: Request) -> Json | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.accounts.tokens:
            raise Refused(401, "authError")
        names = request.path_params
        if names["package"] != PACKAGE:
            raise Refused(403, "permissionDenied")
        what = request.url.path.rpartition("/")[2]
        if "product" in names:
            self.books.consume(names["product"], names["token"])
            return None
        if "token" in names:
            return self.books.by_token(names["token"]).purchase
        if what.endswith(":refund"):
            sale = self.books.by_name(names["name"])
            self.books.refund(sale, "OTHER", 0, listed=request.query_params["revoke"] == "true")
            return None
        if "name" in names:
            return self.books.by_name(names["name"]).order
        return self._voided(dict(request.query_params))

    def _voided(self, query: dict[str, str]) -> Json:
        since, until = int(query["startTime"]), int(query["endTime"])
        at = int(time() * 1000)
        if until > at + 1000 or since < at - _DAYS_30_MS or query["type"] != "0":
            raise Refused(400, "invalidArgumentValue")
        listed = [
            line
            for line in self.books.voided
            if since <= int(line["voidedTimeMillis"]) <= until
            and (
                "voidedQuantity" not in line or query["includeQuantityBasedPartialRefund"] == "true"
            )
        ]
        first = int(query.get("token", "0"))
        size = min(self.page_size, int(query["maxResults"]))
        page: Json = {"voidedPurchases": listed[first : first + size]}
        if first + size < len(listed):
            page["tokenPagination"] = {"nextPageToken": str(first + size)}
        return page if listed else {}


def _error(status: int, reason: str) -> JSONResponse:
    told: dict[str, Any] = {"code": status, "message": reason, "errors": [{"reason": reason}]}
    return JSONResponse({"error": told}, status)
