"""Tells the rooms of what the gift writer committed, as the log will tell it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from largesse import messages
from largesse.gifts import GiftDesk, GiftType
from largesse.identity import ANONYMOUS, Person
from largesse.ledger import GiftEntry
from largesse.messages import MessageDesk
from largesse.realtime import GiftEvent, GiftVersion, Hub, LoggedEvent
from largesse.rooms.events import gift_name
from largesse.streaks import StreakCloser


def gift_publisher(
    hub: Hub, desk: GiftDesk, message_desk: MessageDesk, closer: StreakCloser
) -> Callable[[Sequence[GiftEntry]], None]:
    """What the gift writer calls after each commit: tells the rooms, here and elsewhere. Asks no database."""

    telling = _Telling(desk, message_desk, closer)
    others_listen = hub.bus is not None

    def publish(entries: Sequence[GiftEntry]) -> None:
        events: dict[UUID, list[LoggedEvent]] = {}
        for entry in entries:
            room_id = entry.request.room_id
            if entry.duplicate:
                continue
            if entry.request.streak_id is not None:
                closer.given(entry)
            if hub.wants(room_id):
                if (event := telling.event(entry)) is not None:
                    events.setdefault(room_id, []).append(event)
                else:
                    hub.expect(room_id, entry.seq)
            elif others_listen:
                hub.expect(room_id, entry.seq)
        for room_id, told in events.items():
            hub.publish(room_id, told)

    return publish


class _Telling:
    """Makes the events of rows that were just written."""

    def __init__(self, desk: GiftDesk, message_desk: MessageDesk, closer: StreakCloser) -> None:
        self._desk = desk
        self._message_desk = message_desk
        self._closer = closer
        self._names: dict[int, GiftVersion] = {}

    def event(self, entry: GiftEntry) -> LoggedEvent | None:
        """None: this process does not know enough; the room reads the event from the log."""
        request = entry.request
        gift = self._desk.gift_type(request.gift_type_no)
        sender = ANONYMOUS if request.anonymous else self._desk.person(request.sender_id)
        if gift is None or sender is None:
            return None
        if gift.kind != "gift":
            return messages.told(entry, gift, sender, self._message_desk)
        if (name := self._names.get(gift.no)) is None:
            name = self._names[gift.no] = gift_name(gift)
        return _given(entry, gift, name, sender, self._closer.shown(request))


def _given(
    entry: GiftEntry, gift: GiftType, name: GiftVersion, sender: Person, streak: UUID | None
) -> GiftEvent:
    request = entry.request
    return GiftEvent(
        type="gift",
        seq=entry.seq,
        at=entry.created_at,
        id=request.id,
        sender=sender,
        gift=name,
        animation_kind=gift.animation_kind,
        count=request.count,
        coins=request.coins,
        milli_diamonds=request.milli_diamonds,
        streak=streak,
        message=request.message,
        first="ever" if entry.first_ever and not request.anonymous else None,
    )
