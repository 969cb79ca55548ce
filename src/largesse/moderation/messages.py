"""Removing messages, and putting one on top of the chat.

Locks are taken in this order: the count of the keeper's acts, what became of the message, the room, its pin.
"""

from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection, ReadConnection
from largesse.identity import Person, User
from largesse.ledger import RoomClosed
from largesse.moderation import state_queries
from largesse.moderation.errors import MessageNotFound, NotPinnable
from largesse.moderation.events import (
    PIN,
    UNPIN,
    act_data,
    pin_data,
    read_pin,
    read_unpin,
    unpin_data,
)
from largesse.moderation.model import Pinned
from largesse.moderation.pace import count_act
from largesse.moderation.port import Place, place_of, rooms
from largesse.moderation.roles import Rank, assert_moderates, assert_outranks
from largesse.moderation.states import set_state
from largesse.moderation.telling import Telling, person
from largesse.realtime import (
    ChatEvent,
    CheerEvent,
    GiftEvent,
    LoggedEvent,
    PaidMessageEvent,
)
from largesse.services import Services

_SAYING = (ChatEvent, PaidMessageEvent, CheerEvent, GiftEvent)
_PINNABLE = (ChatEvent, PaidMessageEvent, CheerEvent)


async def remove(services: Services, user: User, stream_id: UUID, seq: int) -> None:
    """Take the text of a message away for good, in a live room or after it; again changes nothing.

    Chat, a paid message, a cheer, or the message of a gift, whose coins stay given. Raises RoomNotFound, NotAModerator,
    MessageNotFound, CannotModerate.
    """
    unlogged = False
    async with services.db.transaction() as conn:
        place = await place_of(conn, stream_id)
        rank = await assert_moderates(conn, place.creator_id, user)
        await count_act(conn, user)
        event = await _message(conn, place, seq)
        await _assert_may_remove(conn, place, rank, user, event)
        telling = Telling(services, user, place)
        if await set_state(conn, place.room_id, seq, "removed", by_id=user.id):
            await ledger.lock_room(conn, place.room_id)
            await _take_off(conn, telling, seq)
            told = await telling.act(conn, act_data("remove", target_seq=seq))
            await telling.record(conn, "message.remove", stream_id, seq=seq)
            unlogged = told is None
    telling.tell()
    if unlogged:
        services.hub.text_removed(stream_id, seq)


async def _assert_may_remove(
    conn: ReadConnection, place: Place, rank: Rank, user: User, event: LoggedEvent
) -> None:
    """One's own message, or that of somebody of lower rank. An anonymous giver has none."""
    assert isinstance(event, _SAYING)
    if event.sender.id == user.id:
        return
    author = await identity.user_by_id(conn, event.sender.id)
    if author is not None:
        await assert_outranks(conn, place.creator_id, rank, author)


async def pin(services: Services, user: User, stream_id: UUID, seq: int) -> None:
    """Put a message on top of the chat, in place of the one before; again changes nothing.

    Raises RoomNotFound, NotAModerator, MessageNotFound, NotPinnable, RoomClosed.
    """
    async with services.db.transaction() as conn:
        place = await place_of(conn, stream_id)
        await assert_moderates(conn, place.creator_id, user)
        await count_act(conn, user)
        if not place.live:
            raise RoomClosed
        telling = Telling(services, user, place)
        await ledger.lock_room(conn, place.room_id)
        before = await state_queries.pinned(conn, place.room_id)
        event = await _message(conn, place, seq)
        if not isinstance(event, _PINNABLE) or not event.text:
            raise NotPinnable
        if before is None or before.target_seq != seq:
            await _put_on_top(conn, telling, event)
    telling.tell()


async def _put_on_top(
    conn: Connection, telling: Telling, event: ChatEvent | PaidMessageEvent | CheerEvent
) -> None:
    assert telling.place is not None
    row = await telling.append(conn, PIN, pin_data(event.seq, event.sender.id))
    await state_queries.put_pin(conn, telling.place.room_id, Pinned(event.seq, row.seq))
    people: dict[UUID, Person] = {
        event.sender.id: event.sender,
        telling.actor.id: person(telling.actor),
    }
    told = read_pin(row, lambda id_: people[id_])
    telling.events.append(told.model_copy(update={"text": event.text}))
    await telling.record(conn, "message.pin", telling.place.room_id, seq=event.seq)


async def unpin(services: Services, user: User, stream_id: UUID, seq: int) -> None:
    """Take the pinned message, or a paid message before its time is over, off the top; again changes nothing.

    Raises RoomNotFound, NotAModerator, MessageNotFound, RoomClosed.
    """
    async with services.db.transaction() as conn:
        place = await place_of(conn, stream_id)
        await assert_moderates(conn, place.creator_id, user)
        await count_act(conn, user)
        if not place.live:
            raise RoomClosed
        event = await _message(conn, place, seq)
        telling = Telling(services, user, place)
        paid = isinstance(event, PaidMessageEvent) and event.pinned_until is not None
        if paid:
            paid = await set_state(conn, place.room_id, seq, "unpinned", by_id=user.id)
        await ledger.lock_room(conn, place.room_id)
        if not await _take_off(conn, telling, seq) and paid:
            await _end_pin(conn, telling, seq)
        if telling.events:
            await telling.record(conn, "message.unpin", stream_id, seq=seq)
    telling.tell()


async def _take_off(conn: Connection, telling: Telling, seq: int) -> bool:
    """Unpin the message if it is the pinned one."""
    assert telling.place is not None
    if not await state_queries.delete_pin(conn, telling.place.room_id, seq):
        return False
    if telling.place.live:
        await _end_pin(conn, telling, seq)
    return True


async def _end_pin(conn: Connection, telling: Telling, seq: int) -> None:
    row = await telling.append(conn, UNPIN, unpin_data(seq))
    telling.events.append(read_unpin(row, lambda _: person(telling.actor)))


async def _message(conn: ReadConnection, place: Place, seq: int) -> LoggedEvent:
    """An event in which somebody says something; raises MessageNotFound."""
    event = await rooms().event(conn, place.room_id, seq)
    if not isinstance(event, _SAYING):
        raise MessageNotFound
    return event
