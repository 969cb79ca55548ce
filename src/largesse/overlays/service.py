"""A creator's overlays: secret pages for streaming software, each of one kind, with settings of its own."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from largesse import identity, ledger, rooms
from largesse.db import Connection, ReadConnection
from largesse.overlays import queries
from largesse.overlays.defaults import NAMES
from largesse.overlays.errors import OverlayKindFixed, OverlayNotFound, TooManyOverlays
from largesse.overlays.model import OverlayRow
from largesse.overlays.schemas import (
    ChangeOverlay,
    CreateOverlay,
    Overlay,
    OverlayLink,
    OverlayList,
    OverlayView,
)
from largesse.realtime import AlertSettings, OverlayKind, OverlayState
from largesse.services import Services
from largesse.types import new_id, now

TOKEN_BYTES = 24
TOKEN_CHARACTERS_MAX = 100


async def list_overlays(services: Services, creator_id: UUID) -> OverlayList:
    """All of them; who has none starts with one of each kind."""
    async with services.db.transaction() as conn:
        rows = await _with_defaults(conn, creator_id)
        rule = await queries.rule(conn, now())
    items = [_view(services, row) for row in rows]
    return OverlayList(items=items, overlays_max=rule.overlays_max)


async def create_overlay(services: Services, creator_id: UUID, wish: CreateOverlay) -> Overlay:
    """One more."""
    async with services.db.transaction() as conn:
        rows = await _with_defaults(conn, creator_id)
        if len(rows) >= (await queries.rule(conn, now())).overlays_max:
            raise TooManyOverlays
        row = _new_row(creator_id, wish.kind, _after(rows), wish.name)
        await queries.insert_overlay(conn, row)
    return _view(services, row)


async def change_overlay(
    services: Services, creator_id: UUID, overlay_id: UUID, wish: ChangeOverlay
) -> Overlay:
    """Another name, or other settings: pages that are open show it at once."""
    async with services.db.transaction() as conn:
        row = await locked_overlay(conn, creator_id, overlay_id)
        if wish.settings.root.kind != row.kind:
            raise OverlayKindFixed
        settings = wish.settings.model_dump(mode="json")
        changed = replace(row, name=wish.name, settings=settings)
        if holds(changed) != holds(row):
            changed = await _switched(conn, changed)
        await queries.update_overlay(conn, changed)
    services.hub.overlays_changed(creator_id)
    return _view(services, changed)


async def delete_overlay(services: Services, creator_id: UUID, overlay_id: UUID) -> None:
    """Its address stops working at once; pages that are open close."""
    async with services.db.transaction() as conn:
        if not await queries.delete_overlay(conn, creator_id, overlay_id):
            raise OverlayNotFound
        await identity.record(conn, creator_id, "overlay.delete", overlay_id, {})
    services.hub.overlays_changed(creator_id)


async def rotate_overlay(services: Services, creator_id: UUID, overlay_id: UUID) -> Overlay:
    """A new address; the old one stops working at once, and pages that are open under it close."""
    async with services.db.transaction() as conn:
        row = await locked_overlay(conn, creator_id, overlay_id)
        row = replace(row, token=_new_token())
        await queries.delete_tokens(conn, row)
        await queries.insert_token(conn, row, row.token, now())
        await identity.record(conn, creator_id, "overlay.rotate", overlay_id, {})
    services.hub.overlays_changed(creator_id)
    return _view(services, row)


async def locked_overlay(conn: Connection, creator_id: UUID, overlay_id: UUID) -> OverlayRow:
    """One of the creator's own; nobody changes it until the transaction ends."""
    row = await queries.lock_overlay(conn, creator_id, overlay_id)
    if row is None:
        raise OverlayNotFound
    return row


async def own_overlay(conn: ReadConnection, creator_id: UUID, overlay_id: UUID) -> OverlayRow:
    """One of the creator's own."""
    row = await queries.overlay(conn, creator_id, overlay_id)
    if row is None:
        raise OverlayNotFound
    return row


def holds(row: OverlayRow) -> bool:
    """Whether its alerts wait for approval."""
    settings = row.read_settings().root
    return isinstance(settings, AlertSettings) and settings.hold


# --- the first alert box, by itself


