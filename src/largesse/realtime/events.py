"""The events of a room: a closed union, published in OpenAPI.

Those with a number `seq` are in the room's log and count without gaps. Those with `seq: null` say how something stands
at that moment; they follow from the log, or are of the moment only.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, RootModel

from largesse.identity import Person
from largesse.realtime.said import (
    ChatEvent,
    CheerEvent,
    ModerationEvent,
    OnTopEvent,
    PaidMessageEvent,
    PinEvent,
    UnpinEvent,
)
from largesse.types import Schema

AnimationKind: TypeAlias = Literal["hop", "fly", "stage"]
First: TypeAlias = Literal["room", "ever"]
"""The sender's first gift in this room, or the first he ever gave."""


class GiftVersion(Schema):
    """Which gift, in which version."""

    id: UUID
    version: int
    slug: str
    name: str


# --- gifts and streaks


class GiftEvent(Schema):
    """A gift was given."""

    type: Literal["gift"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    """`Person` with the nil id and the name "Anonymous" when the giver did not want to be named."""
    gift: GiftVersion
    animation_kind: AnimationKind
    count: int
    coins: int
    milli_diamonds: int
    streak: UUID | None
    """The streak it belongs to; null also for a gift that came after its streak had ended."""
    message: str | None
    first: First | None = None


class StreakTotal(Schema):
    """A streak: one sender's gifts of one version under one streak id, to the recipient of this room."""

    streak: UUID
    sender: Person
    gift: GiftVersion
    animation_kind: AnimationKind
    gifts: int
    """Gift events in it."""
    count: int
    """Sum of their counts: what is shown as "x 30"."""
    coins: int
    milli_diamonds: int


class StreakEvent(Schema):
    """The running total of an open streak, at most once per frame. Not in the log: `seq` is null."""

    type: Literal["streak"]
    seq: None
    at: datetime
    total: StreakTotal


class StreakEndEvent(Schema):
    """A streak is over: exactly one for each streak, with the total of its gifts before this event."""

    type: Literal["streak_end"]
    seq: int
    at: datetime
    total: StreakTotal


# --- goals


class GoalPart(Schema):
    """One target of a goal: coins of all gifts, or how many of one gift."""

    id: UUID
    gift: GiftVersion | None
    """Null: counts coins of everything that is given."""
    target: int
    progress: int
    """May pass the target."""


class Goal(Schema):
    """What the creator wants to reach in this stream; reached when all parts are."""

    id: UUID
    title: str
    parts: list[GoalPart]
    state: Literal["open", "reached", "cancelled"]


class GoalEvent(Schema):
    """A goal was set, reached or cancelled."""

    type: Literal["goal"]
    seq: int
    at: datetime
    goal: Goal


class GoalProgressEvent(Schema):
    """A goal came nearer, at most once a second. Not in the log: `seq` is null."""

    type: Literal["goal_progress"]
    seq: None
    at: datetime
    goal: Goal


# --- recognition


class Supporter(Schema):
    """One place of the ranking by coins given in the room."""

    rank: int
    user: Person
    coins: int


class SupportersEvent(Schema):
    """The top of the ranking changed. Not in the log: `seq` is null."""

    type: Literal["supporters"]
    seq: None
    at: datetime
    items: list[Supporter]


class EntranceEvent(Schema):
    """One of the creator's top supporters came in. Not in the log: `seq` is null."""

    type: Literal["entrance"]
    seq: None
    at: datetime
    user: Person
    rank: int


class ThanksEvent(Schema):
    """The creator thanked somebody for a gift, paid message or cheer."""

    type: Literal["thanks"]
    seq: int
    at: datetime
    target_seq: int
    user: Person
    text: str | None


class BannerEvent(Schema):
    """One of the largest gifts was given in some live room: told in all of them. Not in the log: `seq` is null."""

    type: Literal["banner"]
    seq: None
    at: datetime
    stream_id: UUID
    creator: Person
    sender: Person
    gift: GiftVersion
    count: int
    coins: int


class ViewerCountEvent(Schema):
    """Viewers came or went. Not in the log: `seq` is null."""

    type: Literal["viewer_count"]
    seq: None
    at: datetime
    count: int


class GiftingEvent(Schema):
    """Gifts were switched on or off in a live room. Not in the log: `seq` is null."""

    type: Literal["gifting"]
    seq: None
    at: datetime
    enabled: bool


class Playback(Schema):
    """Where the picture of a stream comes from."""

    hls_url: str | None
    whep_url: str | None
    """WebRTC: less delay, tried first where the browser can."""


class StreamUpdateEvent(Schema):
    """The stream has another title or picture now; both are told, whichever changed."""

    type: Literal["stream_update"]
    seq: int
    at: datetime
    title: str
    playback: Playback | None


class StreamEndEvent(Schema):
    """The stream ended; nothing follows in this room."""

    type: Literal["stream_end"]
    seq: int
    at: datetime


LoggedEvent: TypeAlias = (
    GiftEvent
    | StreakEndEvent
    | ChatEvent
    | PaidMessageEvent
    | CheerEvent
    | PinEvent
    | UnpinEvent
    | ModerationEvent
    | GoalEvent
    | ThanksEvent
    | StreamUpdateEvent
    | StreamEndEvent
)
MomentEvent: TypeAlias = (
    StreakEvent
    | SupportersEvent
    | EntranceEvent
    | BannerEvent
    | ViewerCountEvent
    | GiftingEvent
    | GoalProgressEvent
    | OnTopEvent
)
"""Without a number."""
AnyEvent: TypeAlias = LoggedEvent | MomentEvent


class Event(RootModel[Annotated[AnyEvent, Field(discriminator="type")]]):
    """One thing that happened in a room; `seq` counts those in the log without gaps."""
