"""The server's frames as text.

What is sent thousands of times a second is put together without a model of it; tests hold it to those of `protocol`.
"""

import logging
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import psycopg

from largesse.errors import AppError, Unavailable
from largesse.ledger import GiftEntry
from largesse.realtime.events import GiftEvent, LoggedEvent
from largesse.realtime.protocol import Ack, ErrorMessage
from largesse.types import now
from largesse.wallet import wallet_json

log = logging.getLogger(__name__)

_FIRST = {None: "null", "room": '"room"', "ever": '"ever"'}
PONG = '{"op":"pong"}'


def write_ack(ack: Ack) -> str:
    """Chat acks leave the gift fields out."""
    return ack.model_dump_json(exclude_unset=True)


def write_gift_ack(entry: GiftEntry) -> str:
    """The ack of a gift: an `Ack` with every field, put together without one, since every gift has one."""
    request = entry.request
    at = now() if entry.duplicate else entry.created_at
    return (
        f'{{"op":"ack","id":"{request.id}","seq":{entry.seq},"coins":{request.coins},'
        f'"milli_diamonds":{request.milli_diamonds},"wallet":{wallet_json(entry.wallet, at)}}}'
    )


def write_event(event: LoggedEvent) -> str:
    """An event of the log, encoded; a gift is put together from parts that most gifts share."""
    if not isinstance(event, GiftEvent):
        return event.model_dump_json()
    sender, gift = event.sender, event.gift
    streak = "null" if event.streak is None else f'"{event.streak}"'
    message = "null" if event.message is None else _text(event.message)
    return (
        f'{{"type":"gift","seq":{event.seq},"at":"{_moment(event.at)}","id":"{event.id}",'
        f'"sender":{_person(sender.id, sender.display_name)},'
        f'"gift":{_version(gift.id, gift.version, gift.slug, gift.name)},'
        f'"animation_kind":"{event.animation_kind}","count":{event.count},"coins":{event.coins},'
        f'"milli_diamonds":{event.milli_diamonds},"streak":{streak},"message":{message},'
        f'"first":{_FIRST[event.first]}}}'
    )


@lru_cache(maxsize=64)
def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=10_000)
def _person(id_: UUID, display_name: str) -> str:
    return f'{{"id":"{id_}","display_name":{_text(display_name)}}}'


@lru_cache(maxsize=500)
def _version(id_: UUID, version: int, slug: str, name: str) -> str:
    texts = f'"slug":{_text(slug)},"name":{_text(name)}'
    return f'{{"id":"{id_}","version":{version},{texts}}}'


def _text(text: str) -> str:
    return orjson.dumps(text).decode()


def write_error(id_: UUID | None, code: str, detail: str, **fields: Any) -> str:
    """An error frame; `fields` are the further fields of that code."""
    extra = {name: value for name, value in fields.items() if name not in ("op", "id")}
    return ErrorMessage(op="error", id=id_, code=code, detail=detail, **extra).model_dump_json()


def write_frame(events_json: list[str]) -> str:
    """A frame of events that are already encoded, so that each is encoded once."""
    return f'{{"op":"frame","events":[{",".join(events_json)}]}}'


def write_refusal(id_: UUID | None, error: BaseException) -> str:
    """Why a message was not done; what nobody expected is in the log."""
    if isinstance(error, AppError):
        return write_error(id_, error.code, error.detail, **error.fields)
    if isinstance(error, psycopg.OperationalError):
        return write_refusal(id_, Unavailable())
    log.error("unexpected error for a message of a socket", exc_info=error)
    return write_refusal(id_, AppError())
