"""The endpoints of Apple's server API that a shop calls."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.app_store.books import BUNDLE_ID, Books, Json, Refused, now_ms
from tests.fakes.app_store.process import ISSUER_ID, KEY_ID
from tests.fakes.app_store.signing import Signer

_TOKEN_MAX_S = 3_600
_DELIVERIES = frozenset(
    {
        "DELIVERED",
        "UNDELIVERED_QUALITY_ISSUE",
        "UNDELIVERED_WRONG_ITEM",
        "UNDELIVERED_SERVER_OUTAGE",
        "UNDELIVERED_OTHER",
    }
)


@dataclass
class Trouble:
    """Bad luck for a call."""

    status: int | None = None
    delay_s: float = 0.0
    garbage: bool = False
    signed: str | None = None
    """Answered in place of the signed transaction."""


@dataclass
class Api:
    """The books behind HTTP."""

    books: Books
    signer: Signer
    key: ec.EllipticCurvePublicKey
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        transaction = "/inApps/v1/transactions/{name}"
        consumption = "/inApps/v2/transactions/consumption/{name}"
        return [
            Route(transaction, self.call, methods=["GET"]),
            Route(consumption, self.call, methods=["PUT"]),
        ]

    async def call(self, request: Request) -> Response:
        self.calls.append(f"{request.method} {request.url.path}")
        trouble = self.troubles.pop(0) if self.troubles else Trouble()
        await asyncio.sleep(trouble.delay_s)
        if trouble.garbage:
            return Response("<html>no</html>", media_type="text/html")
        if trouble.status is not None:
            return _error(trouble.status, 5000001)
        try:
            self._check_token(request.headers.get("authorization", ""))
            if request.method == "GET":
                shown = self._show(request.path_params["name"])
                return JSONResponse({"signedTransactionInfo": trouble.signed or shown})
            self._consumption(request.path_params["name"], json.loads(await request.body()))
            return Response(status_code=202)
        except Refused as refused:
            return _error(refused.status, refused.code)

    def _check_token(self, header: str) -> None:
        """ES256, with the key's id, the issuer, the app, and an end within the hour."""
        token = header.removeprefix("Bearer ")
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=["ES256"],
                audience="appstoreconnect-v1",
                issuer=ISSUER_ID,
                options={"require": ["exp", "iss", "aud", "bid"]},
            )
            known = jwt.get_unverified_header(token).get("kid") == KEY_ID
        except jwt.PyJWTError as error:
            raise Refused(401, 0) from error
        ends_soon = claims["exp"] <= time.time() + _TOKEN_MAX_S
        if not known or not ends_soon or claims["bid"] != BUNDLE_ID:
            raise Refused(401, 0)

    def _show(self, name: str) -> str:
        transaction = self.books.by_transaction(name)
        return self.signer.sign({**transaction, "signedDate": now_ms()})

    def _consumption(self, name: str, told: Json) -> None:
        self.books.by_transaction(name)
        _check_consumption(told)
        self.books.consumption[name] = told


def _check_consumption(told: Json) -> None:
    """The refusals that Apple documents for this call."""
    if told.get("customerConsented") is not True:
        raise Refused(400, 4000035)
    if told.get("deliveryStatus") not in _DELIVERIES:
        raise Refused(400, 4000036)
    if not isinstance(told.get("sampleContentProvided"), bool):
        raise Refused(400, 4000041)
    share: Any = told.get("consumptionPercentage", 0)
    if isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= 100_000:
        raise Refused(400, 4000000)
    if told["deliveryStatus"] != "DELIVERED" and share != 0:
        raise Refused(400, 4000000)


def _error(status: int, code: int) -> Response:
    if status == 401:
        return Response("Unauthenticated", 401, media_type="text/plain")
    return JSONResponse({"errorCode": code, "errorMessage": "refused"}, status)
