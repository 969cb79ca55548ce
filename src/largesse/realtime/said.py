"""What people say in a room, and how its chat is kept clean: events of the log."""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from largesse.identity import Person
from largesse.types import Schema

MessageState: TypeAlias = Literal["shown", "held", "removed"]
"""Held: its text waits for a moderator. Removed: its text is gone for good."""


class ChatEvent(Schema):
    """Somebody said something; `text` is null once it was removed."""

    type: Literal["chat"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    text: str | None


class PaidMessageEvent(Schema):
    """A message that was paid for with coins: its tier gives it a colour and a time on top of the chat."""

    type: Literal["paid_message"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    coins: int
    milli_diamonds: int
    tier: int
    """1 is the lowest."""
    color: str
    """As #rrggbb."""
    pin_s: int
    pinned_until: datetime | None
    """Null: not pinned (its tier has no time, it is held, or it was removed or unpinned)."""
    state: MessageState
    text: str | None
    """Null unless it is shown; may be empty."""


class OnTopEvent(Schema):
    """Paid messages that are among those shown on top again, since dearer ones have gone: for who came while they were
    not. Told at most once a second. Not in the log: `seq` is null."""

    type: Literal["on_top"]
    seq: None
    at: datetime
    items: list[PaidMessageEvent]


class SaidMark(Schema):
    """A word of a cheer that is drawn: its name, in small letters, and its number."""

    name: str
    coins: int
    color: str
    """Of the tier of its coins, as #rrggbb."""


class CheerEvent(Schema):
    """A chat message with cheer marks in it; `text` is null once it was removed."""

    type: Literal["cheer"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    coins: int
    milli_diamonds: int
    tier: int
    """Of all its coins together; 1 is the lowest."""
    color: str
    """Of that tier, as #rrggbb. Like the marks it is that of the cheer's own moment."""
    marks: list[SaidMark]
    """Each mark of the text once, in the order of the text; none without a text."""
    text: str | None


SaidEvent: TypeAlias = ChatEvent | PaidMessageEvent | CheerEvent


class PinEvent(Schema):
    """The creator or a moderator put a message on top of the chat, in place of the one before."""

    type: Literal["pin"]
    seq: int
    at: datetime
    target_seq: int
    by: Person
    sender: Person
    text: str | None
    """Null once the message was removed."""


class UnpinEvent(Schema):
    """A message is on top no more: the pinned one, or a paid message before its time was over."""

    type: Literal["unpin"]
    seq: int
    at: datetime
    target_seq: int


class ChatRules(Schema):
    """What holds for the chat of a creator's rooms."""

    slow_mode_s: int
    """One message in so many seconds; 0: as fast as anybody may."""
    followers_only: bool
    links: bool
    """Addresses of web pages are allowed."""
    hold_paid_messages: bool
    """Texts of paid messages wait for a moderator."""


ModerationAction: TypeAlias = Literal[
    "remove",
    "approve",
    "mute",
    "unmute",
    "ban",
    "unban",
    "add_moderator",
    "drop_moderator",
    "rules",
]


class ModerationEvent(Schema):
    """The creator or a moderator acted. Which fields are set depends on `action`."""

    type: Literal["moderation"]
    seq: int
    at: datetime
    action: ModerationAction
    by: Person | None
    """Null: the server did it."""
    target_seq: int | None = None
    """remove, approve: of the message."""
    text: str | None = None
    """approve: what it says."""
    pinned_until: datetime | None = None
    """approve: until when it stays on top."""
    message: PaidMessageEvent | None = None
    """approve: the message as it stands, also for those who came after it was given; held messages may wait long."""
    user: Person | None = None
    """Whom it concerns: of ban, what he said before is hidden too."""
    until: datetime | None = None
    """mute."""
    rules: ChatRules | None = None
    """rules."""
