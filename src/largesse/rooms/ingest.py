"""Media servers: their keys, and the streams that they start and end."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from largesse import identity
from largesse.db import Connection, database_time
from largesse.identity import User
from largesse.ledger import RoomEventRow
from largesse.realtime import Playback
from largesse.rooms import changing, door_queries, queries
from largesse.rooms.defaults import stream_rule
from largesse.rooms.errors import (
    IngestKeyWrong,
    NotLive,
    NotYourStream,
    StreamEnded,
    StreamNotFound,
    TooFast,
)
from largesse.rooms.ingest_defaults import opening
from largesse.rooms.model import TITLE_CHARACTERS_MAX, IngestKey, StreamRow, StreamRule
from largesse.rooms.playback import checked_playback
from largesse.rooms.schemas import GivenPlayback, IngestKeyMade, IngestStart, IngestState
from largesse.rooms.streams import new_stream, open_stream
from largesse.rooms.words import bounded_text
from largesse.services import Services
from largesse.types import now

_SECRET_BYTES = 24
_OWNER_DIGITS = 32
KEY_CHARACTERS_MAX = 200


async def make_key(services: Services, user: User, stream_id: UUID | None) -> IngestKeyMade:
    """A key of the creator's, or for one of his live streams; the one before it stops working."""
    owner_id = stream_id or user.id
    text = f"{owner_id.hex}-{secrets.token_urlsafe(_SECRET_BYTES)}"
    async with services.db.transaction() as conn:
        if stream_id is not None:
            _check_own(await queries.lock_stream(conn, stream_id), user)
        key = IngestKey(owner_id, user.id, _digest(text), now())
        await door_queries.put_ingest_key(conn, key)
        await identity.record(conn, user.id, "ingest_key.make", owner_id, {})
    return IngestKeyMade(key=text, created_at=key.created_at)


async def delete_key(services: Services, user: User) -> None:
    """The creator's key holds no more. Doing it again changes nothing."""
    async with services.db.transaction() as conn:
        if await door_queries.delete_ingest_key(conn, user.id):
            await identity.record(conn, user.id, "ingest_key.delete", user.id, {})


def _check_own(stream: StreamRow | None, user: User) -> None:
    if stream is None:
        raise StreamNotFound
    if stream.creator_id != user.id:
        raise NotYourStream("Only its creator makes keys for a stream.")
    if stream.ended_at is not None:
        raise StreamEnded


async def start(services: Services, text: str, body: IngestStart, address: str) -> IngestState:
    """A picture arrived: the stream is opened, or stays open when the picture was away for a moment."""
    key, _ = await _key(services, text, address)
    given = GivenPlayback(hls_url=body.hls_url, whep_url=body.whep_url)
    playback = checked_playback(given, services.settings)
    title = bounded_text(body.title, "title", TITLE_CHARACTERS_MAX) if body.title else None
    opened = False
    event: RoomEventRow | None = None
    async with services.db.transaction() as conn:
        row = await _live(conn, key)
        if row is None:
            row = await _opened(conn, key, title, playback)
            opened = row is not None
            row = row or await _live(conn, key)  # somebody else just opened it
        if row is None:
            raise StreamEnded
        if not opened and playback is not None and playback != row.playback:
            event = await changing.write_change(conn, changing.with_playback(row, playback))
        await door_queries.set_ends_at(conn, row.id, None)
    changing.publish_change(services, event)
    if opened:
        services.hub.stream_changed(key.creator_id)
    return IngestState(stream_id=row.id, state="live", ends_at=None)


async def end(services: Services, text: str, address: str) -> IngestState:
    """The picture is gone: the stream ends after the grace unless it comes back."""
    key, rule = await _key(services, text, address)
    async with services.db.transaction() as conn:
        row = await _live(conn, key)
        if row is None:
            raise NotLive
        ends_at = await database_time(conn) + timedelta(seconds=rule.ingest_grace_s)
        await door_queries.set_ends_at(conn, row.id, ends_at)
    return IngestState(stream_id=row.id, state="live", ends_at=ends_at)


async def _opened(
    conn: Connection, key: IngestKey, title: str | None, playback: Playback | None
) -> StreamRow | None:
    """A stream as the creator wants his to open; none when one is open, or the key is for one that has ended."""
    if key.stream_id is not None:
        raise StreamEnded
    wanted = await opening(conn, key.creator_id)
    row = new_stream(
        key.creator_id, title or wanted.title, wanted.visibility, playback or wanted.playback
    )
    return row if await open_stream(conn, row) else None


async def _live(conn: Connection, key: IngestKey) -> StreamRow | None:
    """The live stream that the key is for, locked."""
    stream_id = key.stream_id or await queries.live_stream_id(conn, key.creator_id)
    row = await queries.lock_stream(conn, stream_id) if stream_id else None
    return row if row is not None and row.ended_at is None else None


async def _key(services: Services, text: str, address: str) -> tuple[IngestKey, StreamRule]:
    """The key that a media server shows. Wrong ones are counted by address, right ones by key."""
    owner_id = _owner_of(text)
    async with services.db.transaction() as conn:
        rule = await stream_rule(conn)
        key = await door_queries.ingest_key(conn, owner_id) if owner_id else None
        right = key is not None and hmac.compare_digest(key.digest, _digest(text))
        bucket, most = (
            (f"ingest:{owner_id}", rule.ingest_calls_max)
            if right
            else (f"ingest-wrong:{_digest(address).hex()[:32]}", rule.ingest_wrong_max)
        )
        wait_s = await identity.rate_limited(conn, bucket, most, rule.ingest_window_s)
    if wait_s:
        raise TooFast(retry_after_s=wait_s)
    if key is None or not right:
        raise IngestKeyWrong
    return key, rule


def _owner_of(text: str) -> UUID | None:
    """Whom a key names before its secret part; none when it is no key of ours."""
    if len(text) > KEY_CHARACTERS_MAX or text[_OWNER_DIGITS : _OWNER_DIGITS + 1] != "-":
        return None
    try:
        return UUID(hex=text[:_OWNER_DIGITS])
    except ValueError:
        return None


def _digest(text: str) -> bytes:
    """What we keep of a key: it is random, so a fast hash is enough."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
