"""The use cases behind a viewer's socket."""

from starlette.websockets import WebSocket

from largesse import identity, ledger
from largesse.gifts import GiftOrder, Target, send_gift
from largesse.identity import User
from largesse.realtime import Ack, Room, SendChat, SendGift
from largesse.rooms.chat import say
from largesse.services import Services
from largesse.types import now
from largesse.wallet import WalletView, wallet_view


class RoomActions:
    """What `realtime.SocketActions` asks for. Holds no connection: each call opens what it needs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def identify(self, websocket: WebSocket, token: str | None) -> User | None:
        return await identity.user_from_websocket(websocket, token)

    async def wallet(self, user: User) -> WalletView:
        async with self._services.db.read() as conn:
            return wallet_view(await ledger.wallet_state(conn, user.id), now())

    async def gift(self, user: User, room: Room, message: SendGift) -> Ack:
        state = room.projection
        target = Target(kind=state.kind, room_id=state.id, recipient_id=state.creator.id)
        order = GiftOrder(
            id=message.id,
            gift=message.gift,
            count=message.count,
            version=message.version,
            message=message.message,
            streak=message.streak,
        )
        sent = await send_gift(self._services, user, target, order)
        return Ack(
            op="ack",
            id=message.id,
            seq=sent.entry.seq,
            coins=sent.entry.request.coins,
            milli_diamonds=sent.entry.request.milli_diamonds,
            wallet=wallet_view(sent.entry.wallet, now()),
        )

    async def chat(self, user: User, room: Room, message: SendChat) -> Ack:
        seq = await say(self._services, user, room.projection.id, id_=message.id, text=message.text)
        return Ack(op="ack", id=message.id, seq=seq)
