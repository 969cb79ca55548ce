"""The use cases behind a viewer's socket."""

import asyncio
from uuid import UUID

from starlette.websockets import WebSocket

from largesse import identity, messages
from largesse.gifts import Target, give_at_once, send_gift
from largesse.identity import User
from largesse.ledger import GiftEntry
from largesse.realtime import (
    Ack,
    Admission,
    Room,
    SendChat,
    SendCheer,
    SendGift,
    SendPaidMessage,
)
from largesse.rooms.chat import say
from largesse.services import Services


class RoomActions:
    """What `realtime.SocketActions` asks for. Holds no connection: each call opens what it needs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._target: Target | None = None

    async def identify(self, websocket: WebSocket, token: str | None) -> User | None:
        return await identity.user_from_websocket(websocket, token)

    def is_ready(self) -> bool:
        desk, target = self._services.desk, self._target
        if target is None or not desk.bans.knows(target.recipient_id):
            return False
        return desk.rules_at_hand() is not None

    async def ready(self) -> None:
        await self._services.desk.rules()
        if self._target is not None:
            await self._services.desk.know_bans(self._target.recipient_id)

    def gift_at_once(
        self, user: User, room: Room, message: SendGift
    ) -> asyncio.Future[GiftEntry] | None:
        return give_at_once(self._services, user, self._target_of(room), message)

    async def gift(self, user: User, room: Room, message: SendGift) -> GiftEntry:
        target = self._target_of(room)
        return (await send_gift(self._services, user, target, message)).entry

    def _target_of(self, room: Room) -> Target:
        """Made once: a socket stays in one room, which keeps its recipient."""
        if self._target is None:
            state = room.projection
            self._target = Target(kind=state.kind, room_id=state.id, recipient_id=state.creator.id)
        return self._target

    async def pay(self, user: User, room: Room, message: SendPaidMessage | SendCheer) -> GiftEntry:
        target = self._target_of(room)
        if isinstance(message, SendCheer):
            return (await messages.send_cheer(self._services, user, target, message)).entry
        return (await messages.send_paid_message(self._services, user, target, message)).entry

    async def admit(self, user: User | None, room_id: UUID) -> Admission:
        return await self._services.entries.admit(user, room_id)

    def entered(self, user: User, room: Room) -> None:
        self._services.recognizer.entered(user, room)

    def left(self, user: User, room: Room) -> None:
        self._services.streaks.left(user.id, room.projection.id)
        self._services.recognizer.left(user, room)

    async def chat(self, user: User, room: Room, message: SendChat) -> Ack:
        room_id = room.projection.id
        event = await say(self._services, user, room_id, id_=message.id, text=message.text)
        return Ack(op="ack", id=message.id, seq=event.seq)
