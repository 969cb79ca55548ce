"""For creators: the keys of their media servers. For media servers: a picture came, a picture went."""

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from pydantic import ValidationError

from largesse.http import validation_problem
from largesse.identity import CurrentCreator, CurrentUser, bearer_token, client_address
from largesse.rooms import ingest, ingest_defaults
from largesse.rooms.errors import IngestKeyWrong
from largesse.rooms.schemas import (
    IngestKeyMade,
    IngestOpening,
    IngestStart,
    IngestState,
    IngestView,
)
from largesse.services import ServicesDep
from largesse.types import PathId

router = APIRouter(prefix="/v1", tags=["ingest"])

_FORM = "application/x-www-form-urlencoded"
_KEY_FIELD_OF_NGINX = "name"
"""nginx-rtmp sends the stream's name, which is what encoders call the stream key."""
_BODIES = {
    "requestBody": {
        "required": False,
        "content": {
            kind: {"schema": IngestStart.model_json_schema()}
            for kind in ("application/json", _FORM)
        },
    }
}


@router.get("/creator/ingest")
async def get_ingest(user: CurrentCreator, services: ServicesDep) -> IngestView:
    """Whether I have a key, and how it opens streams."""
    return await ingest_defaults.view(services, user)


@router.post("/creator/ingest", status_code=201)
async def post_ingest(user: CurrentCreator, services: ServicesDep) -> IngestKeyMade:
    """A new key for my media server, shown once; the old one stops working at once."""
    return await ingest.make_key(services, user, None)


@router.put("/creator/ingest")
async def put_ingest(
    body: IngestOpening, user: CurrentCreator, services: ServicesDep
) -> IngestView:
    """How my media server opens streams when it says nothing else."""
    return await ingest_defaults.put_opening(services, user, body)


@router.delete("/creator/ingest", status_code=204)
async def delete_ingest(user: CurrentCreator, services: ServicesDep) -> None:
    """My key stops working at once."""
    await ingest.delete_key(services, user)


@router.post("/streams/{id}/ingest-key", status_code=201)
async def post_stream_key(
    stream_id: PathId, user: CurrentUser, services: ServicesDep
) -> IngestKeyMade:
    """A key for this live stream alone, shown once; the one before it stops working."""
    return await ingest.make_key(services, user, stream_id)


@router.post("/ingest/start", openapi_extra=_BODIES)
async def start_ingest(request: Request, services: ServicesDep) -> IngestState:
    """A picture arrived. The key comes as a bearer token, or in the body as `key`, or as nginx-rtmp's `name`."""
    body = await _body(request)
    address = client_address(request, services.settings)
    return await ingest.start(services, _key(request, body), body, address)


@router.post("/ingest/end", openapi_extra=_BODIES)
async def end_ingest(request: Request, services: ServicesDep) -> IngestState:
    """The picture is gone. The stream ends when it does not come back within the grace."""
    body = await _body(request)
    address = client_address(request, services.settings)
    return await ingest.end(services, _key(request, body), address)


def _key(request: Request, body: IngestStart) -> str:
    if key := bearer_token(request) or body.key:
        return key
    raise IngestKeyWrong("Show the key as a bearer token, or as `key` in the body.")


async def _body(request: Request) -> IngestStart:
    """JSON, or a form of which only what we know counts: media servers send what they have."""
    raw = await request.body()
    try:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() == _FORM:
            return IngestStart.model_validate(_form(raw))
        return IngestStart.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise validation_problem(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        ) from error


def _form(raw: bytes) -> dict[str, str]:
    fields = dict(parse_qsl(raw.decode("utf-8", "replace").replace("\x00", "")))
    known = {name: text for name, text in fields.items() if name in IngestStart.model_fields}
    if "key" not in known and _KEY_FIELD_OF_NGINX in fields:
        known["key"] = fields[_KEY_FIELD_OF_NGINX]
    return known
