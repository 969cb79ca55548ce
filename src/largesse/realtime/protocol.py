"""The frames of a room's socket: closed unions, published in OpenAPI."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, ValidationError

from largesse.identity import Person
from largesse.realtime.events import Event, Goal, Playback, StreakTotal, Supporter
from largesse.realtime.overlay_settings import HoldSwitch, OverlaySettings
from largesse.realtime.said import ChatRules, PaidMessageEvent, PinEvent
from largesse.types import Schema
from largesse.wallet import WalletView

SEQ_MAX = 2**63 - 1
TOKEN_CHARACTERS_MAX = 512
GIFT_KEY_CHARACTERS_MAX = 64

RoomKind: TypeAlias = Literal["stream", "post"]
RoomLife: TypeAlias = Literal["live", "ended"]


# --- what a client sends --------------------------------------------------------------------------


class _FromClient(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Join(_FromClient):
    """The first message: who I am, and the last `seq` I have seen."""

    op: Literal["join"]
    token: str | None = Field(default=None, max_length=TOKEN_CHARACTERS_MAX)
    after: int | None = Field(default=None, ge=0, le=SEQ_MAX)


class SendGift(_FromClient):
    """Give a gift; `id` is the idempotency key."""

    op: Literal["gift"]
    id: UUID
    gift: str = Field(min_length=1, max_length=GIFT_KEY_CHARACTERS_MAX)
    count: int
    version: int | None = None
    streak: UUID | None = None
    message: str | None = None
    anonymous: bool = False
    """Show nobody in the room, the creator included, who gave it."""


class SendPaidMessage(_FromClient):
    """Pay for a message; `id` is the idempotency key."""

    op: Literal["paid_message"]
    id: UUID
    text: str
    coins: int


class SendCheer(_FromClient):
    """Say something with cheer marks in it; `id` is the idempotency key."""

    op: Literal["cheer"]
    id: UUID
    text: str
    coins: int
    """What the marks cost together, as the viewer was shown: refused when the server counts something else."""


class SendChat(_FromClient):
    """Say something; `id` is the idempotency key."""

    op: Literal["chat"]
    id: UUID
    text: str


class Ping(_FromClient):
    """Are you there?"""

    op: Literal["ping"]


Deed: TypeAlias = SendGift | SendChat | SendPaidMessage | SendCheer
"""What changes something; each has an id."""
AnyClientMessage: TypeAlias = Join | Deed | Ping


class ClientMessage(RootModel[Annotated[AnyClientMessage, Field(discriminator="op")]]):
    """Everything a client may send."""


# --- what the server sends ------------------------------------------------------------------------


Visibility: TypeAlias = Literal["public", "followers", "invited"]


class Stream(Schema):
    """A live stream, or one that was."""

    id: UUID
    title: str
    creator: Person
    state: RoomLife
    started_at: datetime
    ended_at: datetime | None
    viewers: int
    gifting: bool
    followers: int
    visibility: Visibility = "public"
    playback: Playback | None = None
    """Null: no picture; a lively stage is shown."""


class ViewerRole(Schema):
    """What the one who joined is in this room."""

    role: Literal["guest", "viewer", "moderator", "creator"]
    muted_until: datetime | None = None
    banned: bool = False


class RoomState(Schema):
    """Everything a newcomer needs to draw the room."""

    id: UUID
    kind: RoomKind
    title: str
    creator: Person
    state: RoomLife
    gifting: bool
    viewers: int
    supporters: list[Supporter]
    recent: list[Event]
    streaks: list[StreakTotal]
    """Those that are open."""
    pinned: list[PaidMessageEvent]
    """Paid messages whose time on top is not over, the dearest first, of equals the newest; at most `pinned_max`."""
    pinned_max: int
    """So many are shown at once; those below are told by `on_top` when it is their turn."""
    pin: PinEvent | None
    goals: list[Goal]
    chat_rules: ChatRules | None
    """Null in rooms without chat."""
    playback: Playback | None


class Snapshot(Schema):
    """The room as of `seq`; later events follow in frames."""

    op: Literal["snapshot"]
    seq: int
    room: RoomState
    wallet: WalletView | None
    you: ViewerRole | None = None


class Frame(Schema):
    """The events of one tick, in order."""

    op: Literal["frame"]
    events: list[Event]


class Ack(Schema):
    """Done and stored. The last three fields come with what costs coins only."""

    op: Literal["ack"]
    id: UUID
    seq: int
    coins: int | None = None
    milli_diamonds: int | None = None
    wallet: WalletView | None = None


class ErrorMessage(BaseModel):
    """Refused; `id` names the message when it had one. Some codes carry further fields."""

    model_config = ConfigDict(extra="allow", frozen=True)

    op: Literal["error"]
    id: UUID | None
    code: str
    detail: str


class StreamChanged(Schema):
    """Overlays only: the creator's stream started, or ended (null)."""

    op: Literal["stream"]
    stream: Stream | None


class SettingsTold(Schema):
    """Overlays only: which one it is and how it is set, at first and at every change."""

    op: Literal["settings"]
    id: UUID
    settings: OverlaySettings
    approved: int
    """The number of the newest alert that the creator approved; they count from 1."""
    hold_switch: HoldSwitch | None
    """Null: holding was never switched during a stream."""


class TestTold(Schema):
    """Overlays only: the creator tries this one out. Nothing of it happened, and none of it is in a log."""

    op: Literal["test"]
    events: list[Event]


class Pong(Schema):
    """Yes."""

    op: Literal["pong"]


AnyServerMessage: TypeAlias = (
    Snapshot | Frame | Ack | ErrorMessage | StreamChanged | SettingsTold | TestTold | Pong
)


class ServerMessage(RootModel[Annotated[AnyServerMessage, Field(discriminator="op")]]):
    """Everything the server may send."""


# --- reading them ---------------------------------------------------------------------

_client_messages: TypeAdapter[AnyClientMessage] = TypeAdapter(
    Annotated[AnyClientMessage, Field(discriminator="op")]
)


def read_client_message(text: str) -> AnyClientMessage | None:
    """The message, or none when it is malformed."""
    try:
        return _client_messages.validate_json(text)
    except ValidationError:
        return None
