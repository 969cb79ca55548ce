"""The endpoints of PayPal's API that a shop calls."""

import asyncio
import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.paypal.books import Books, Json, Refused, not_found
from tests.fakes.paypal.checks import check_amount, check_key, check_order
from tests.fakes.paypal.process import CLIENT_ID, CLIENT_SECRET


@dataclass
class Trouble:
    """Bad luck for the next calls."""

    status: int | None = None
    delay_s: float = 0.0
    after: bool = False
    """Done, but the answer is lost."""
    garbage: bool = False
    only: str = ""
    """How the path of the call ends that it is for; other calls pass."""


@dataclass
class Api:
    """The books behind HTTP."""

    books: Books
    tokens: set[str] = field(default_factory=set)
    done: dict[tuple[str, str], tuple[Any, int, Json]] = field(default_factory=dict)
    """Calls by path and key: what was asked, and the answer."""
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        orders, captures = "/v2/checkout/orders", "/v2/payments/captures"
        disputes = "/v1/customer/disputes"
        return [
            Route("/v1/oauth2/token", self.token, methods=["POST"]),
            Route(orders, self.call, methods=["POST"], name="create"),
            Route(orders + "/{name}", self.call, name="order"),
            Route(orders + "/{name}/capture", self.call, methods=["POST"], name="capture"),
            Route(captures + "/{name}", self.call, name="show_capture"),
            Route(captures + "/{name}/refund", self.call, methods=["POST"], name="refund"),
            Route(disputes, self.call, name="disputes"),
            Route(disputes + "/{name}", self.call, name="dispute"),
        ]

    async def token(self, request: Request) -> Response:
        self.calls.append("POST /v1/oauth2/token")
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        grant = parse_qs((await request.body()).decode()).get("grant_type")
        if base64.b64decode(given) != f"{CLIENT_ID}:{CLIENT_SECRET}".encode():
            return JSONResponse({"error": "invalid_client"}, 401)
        if grant != ["client_credentials"]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        token = secrets.token_urlsafe(32)
        self.tokens.add(token)
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": 32400, "app_id": "APP-1"}
        )

    async def call(self, request: Request) -> Response:
        """Any call that needs a token."""
        self.calls.append(f"{request.method} {request.url.path}")
        trouble = self._trouble(request.url.path)
        await asyncio.sleep(trouble.delay_s)
        if trouble.garbage:
            return Response("<html>no</html>", media_type="text/html")
        if trouble.status is not None and not trouble.after:
            return JSONResponse({"name": "TROUBLE"}, trouble.status)
        try:
            status, body = await self._answer(request)
        except Refused as refused:
            status, body = refused.status, _error(refused)
        return JSONResponse(body, trouble.status or status)

    def _trouble(self, path: str) -> Trouble:
        waiting = self.troubles and path.endswith(self.troubles[0].only)
        return self.troubles.pop(0) if waiting else Trouble()

    async def _answer(self, request: Request) -> tuple[int, Json]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refused(401, "AUTHENTICATION_FAILURE")
        if request.method == "GET":
            return 200, self._show(request)
        key = check_key(request.headers.get("paypal-request-id"))
        wish = json.loads(await request.body() or b"{}")
        known = self.done.get((request.url.path, key))
        if known is not None:
            if known[0] != wish:
                raise Refused(422, "UNPROCESSABLE_ENTITY", "DUPLICATE_REQUEST_ID")
            return 200, known[2]
        name = request.path_params.get("name", "")
        done = self._do(request.url.path.rpartition("/")[2], name, wish)
        self.done[request.url.path, key] = (wish, 201, done)
        return 201, done

    def _do(self, what: str, name: str, wish: Json) -> Json:
        if what == "capture":
            order = self.books.order(name)
            self.books.capture(order)
            return order
        if what == "refund":
            self.books.find_capture(name)
            if "amount" in wish:
                check_amount(wish["amount"])
            return self.books.refund(name, wish.get("amount"))
        check_order(wish)
        return self.books.create(wish)

    def _show(self, request: Request) -> Json:
        path, name = request.url.path, request.path_params.get("name")
        if path.startswith("/v2/checkout"):
            return self.books.order(str(name))
        if path.startswith("/v2/payments"):
            return self.books.find_capture(str(name))[1]
        if name is not None:
            if name not in self.books.disputes:
                raise not_found()
            return self.books.disputes[name]
        capture = request.query_params["disputed_transaction_id"]
        wanted = {"seller_transaction_id": capture}
        found = [
            {"dispute_id": one["dispute_id"], "status": one["status"]}
            for one in self.books.disputes.values()
            if wanted in one["disputed_transactions"]
        ]
        return {"items": found, "links": []}


def _error(refused: Refused) -> Json:
    details = [{"issue": refused.issue}] if refused.issue else []
    return {"name": refused.name, "message": "refused", "debug_id": "0", "details": details}
