"""Giving over HTTP: thousands of requests a second, so the usual one of them takes a shorter way through FastAPI."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from largesse.gifts import GiftOrder, Receipt, Target, receipt, send_gift
from largesse.identity import CurrentUser, SessionKind, User, bearer_token
from largesse.rooms import posts, streams
from largesse.services import Services, ServicesDep, services_of
from largesse.types import PathId

_JSON = "application/json"

Give = Callable[..., Awaitable[Receipt]]


class GiftRoute(APIRoute):
    """Finds the parameters of the functions below by itself when a request is what nearly all are: a bearer token, a
    well-formed order. Any other goes the way of every route, which also words what is wrong with it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        give: Give = self.endpoint
        usual = super().get_route_handler()

        async def handle(request: Request) -> Response:
            found = await _plain(request)
            if found is None:
                return await usual(request)
            token, given = found
            services = services_of(request)
            response = Response(status_code=201, media_type=_JSON)
            user = await services.sessions.user(token, SessionKind.BEARER)
            body = await give(**given, user=user, services=services, response=response)
            return Response(
                body.model_dump_json(), status_code=response.status_code, media_type=_JSON
            )

        return handle


async def _plain(request: Request) -> tuple[str, dict[str, Any]] | None:
    """The token and the parameters of a request without any surprise."""
    headers = request.headers
    if headers.get("content-type") != _JSON or (token := bearer_token(request)) is None:
        return None
    try:
        return token, {
            "room_id": UUID(request.path_params["id"]),
            "body": GiftOrder.model_validate_json(await request.body()),
        }
    except (ValueError, ValidationError):
        return None


router = APIRouter(prefix="/v1", tags=["rooms"], route_class=GiftRoute)


@router.post("/streams/{id}/gifts", status_code=201)
async def post_stream_gift(
    room_id: PathId, body: GiftOrder, user: CurrentUser, services: ServicesDep, response: Response
) -> Receipt:
    """Give a gift in a stream. The same id and body again: the same gift, with status 200."""
    target = await streams.stream_target(services, user, room_id)
    return await _give(services, user, target, body, response)


@router.post("/posts/{id}/gifts", status_code=201)
async def post_post_gift(
    room_id: PathId, body: GiftOrder, user: CurrentUser, services: ServicesDep, response: Response
) -> Receipt:
    """Give a gift on a post. The same id and body again: the same gift, with status 200."""
    target = await posts.post_target(services, room_id)
    return await _give(services, user, target, body, response)


async def _give(
    services: Services, user: User, target: Target, order: GiftOrder, response: Response
) -> Receipt:
    sent = await send_gift(services, user, target, order)
    if sent.entry.duplicate:
        response.status_code = 200
    return receipt(sent)
