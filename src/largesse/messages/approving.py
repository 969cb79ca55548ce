"""Letting a held message be read."""

from collections.abc import Sequence
from typing import TypeGuard
from uuid import UUID

from largesse import identity, ledger, moderation
from largesse.db import ReadConnection, database_time
from largesse.identity import Person, User
from largesse.ledger import RoomEventRow
from largesse.messages.errors import MessageNotFound, NothingHeld, StreamNotFound
from largesse.messages.events import pin_end
from largesse.messages.reading import PaidMessage, held_messages, paid_messages
from largesse.messages.schemas import HeldMessage
from largesse.realtime import LoggedEvent, ModerationEvent, PaidMessageEvent
from largesse.services import Services
from largesse.types import Page, derived_id


async def approve(services: Services, user: User, room_id: UUID, seq: int) -> PaidMessageEvent:
    """Show what a held message says; on top of the chat from now on for its tier's time.

    Again changes nothing. Raises StreamNotFound, NotAModerator, MessageNotFound, NothingHeld for a message that was
    never held or is removed, RoomClosed.
    """
    told = None
    async with services.db.transaction() as conn:
        await _assert_keeps(conn, user, room_id)
        await moderation.count_act(conn, user)
        message = await _message(conn, room_id, seq)
        if not message.held:
            raise NothingHeld
        until = pin_end(await database_time(conn), message.event.pin_s)
        approved = await moderation.set_state(
            conn, room_id, seq, "approved", by_id=user.id, pinned_until=until
        )
        await ledger.lock_room(conn, room_id)  # whoever bans the sender, does it before or after
        message = await _message(conn, room_id, seq)
        if message.state.removed:
            raise NothingHeld
        if approved:
            data = moderation.act_data("approve", target_seq=seq, pinned_until=until)
            row = await ledger.append_event(
                conn,
                room_id=room_id,
                id=approval_id(message.event.id),
                type=moderation.MODERATION,
                user_id=user.id,
                data=data,
            )
            told = approval(row, user, message.event)
            about = {"room_id": str(room_id), "seq": seq}
            await identity.record(conn, user.id, "message.approve", message.event.sender.id, about)
    if told is not None:
        services.hub.publish(room_id, [told])
    return message.event


def approval_id(message_id: UUID) -> UUID:
    """The id of a message's approval in the room's log."""
    return derived_id(message_id, b"approve")


def approval(row: RoomEventRow, by: User, message: PaidMessageEvent) -> ModerationEvent:
    """What viewers are told of an approval."""
    person = Person(id=by.id, display_name=by.display_name)
    return shown(moderation.read_moderation(row, lambda _: person), message)


def shown(event: ModerationEvent, message: PaidMessageEvent) -> ModerationEvent:
    """An approval with its message as it stands."""
    return event.model_copy(
        update={
            "text": message.text,
            "pinned_until": message.pinned_until,
            "message": message,
        }
    )


async def with_approved(
    conn: ReadConnection, room_id: UUID, events: Sequence[LoggedEvent]
) -> list[LoggedEvent]:
    """The events of a room, its approvals with their messages as they stand."""
    approvals = [event for event in events if _is_approval(event)]
    approved = await paid_messages(conn, room_id, [event.target_seq or 0 for event in approvals])
    return [
        shown(event, message.event)
        if _is_approval(event) and (message := approved.get(event.target_seq or 0)) is not None
        else event  # also an approval whose message is archived
        for event in events
    ]


def _is_approval(event: LoggedEvent) -> TypeGuard[ModerationEvent]:
    return isinstance(event, ModerationEvent) and event.action == "approve"


async def list_held(
    services: Services, user: User, room_id: UUID, cursor: int, limit: int
) -> Page[HeldMessage]:
    """What waits for a moderator in a room, the oldest first; raises StreamNotFound, NotAModerator."""
    async with services.db.read() as conn:
        await _assert_keeps(conn, user, room_id)
        waiting = await held_messages(conn, room_id, cursor, limit + 1)
    more = len(waiting) > limit
    items = [_held_view(message) for message in waiting[:limit]]
    return Page(items=items, next_cursor=str(items[-1].seq) if more else None)


def _held_view(message: PaidMessage) -> HeldMessage:
    event = message.event
    return HeldMessage(
        seq=event.seq,
        at=event.at,
        id=event.id,
        sender=event.sender,
        coins=event.coins,
        tier=event.tier,
        color=event.color,
        pin_s=event.pin_s,
        text=message.text,
    )


async def _assert_keeps(conn: ReadConnection, user: User, room_id: UUID) -> None:
    """Raise unless the user keeps this room."""
    room = await ledger.room_state(conn, room_id)
    if room is None:
        raise StreamNotFound
    await moderation.assert_moderates(conn, room.recipient_id, user)


async def _message(conn: ReadConnection, room_id: UUID, seq: int) -> PaidMessage:
    message = (await paid_messages(conn, room_id, [seq])).get(seq)
    if message is None:
        raise MessageNotFound
    return message
