"""Creators thank those who gave: once for each gift, paid message or cheer."""

from collections.abc import Iterable
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection
from largesse.figures import holding
from largesse.gifts import clean_text
from largesse.identity import ANONYMOUS, User
from largesse.ledger import GiftRow, RoomEventRow
from largesse.realtime import EventReader, Naming, ThanksEvent
from largesse.recognition import queries
from largesse.recognition.errors import (
    NothingToThankFor,
    NotYourRoom,
    RoomNotFound,
    ThankedBefore,
    ThanksTooFast,
    ThanksTooLong,
)
from largesse.recognition.model import THANKS, RecognitionRule
from largesse.recognition.schemas import ThanksBody
from largesse.services import Services
from largesse.types import derived_id, now


async def thank(
    services: Services, user: User, room_id: UUID, body: ThanksBody
) -> tuple[ThanksEvent, bool]:
    """Thank whoever gave what has this number; and whether that is new. The same words again change nothing.

    An anonymous giver is thanked as nobody: the creator does not know him, and learns nothing.
    """
    async with services.db.transaction() as conn:
        rule = holding(await queries.rules(conn), now())
        text = _clean(body.text, rule)
        room = await ledger.room_state(conn, room_id)
        if room is None:
            raise RoomNotFound
        if room.recipient_id != user.id:
            raise NotYourRoom
        rows = await ledger.gifts_at(conn, room_id, [body.seq])
        if not rows:
            raise NothingToThankFor
        row = await _append(conn, user, rows[0], text, rule)
        data = _thanked(row)
        people = await identity.persons(conn, list(data))
    event = _event(row, lambda id_: people[id_])
    if not row.duplicate:
        services.hub.publish(room_id, [event])
    elif event.text != text:
        raise ThankedBefore
    return event, not row.duplicate


def _clean(text: str | None, rule: RecognitionRule) -> str | None:
    cleaned = clean_text(text, "text") if text is not None else ""
    if len(cleaned) > rule.thanks_characters_max:
        raise ThanksTooLong(thanks_characters_max=rule.thanks_characters_max)
    return cleaned or None


async def _append(
    conn: Connection, user: User, gift: GiftRow, text: str | None, rule: RecognitionRule
) -> RoomEventRow:
    wait_s = await identity.rate_limited(
        conn, f"thanks:{user.id}", rule.thanks_max, rule.thanks_window_s
    )
    if wait_s:
        raise ThanksTooFast(retry_after_s=wait_s)
    return await ledger.append_event(
        conn,
        room_id=gift.room_id,
        id=thanks_id(gift),
        type=THANKS,
        user_id=user.id,
        data={
            "target_seq": gift.seq,
            # Not a text of its own: those are emptied when the creator's account is erased.
            "thanked": None if gift.anonymous else {"id": str(gift.sender_id)},
            "text": text or "",
        },
    )


def thanks_id(gift: GiftRow) -> UUID:
    """The same for every try to thank for one gift."""
    return derived_id(gift.id, b"thanks" + gift.room_id.bytes + gift.seq.to_bytes(8))


def _thanked(row: RoomEventRow) -> Iterable[UUID]:
    thanked = row.data["thanked"]
    return () if thanked is None else (UUID(thanked["id"]),)


def _event(row: RoomEventRow, naming: Naming) -> ThanksEvent:
    people = [naming(id_) for id_ in _thanked(row)]
    return ThanksEvent(
        type="thanks",
        seq=row.seq,
        at=row.created_at,
        target_seq=row.data["target_seq"],
        user=people[0] if people else ANONYMOUS,
        text=row.data["text"] or None,
    )


READERS = {THANKS: EventReader(_event, _thanked)}
"""The types of the log that this module writes."""
