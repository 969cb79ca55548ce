"""Live rooms: ordered delivery of committed events to the sockets of this process."""

from largesse.realtime.actions import LookUpOverlay, OverlayState, SocketActions
from largesse.realtime.hub import Hub
from largesse.realtime.overlay import OverlaySocket
from largesse.realtime.projection import Giving, RoomStart
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

__all__ = [
    "Ack",
    "AnimationKind",
    "ChatEvent",
    "Event",
    "GiftEvent",
    "GiftVersion",
    "Giving",
    "Hub",
    "LoggedEvent",
    "LookUpOverlay",
    "OverlaySocket",
    "OverlayState",
    "Room",
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
