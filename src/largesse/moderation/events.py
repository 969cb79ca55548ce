"""What keepers of a room do, as events of its log.

Ids lie in an object of their own: erasing the person who acted empties the texts of his events, and only those. The
text of the message that an event is about is never copied into it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from largesse.identity import Person
from largesse.ledger import GiftRow, RoomEventRow
from largesse.realtime import (
    ChatRules,
    EventReader,
    ModerationAction,
    ModerationEvent,
    Naming,
    PinEvent,
    UnpinEvent,
)

MODERATION = "moderation"
PIN = "pin"
UNPIN = "unpin"


def act_data(
    action: ModerationAction,
    *,
    target_seq: int | None = None,
    pinned_until: datetime | None = None,
    user_id: UUID | None = None,
    until: datetime | None = None,
    rules: ChatRules | None = None,
) -> dict[str, Any]:
    """What is stored of a moderation event; the text that an approval shows stays with its message."""
    act = {
        "action": action,
        "target_seq": target_seq,
        "pinned_until": None if pinned_until is None else pinned_until.isoformat(),
        "user_id": None if user_id is None else str(user_id),
        "until": None if until is None else until.isoformat(),
        "rules": None if rules is None else rules.model_dump(),
    }
    return {"act": {name: value for name, value in act.items() if value is not None}}


def pin_data(target_seq: int, sender_id: UUID) -> dict[str, Any]:
    """What is stored of a pin."""
    return {"act": {"target_seq": target_seq, "user_id": str(sender_id)}}


def unpin_data(target_seq: int) -> dict[str, Any]:
    """What is stored of the end of a pin."""
    return {"act": {"target_seq": target_seq}}


def read_moderation(row: RoomEventRow, naming: Naming) -> ModerationEvent:
    """A moderation event without the text that an approval shows."""
    act = _act(row)
    user_id = act.get("user_id")
    return ModerationEvent(
        type="moderation",
        seq=row.seq,
        at=row.created_at,
        action=act["action"],
        by=_actor(row, naming),
        target_seq=act.get("target_seq"),
        pinned_until=_moment(act.get("pinned_until")),
        user=None if user_id is None else naming(UUID(user_id)),
        until=_moment(act.get("until")),
        rules=None if "rules" not in act else ChatRules.model_validate(act["rules"]),
    )


def read_pin(row: RoomEventRow, naming: Naming) -> PinEvent:
    """A pin without its text."""
    act = _act(row)
    by = _actor(row, naming)
    assert by is not None, "somebody pins"
    return PinEvent(
        type="pin",
        seq=row.seq,
        at=row.created_at,
        target_seq=act["target_seq"],
        by=by,
        sender=naming(UUID(act["user_id"])),
        text=None,
    )


def read_unpin(row: RoomEventRow, _: Naming) -> UnpinEvent:
    """The end of a pin."""
    return UnpinEvent(
        type="unpin", seq=row.seq, at=row.created_at, target_seq=_act(row)["target_seq"]
    )


def target_of(row: RoomEventRow | GiftRow) -> int | None:
    """The number of the message that a row of ours is about."""
    if isinstance(row, GiftRow) or row.type not in READERS:
        return None
    seq: int | None = _act(row).get("target_seq")
    return seq


def _act(row: RoomEventRow) -> Mapping[str, Any]:
    act: Mapping[str, Any] = row.data["act"]
    return act


def _actor(row: RoomEventRow, naming: Naming) -> Person | None:
    return None if row.user_id is None else naming(row.user_id)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _concerned(row: RoomEventRow) -> Iterable[UUID]:
    user_id = _act(row).get("user_id")
    return () if user_id is None else (UUID(user_id),)


READERS: dict[str, EventReader] = {
    MODERATION: EventReader(read_moderation, _concerned),
    PIN: EventReader(read_pin, _concerned),
    UNPIN: EventReader(read_unpin),
}
"""What this module writes; whoever reads messages puts in the texts of pins and approvals."""