async def overlay_link(services: Services, creator_id: UUID) -> OverlayLink:
    """The address of the creator's first alert box, made at the first call."""
    row = await _first_alert_box(services, creator_id)
    return OverlayLink(overlay_url=_url(services, row), token=row.token)


async def rotate_link(services: Services, creator_id: UUID) -> OverlayLink:
    """A new one for it."""
    row = await _first_alert_box(services, creator_id)
    url = (await rotate_overlay(services, creator_id, row.id)).overlay_url
    return OverlayLink(overlay_url=url, token=url.rsplit("/", 1)[-1])


async def _first_alert_box(services: Services, creator_id: UUID) -> OverlayRow:
    async with services.db.transaction() as conn:
        rows = await _with_defaults(conn, creator_id)
        row = next((each for each in rows if each.kind == "alerts"), None)
        if row is None:
            row = _new_row(creator_id, "alerts", _after(rows))
            await queries.insert_overlay(conn, row)
    return row


# --- what the page itself asks


async def overlay_view(services: Services, token: str) -> OverlayView:
    """What an overlay shows first."""
    async with services.db.read() as conn:
        row = await overlay_of_token(conn, token)
        people = await identity.persons(conn, [row.creator_id])
        stream = await rooms.live_stream(conn, services, row.creator_id)
    return OverlayView(
        id=row.id,
        creator=rooms.named(people, row.creator_id),
        settings=row.read_settings(),
        stream=stream,
    )


async def overlay_state(services: Services, token: str) -> OverlayState | None:
    """The same for a socket; none when the token does not hold."""
    try:
        async with services.db.read() as conn:
            row = await overlay_of_token(conn, token)
            stream = await rooms.live_stream(conn, services, row.creator_id)
    except OverlayNotFound:
        return None
    return OverlayState(
        id=row.id,
        creator_id=row.creator_id,
        settings=row.read_settings(),
        approved=row.approved,
        hold_switch=row.hold_switch,
        stream=stream,
    )


async def overlay_of_token(conn: ReadConnection, token: str) -> OverlayRow:
    """What a token opens; OverlayNotFound when it opens nothing."""
    if len(token) > TOKEN_CHARACTERS_MAX or not (token.isascii() and token.isprintable()):
        raise OverlayNotFound
    row = await queries.overlay_of_token(conn, token)
    if row is None:
        raise OverlayNotFound
    return row


# --- inside


async def _with_defaults(conn: Connection, creator_id: UUID) -> list[OverlayRow]:
    """The creator's overlays, under a lock against others who make some; one of each kind where there is none."""
    await queries.lock_creator(conn, creator_id)
    rows = await queries.overlays(conn, creator_id)
    if not rows:
        rows = [_new_row(creator_id, kind, place) for place, kind in enumerate(NAMES, start=1)]
        for row in rows:
            await queries.insert_overlay(conn, row)
    return rows


def _new_row(
    creator_id: UUID, kind: OverlayKind, position: int, name: str | None = None
) -> OverlayRow:
    return OverlayRow(
        creator_id=creator_id,
        id=new_id(),
        kind=kind,
        name=name or NAMES[kind],
        settings={"kind": kind},
        position=position,
        approved=0,
        hold_room_id=None,
        hold_seq=0,
        created_at=now(),
        token=_new_token(),
    )


def _after(rows: Sequence[OverlayRow]) -> int:
    return max((row.position for row in rows), default=0) + 1


async def _switched(conn: Connection, row: OverlayRow) -> OverlayRow:
    """Holding was switched: what is in the live room's log until now goes by how it was before."""
    stream_id = await rooms.live_stream_id(conn, row.creator_id)
    if stream_id is None:
        return replace(row, hold_room_id=None, hold_seq=0)
    return replace(row, hold_room_id=stream_id, hold_seq=await ledger.last_seq(conn, stream_id))


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _url(services: Services, row: OverlayRow) -> str:
    return f"{services.settings.base_url}/overlay/{row.token}"


def _view(services: Services, row: OverlayRow) -> Overlay:
    return Overlay(
        id=row.id,
        kind=row.kind,
        name=row.name,
        settings=row.read_settings(),
        overlay_url=_url(services, row),
        created_at=row.created_at,
    )
