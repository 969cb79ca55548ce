"""Chat."""

from functools import partial
from uuid import UUID

from largesse import identity, ledger, moderation
from largesse.db import Connection
from largesse.errors import AppError, IdempotencyConflict
from largesse.identity import Person, User
from largesse.ledger import RoomClosed, RoomEventRow
from largesse.rooms.errors import IdReserved, TooFast
from largesse.rooms.events import CHAT, said
from largesse.rooms.model import CHAT_WINDOW_S, CHATS_MAX
from largesse.rooms.words import chat_text
from largesse.services import Services
from largesse.types import is_derived


async def say(
    services: Services, user: User, room_id: UUID, *, id_: UUID, text: str
) -> RoomEventRow:
    """Say something in a room; returns its row. The same id and text again is the same message, whatever holds by
    then. Raises what `moderation.assert_may_speak` does, IdReserved, TooFast and RoomClosed."""
    cleaned = chat_text(text)
    if is_derived(id_):
        raise IdReserved
    try:
        async with services.db.transaction() as conn:
            event = await _append(conn, user, room_id, id_, cleaned)
    except AppError:
        async with services.db.read() as conn:
            earlier = await ledger.find_event(conn, room_id, id_)
        if earlier is None:
            raise
        event = earlier
    if not event.duplicate:
        sender = Person(id=user.id, display_name=user.display_name)
        services.hub.publish(room_id, [said(event, sender)])
    elif (event.type, event.user_id) != (CHAT, user.id) or not _may_have_said(event, cleaned):
        raise IdempotencyConflict
    return event


def _may_have_said(event: RoomEventRow, text: str) -> bool:
    """Whether this is its text, or could be the one that was erased: nobody says nothing."""
    return event.data["text"] in (text, "")


async def _append(
    conn: Connection, user: User, room_id: UUID, id_: UUID, text: str
) -> RoomEventRow:
    """What is refused must not hold up the room: its row is locked last. With that lock it is decided anew: rules, bans
    and mutes that were first are obeyed, and of all that somebody says at once one takes his turn."""
    wait_s = await identity.rate_limited(conn, f"chat:{user.id}", CHATS_MAX, CHAT_WINDOW_S)
    if wait_s:
        raise TooFast(retry_after_s=wait_s)
    room = await ledger.room_state(conn, room_id)
    if room is None or not room.open:
        raise RoomClosed
    creator_id = room.recipient_id
    before = await moderation.assert_may_speak(conn, creator_id, room_id, user, text, paid=False)
    return await ledger.append_event(
        conn,
        room_id=room_id,
        id=id_,
        type=CHAT,
        user_id=user.id,
        data={"text": text},
        allow=partial(moderation.speak, conn, creator_id, room_id, user, text, before),
    )
