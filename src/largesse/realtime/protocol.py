"""The frames of a room's socket and the events of its log: closed unions, published in OpenAPI."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, ValidationError

from largesse.identity import Person
from largesse.types import Schema
from largesse.wallet import WalletView

SEQ_MAX = 2**63 - 1
TOKEN_CHARACTERS_MAX = 512
GIFT_KEY_CHARACTERS_MAX = 64

RoomKind: TypeAlias = Literal["stream", "post"]
RoomLife: TypeAlias = Literal["live", "ended"]
AnimationKind: TypeAlias = Literal["hop", "fly", "stage"]


# --- events ---------------------------------------------------------------------------------------


class GiftVersion(Schema):
    """Which gift, in which version."""

    id: UUID
    version: int
    slug: str
    name: str


class GiftEvent(Schema):
    """A gift was given."""

    type: Literal["gift"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    gift: GiftVersion
    animation_kind: AnimationKind
    count: int
    coins: int
    milli_diamonds: int
    streak: UUID | None
    message: str | None


class ChatEvent(Schema):
    """Somebody said something."""

    type: Literal["chat"]
    seq: int
    at: datetime
    id: UUID
    sender: Person
    text: str


class StreamEndEvent(Schema):
    """The stream ended; nothing follows in this room."""

    type: Literal["stream_end"]
    seq: int
    at: datetime


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


class ViewerCountEvent(Schema):
    """Viewers came or went. Not in the log: `seq` is null."""

    type: Literal["viewer_count"]
    seq: None
    at: datetime
    count: int


LoggedEvent: TypeAlias = GiftEvent | ChatEvent | StreamEndEvent
AnyEvent: TypeAlias = LoggedEvent | SupportersEvent | ViewerCountEvent


class Event(RootModel[Annotated[AnyEvent, Field(discriminator="type")]]):
    """One thing that happened in a room; `seq` counts those in the log without gaps."""


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


class SendChat(_FromClient):
    """Say something; `id` is the idempotency key."""

    op: Literal["chat"]
    id: UUID
    text: str


class Ping(_FromClient):
    """Are you there?"""

    op: Literal["ping"]


AnyClientMessage: TypeAlias = Join | SendGift | SendChat | Ping


class ClientMessage(RootModel[Annotated[AnyClientMessage, Field(discriminator="op")]]):
    """Everything a client may send."""


# --- what the server sends ------------------------------------------------------------------------


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


class Snapshot(Schema):
    """The room as of `seq`; later events follow in frames."""

    op: Literal["snapshot"]
    seq: int
    room: RoomState
    wallet: WalletView | None


class Frame(Schema):
    """The events of one tick, in order."""

    op: Literal["frame"]
    events: list[Event]


class Ack(Schema):
    """Done and stored. The last three fields come with a gift's ack only."""

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


class Pong(Schema):
    """Yes."""

    op: Literal["pong"]


AnyServerMessage: TypeAlias = Snapshot | Frame | Ack | ErrorMessage | StreamChanged | Pong


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
