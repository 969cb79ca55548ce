"""What is kept about chats: their rules, who may do what in them, and what became of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from largesse.realtime import ChatRules

MessageMark = Literal["removed", "approved", "unpinned"]


@dataclass(frozen=True, slots=True)
class ChatDefault:
    """The rules of a chat whose creator set none, and the limits of all. Data of the operator."""

    valid_from: datetime
    slow_mode_s: int
    followers_only: bool
    links: bool
    hold_paid_messages: bool
    slow_mode_max_s: int
    mute_max_s: int
    words_max: int
    word_characters_max: int
    moderators_max: int
    removed_text_days: int
    """So long operators can look into a removal; then the text is erased."""
    acts_max: int
    """Of one keeper within `acts_window_s`, over all rooms."""
    acts_window_s: int


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one creator's chats, with the blocked words, which viewers are not told."""

    rules: ChatRules
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to a creator, and what holds for him in all of the creator's rooms."""

    moderator: bool
    """Appointed by the creator."""
    banned: bool
    muted_until: datetime | None
    """Later than now, or None."""


@dataclass(frozen=True, slots=True)
class MessageState:
    """What became of a message after it was said. Who was banned said nothing before: his messages count as removed."""

    removed: bool = False
    approved_at: datetime | None = None
    pinned_until: datetime | None = None
    """Of an approved one, as its approval said."""
    unpinned: bool = False


AS_SAID = MessageState()
"""Nothing became of it."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody in a room, as one statement finds him and what holds there."""

    book: Rulebook
    standing: Standing
    following: bool
    """The creator."""
    wait_s: int
    """In slow mode, until his next turn; 0: he has it."""
    rules_no: int
    """How often the rules changed while the room was open."""


@dataclass(frozen=True, slots=True)
class MaySpeak:
    """Somebody who may speak now, and the rules he speaks under."""

    book: Rulebook
    exempt: bool
    """Those who keep the rules are held to none."""
    rules_no: int
    """Of the room; see `ledger.GiftRequest`."""


@dataclass(frozen=True, slots=True)
class Barring:
    """A ban or the lifting of one."""

    creator_id: UUID
    user_id: UUID
    banned: bool
    by_id: UUID
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Muting:
    """Somebody who may not speak in a creator's rooms until then."""

    user_id: UUID
    until: datetime
    by_id: UUID
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """A moderator of a creator's rooms."""

    user_id: UUID
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Pinned:
    """The message on top of a room's chat, and the event that put it there."""

    target_seq: int
    pin_seq: int
