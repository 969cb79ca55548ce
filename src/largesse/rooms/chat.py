"""Chat."""

from uuid import UUID

from largesse import identity, ledger
from largesse.errors import IdempotencyConflict
from largesse.identity import Person, User
from largesse.rooms.errors import TooFast
from largesse.rooms.events import CHAT, said
from largesse.rooms.model import CHAT_WINDOW_S, CHATS_MAX
from largesse.rooms.words import chat_text
from largesse.services import Services


async def say(services: Services, user: User, room_id: UUID, *, id_: UUID, text: str) -> int:
    """Say something in a room; returns its number. The same id and text again is the same message."""
    cleaned = chat_text(text)
    async with services.db.transaction() as conn:
        wait_s = await identity.rate_limited(conn, f"chat:{user.id}", CHATS_MAX, CHAT_WINDOW_S)
        if wait_s:
            raise TooFast(retry_after_s=wait_s)
        event = await ledger.append_event(
            conn, room_id=room_id, id=id_, type=CHAT, user_id=user.id, data={"text": cleaned}
        )
        if event.duplicate and (event.type, event.user_id, event.data) != (
            CHAT,
            user.id,
            {"text": cleaned},
        ):
            raise IdempotencyConflict
    if not event.duplicate:
        sender = Person(id=user.id, display_name=user.display_name)
        services.hub.publish(room_id, [said(event, sender)])
    return event.seq
