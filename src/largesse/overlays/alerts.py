"""Alerts that wait for the creator's approval. The room's log says which there are; only decisions are stored."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from largesse import ledger, rooms
from largesse.db import ReadConnection, database_time
from largesse.ledger import GiftRow, RoomEventRow
from largesse.overlays import queries
from largesse.overlays.errors import AlertDecided, AlertNotFound
from largesse.overlays.model import Decision, OverlayRow
from largesse.overlays.schemas import (
    ApprovedAlert,
    ApprovedAlerts,
    WaitingAlert,
    WaitingAlerts,
)
from largesse.overlays.service import holds, locked_overlay, overlay_of_token, own_overlay
from largesse.realtime import (
    AlertKind,
    AlertSettings,
    CheerEvent,
    Event,
    GiftEvent,
    GoalEvent,
    LoggedEvent,
    ModerationEvent,
    PaidMessageEvent,
    StreakEndEvent,
)
from largesse.services import Services
from largesse.types import now

SCAN_EVENTS_MAX = 1000
"""How far one call looks through the log."""
APPROVED_MAX = 100
DECIDED_AFTER_END_MAX = timedelta(days=1)
"""After a stream's end. Decisions are kept for longer, so that none is made again when they are deleted."""
_NEVER = frozenset({"chat", "pin", "unpin", "thanks", "stream_end"})
"""Events that are no alert: not worth reading."""


async def waiting_alerts(
    services: Services, creator_id: UUID, overlay_id: UUID, after: int
) -> WaitingAlerts:
    """Alerts of the live stream that nobody has decided about yet."""
    async with services.db.read() as conn:
        row = await own_overlay(conn, creator_id, overlay_id)
        room_id = await rooms.live_stream_id(conn, creator_id)
        if room_id is None or not holds(row):
            return WaitingAlerts(room_id=room_id, items=[], reached_seq=after, more=False)
        after = max(after, _held_after(row, room_id))
        rows = await ledger.events_after(conn, room_id, after, SCAN_EVENTS_MAX)
        found = await _alerts(conn, row, room_id, rows)
        decided = await queries.decisions(conn, row, room_id, list(found))
        last = await ledger.last_seq(conn, room_id)
    known = {decision.seq for decision in decided}
    reached = rows[-1].seq if rows else after
    return WaitingAlerts(
        room_id=room_id,
        items=[
            WaitingAlert(room_id=room_id, event=Event(root=event))
            for seq, event in sorted(found.items())
            if seq not in known
        ],
        reached_seq=reached,
        more=reached < last,
    )


async def decide_alert(
    services: Services, creator_id: UUID, overlay_id: UUID, room_id: UUID, seq: int, *, show: bool
) -> None:
    """Let the overlay show an alert, or leave it out for good; the same decision again changes nothing."""
    async with services.db.transaction() as conn:
        row = await locked_overlay(conn, creator_id, overlay_id)
        earlier = await queries.decision(conn, row, room_id, seq)
        if earlier is not None:
            if (earlier.no is not None) != show:
                raise AlertDecided
            return
        await _check_waits(conn, row, room_id, seq)
        no = await queries.next_approval(conn, row) if show else None
        await queries.insert_decision(conn, row, Decision(room_id, seq, no), now())
    services.hub.overlays_changed(creator_id)


async def approved_alerts(services: Services, token: str, after: int) -> ApprovedAlerts:
    """What an overlay may show that waited before, from a number on."""
    async with services.db.read() as conn:
        row = await overlay_of_token(conn, token)
        approvals = await queries.approvals(conn, row, after, APPROVED_MAX)
        events = {
            room_id: await _events(conn, room_id, [one.seq for one in approvals])
            for room_id in {one.room_id for one in approvals}
        }
    items = [_approved(approval, events[approval.room_id]) for approval in approvals]
    return ApprovedAlerts(items=[item for item in items if item is not None])


def _approved(approval: Decision, events: Mapping[int, LoggedEvent]) -> ApprovedAlert | None:
    """The alert as it is told now: a text that was removed meanwhile is not in it. None: its history is archived."""
    event = events.get(approval.seq)
    if event is None or approval.no is None:
        return None
    return ApprovedAlert(no=approval.no, room_id=approval.room_id, event=Event(root=event))


async def _check_waits(conn: ReadConnection, row: OverlayRow, room_id: UUID, seq: int) -> None:
    """AlertNotFound unless this event of one of the creator's streams is an alert that is held."""
    room = await ledger.room_state(conn, room_id)
    if room is None or room.recipient_id != row.creator_id or not holds(row):
        raise AlertNotFound
    over = await database_time(conn) - DECIDED_AFTER_END_MAX
    if await rooms.ended_before(conn, [room_id], over):
        raise AlertNotFound
    event = (await _events(conn, room_id, [seq])).get(seq)
    if event is None or seq <= _held_after(row, room_id) or not _is_alert(row, event):
        raise AlertNotFound


def _held_after(row: OverlayRow, room_id: UUID) -> int:
    """The first number that is held, less one."""
    return row.hold_seq if row.hold_room_id == room_id else 0


async def _alerts(
    conn: ReadConnection,
    row: OverlayRow,
    room_id: UUID,
    rows: Sequence[GiftRow | RoomEventRow],
) -> dict[int, LoggedEvent]:
    """Alerts among the rows, by their number: also messages that a moderator let through there."""
    read = [each for each in rows if isinstance(each, GiftRow) or each.type not in _NEVER]
    events = {event.seq: event for event in await rooms.to_events(conn, read)}
    let_through = [
        event.target_seq
        for event in events.values()
        if isinstance(event, ModerationEvent) and event.action == "approve" and event.target_seq
    ]
    events |= await _events(conn, room_id, let_through)
    return {seq: event for seq, event in events.items() if _is_alert(row, event)}


async def _events(
    conn: ReadConnection, room_id: UUID, seqs: Sequence[int]
) -> dict[int, LoggedEvent]:
    """Those of a room's events that have these numbers."""
    if not seqs:
        return {}
    rows = await ledger.events_at(conn, room_id, seqs)
    return {event.seq: event for event in await rooms.to_events(conn, rows)}


def _is_alert(row: OverlayRow, event: LoggedEvent) -> bool:
    """Whether the alert box shows it, as web/src/lib/overlay/alerts.ts says too."""
    settings = row.read_settings().root
    told = _told(event)
    if told is None or not isinstance(settings, AlertSettings):
        return False
    kind, coins = told
    return (coins is None or coins >= settings.coins_min) and any(
        kind in each.kinds and (coins is None or coins >= each.coins_min)
        for each in settings.variations
    )


def _told(event: LoggedEvent) -> tuple[AlertKind, int | None] | None:
    """What kind of alert an event is, and its coins; a gift of a streak is told by the streak's end."""
    match event:
        case GiftEvent(streak=None, coins=coins):
            return "gift", coins
        case StreakEndEvent(total=total):
            return "streak", total.coins
        case PaidMessageEvent(state="shown", coins=coins):
            return "paid_message", coins
        case CheerEvent(coins=coins) if event.text is not None:
            return "cheer", coins
        case GoalEvent(goal=goal) if goal.state == "reached":
            return "goal", None
    return None
