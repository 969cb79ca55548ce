"""The part of Stripe's API that the adapter uses."""

import json
import re
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.stripe.books import Books, Object, Refused
from tests.fakes.stripe.checks import checked_page
from tests.fakes.stripe.forms import read_form

_QUERY = re.compile(r"metadata\['(\w+)'\]:'([\w-]+)'")


class Api:
    """Endpoints over the books."""

    def __init__(self, books: Books, url: str) -> None:
        self.books = books
        self._url = url
        self._answered: dict[str, tuple[str, Object]] = {}
        """By idempotency key: what was asked, and the answer."""

    def routes(self) -> list[Route]:
        return [
            Route("/v1/checkout/sessions", self.create_session, methods=["POST"]),
            Route("/v1/checkout/sessions", self.list_sessions, methods=["GET"]),
            Route("/v1/checkout/sessions/{id}", self.session, methods=["GET"]),
            Route("/v1/payment_intents/search", self.search, methods=["GET"]),
            Route("/v1/payment_intents/{id}", self.intent, methods=["GET"]),
            Route("/v1/refunds", self.create_refund, methods=["POST"]),
            Route("/v1/refunds", self.list_refunds, methods=["GET"]),
            Route("/v1/disputes", self.list_disputes, methods=["GET"]),
        ]

    async def _once(self, request: Request) -> tuple[dict[str, Any], JSONResponse | None, str]:
        """The form, the answer that its key already got, and the asked text to keep with a new answer."""
        asked = f"{request.url.path}?{(await request.body()).decode()}"
        known = self._answered.get(request.headers.get("idempotency-key", ""))
        if known is not None and known[0] != asked:
            raise Refused("the key was used with other parameters", code="idempotency_error")
        form = read_form(asked.partition("?")[2])
        return form, None if known is None else JSONResponse(known[1]), asked

    def _keep(self, request: Request, asked: str, answer: Object) -> JSONResponse:
        key = request.headers.get("idempotency-key")
        if key:
            self._answered[key] = (asked, json.loads(json.dumps(answer)))
        return JSONResponse(answer)

    async def create_session(self, request: Request) -> JSONResponse:
        form, known, asked = await self._once(request)
        if known is not None:
            return known
        amount, currency = checked_page(form)
        session_id = self.books.new_id("cs_test_")
        session: Object = {
            "id": session_id,
            "object": "checkout.session",
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": amount,
            "currency": currency,
            "client_reference_id": form.get("client_reference_id"),
            "metadata": form.get("metadata", {}),
            "_intent_metadata": form.get("payment_intent_data", {}).get("metadata", {}),
            "created": int(time.time()),
            "expires_at": int(form.get("expires_at", time.time() + 24 * 3600)),
            "livemode": False,
            "url": f"{self._url}/c/pay/{session_id}",
        }
        self.books.sessions[session_id] = session
        return self._keep(request, asked, shown(session))

    async def session(self, request: Request) -> JSONResponse:
        return JSONResponse(shown(_found(self.books.sessions, request)))

    async def list_sessions(self, request: Request) -> JSONResponse:
        wanted = request.query_params.get("payment_intent")
        found = [s for s in self.books.sessions.values() if wanted in (None, s["payment_intent"])]
        return _page(request, [shown(session) for session in found])

    async def intent(self, request: Request) -> JSONResponse:
        intent = _found(self.books.intents, request)
        wanted = _expanded(request)
        if wanted not in ([], ["latest_charge"]):
            raise Refused("This property cannot be expanded")
        return JSONResponse(self.books.expanded(intent) if wanted else intent)

    async def search(self, request: Request) -> JSONResponse:
        match = _QUERY.fullmatch(request.query_params.get("query", ""))
        if match is None:
            raise Refused("We were unable to parse your search query.")
        every = [] if self.books.search_lags else self.books.intents.values()
        found = [i for i in every if i["metadata"].get(match[1]) == match[2]]
        if _expanded(request) == ["data.latest_charge"]:
            found = [self.books.expanded(intent) for intent in found]
        answer = {"object": "search_result", "url": request.url.path, "data": found}
        return JSONResponse({**answer, "has_more": False, "next_page": None})

    async def create_refund(self, request: Request) -> JSONResponse:
        form, known, asked = await self._once(request)
        if known is not None:
            return known
        intent = self.books.intents.get(form.get("payment_intent", ""))
        if intent is None:
            raise Refused("No such payment_intent", status=404, code="resource_missing")
        amount = int(form["amount"]) if "amount" in form else None
        refund = self.books.refund(intent, amount, form.get("metadata", {}), "succeeded")
        return self._keep(request, asked, refund)

    async def list_refunds(self, request: Request) -> JSONResponse:
        return _page(request, _of_intent(request, self.books.refunds))

    async def list_disputes(self, request: Request) -> JSONResponse:
        return _page(request, _of_intent(request, self.books.disputes))


def shown(session: Object) -> Object:
    """A page as Stripe shows it."""
    return {name: value for name, value in session.items() if not name.startswith("_")}


def _found(items: dict[str, Object], request: Request) -> Object:
    item = items.get(request.path_params["id"])
    if item is None:
        raise Refused("No such object", status=404, code="resource_missing")
    return item


def _expanded(request: Request) -> list[str]:
    return [value for name, value in request.query_params.items() if name.startswith("expand[")]


def _of_intent(request: Request, items: list[Object]) -> list[Object]:
    wanted = request.query_params.get("payment_intent")
    return [item for item in items if wanted in (None, item["payment_intent"])]


def _page(request: Request, items: list[Object]) -> JSONResponse:
    """Newest first, from after `starting_after`, at most `limit`."""
    newest = items[::-1]
    after = request.query_params.get("starting_after")
    if after is not None:
        newest = newest[[item["id"] for item in newest].index(after) + 1 :]
    limit = int(request.query_params.get("limit", "10"))
    if not 1 <= limit <= 100:
        raise Refused("limit", code="parameter_invalid_integer")
    answer = {"object": "list", "url": request.url.path, "data": newest[:limit]}
    return JSONResponse({**answer, "has_more": len(newest) > limit})
