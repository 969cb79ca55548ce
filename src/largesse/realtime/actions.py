"""What a socket asks of the rest of the system; given to it, so that this module knows no other."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from starlette.websockets import WebSocket

from largesse.identity import User
from largesse.ledger import GiftEntry
from largesse.realtime.overlay_settings import HoldSwitch, OverlaySettings
from largesse.realtime.protocol import (
    Ack,
    SendChat,
    SendCheer,
    SendGift,
    SendPaidMessage,
    Stream,
    ViewerRole,
)
from largesse.realtime.room import Room
from largesse.wallet import WalletView


@dataclass(frozen=True, slots=True)
class Admission:
    """How somebody comes into a room."""

    you: ViewerRole
    wallet: WalletView | None
    """None: nobody is signed in."""


class SocketActions(Protocol):
    """The use cases behind the messages. They raise AppError for refusals."""

    async def identify(self, websocket: WebSocket, token: str | None) -> User | None:
        """The user by token, or by cookie when there is no token; none without credentials."""
        ...

    def is_ready(self) -> bool:
        """What `gift_at_once` goes by is at hand."""
        ...

    async def ready(self) -> None:
        """Have it at hand."""
        ...

    def gift_at_once(
        self, user: User, room: Room, message: SendGift
    ) -> asyncio.Future[GiftEntry] | None:
        """The gift on its way to the journal; none when it needs a closer look: `gift` takes it."""
        ...

    async def gift(self, user: User, room: Room, message: SendGift) -> GiftEntry:
        """Give a gift; returns after the commit."""
        ...

    async def pay(self, user: User, room: Room, message: SendPaidMessage | SendCheer) -> GiftEntry:
        """Pay for a message or for cheers; returns after the commit."""
        ...

    async def admit(self, user: User | None, room_id: UUID) -> Admission:
        """What somebody is in a room, and his coins; Forbidden when he may not come in. A room that is not there admits
        everybody."""
        ...

    def entered(self, user: User, room: Room) -> None:
        """Somebody came in: the first of his sockets in this room, of this process."""
        ...

    def left(self, user: User, room: Room) -> None:
        """Somebody left: the last of his sockets in this room, of this process."""
        ...

    async def chat(self, user: User, room: Room, message: SendChat) -> Ack:
        """Say something; returns after the commit."""
        ...


@dataclass(frozen=True, slots=True)
class OverlayState:
    """Whose overlay it is, how it is set, and the stream that is live now."""

    id: UUID
    creator_id: UUID
    settings: OverlaySettings
    approved: int
    hold_switch: HoldSwitch | None
    stream: Stream | None


LookUpOverlay = Callable[[], Awaitable[OverlayState | None]]
"""The overlay as of now; none when its token does not hold any more."""
