"""Live rooms: ordered delivery of committed events to the sockets of this process."""

from largesse.realtime.actions import LookUpOverlay, OverlayState, SocketActions
from largesse.realtime.bus import Bus
from largesse.realtime.hub import Hub
from largesse.realtime.link import Link, RoomHead
from largesse.realtime.overlay import OverlaySocket
from largesse.realtime.postgres_bus import PostgresBus
from largesse.realtime.projection import Giving, Recount, RoomStart
from largesse.realtime.protocol import (
    Ack,
    AnimationKind,
    ChatEvent,
    Event,
    GiftEvent,
    GiftVersion,
    LoggedEvent,
    RoomKind,
    RoomLife,
    SendChat,
    SendGift,
    Stream,
    StreamEndEvent,
    Supporter,
)
from largesse.realtime.room import Room
from largesse.realtime.socket import RoomSocket
from largesse.realtime.webhooks import webhooks
from largesse.realtime.wire import FrameProtocol

__all__ = [
    "Ack",
    "AnimationKind",
    "Bus",
    "ChatEvent",
    "Event",
    "FrameProtocol",
    "GiftEvent",
    "GiftVersion",
    "Giving",
    "Hub",
    "Link",
    "LoggedEvent",
    "LookUpOverlay",
    "OverlaySocket",
    "OverlayState",
    "PostgresBus",
    "Recount",
    "Room",
    "RoomHead",
    "RoomKind",
    "RoomLife",
    "RoomSocket",
    "RoomStart",
    "SendChat",
    "SendGift",
    "SocketActions",
    "Stream",
    "StreamEndEvent",
    "Supporter",
    "webhooks",
]
