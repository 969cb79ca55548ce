"""A viewer's socket: reads messages, does what they ask, answers each."""

import asyncio
import contextlib
import logging
import time
from functools import partial
from uuid import UUID

import psycopg
from starlette.websockets import WebSocket

from largesse.errors import AppError, Forbidden, IdempotencyConflict, Unauthenticated
from largesse.identity import SessionExpired, User
from largesse.ledger import GiftEntry, Withdrawn
from largesse.realtime.actions import SocketActions
from largesse.realtime.connection import has_gone, run_connection
from largesse.realtime.errors import (
    NOT_ADMITTED,
    ROOM_UNKNOWN,
    TOKEN_WRONG,
    TOO_MANY_SOCKETS,
    RoomUnknown,
    TooManySockets,
)
from largesse.realtime.hub import Hub
from largesse.realtime.in_flight import InFlight
from largesse.realtime.limits import JOIN_TIMEOUT_S, RECHECK_S, SESSION_WATCH_S
from largesse.realtime.outbox import Outbox
from largesse.realtime.protocol import (
    Deed,
    Join,
    Ping,
    SendChat,
    SendCheer,
    SendGift,
    SendPaidMessage,
)
from largesse.realtime.reader import MessageReader
from largesse.realtime.room import Room
from largesse.realtime.sending import answer_of, catch_up, send_room
from largesse.realtime.wire import WIRE, FrameProtocol
from largesse.realtime.writing import (
    PONG,
    write_ack,
    write_gift_ack,
    write_refusal,
)

log = logging.getLogger(__name__)

_GIFT_START = '{"op":"gift"'
"""How the gifts of our own client begin; others are as welcome and take the longer way."""


class RoomSocket:
    """The life of one viewer's socket in one room."""

    def __init__(
        self, websocket: WebSocket, hub: Hub, actions: SocketActions, room_id: UUID | None
    ) -> None:
        self._websocket = websocket
        self._hub = hub
        self._actions = actions
        self._room_id = room_id
        self._outbox = Outbox()
        self._reader = MessageReader(websocket, self._outbox)
        self._token: str | None = None
        self._user: User | None = None
        self._checked_at_s = 0.0
        self._in_flight = InFlight(self._outbox)

    async def run(self) -> None:
        await run_connection(self._websocket, self._hub, self._outbox, self._serve)

    async def _serve(self) -> None:
        if self._room_id is None:
            self._give_up(RoomUnknown(), ROOM_UNKNOWN)
            return
        join = await self._await_join()
        if join is None:
            return
        with contextlib.ExitStack() as leaving:
            room = await self._come_in(self._room_id, join, leaving)
            if room is None:
                return
            wire: FrameProtocol | None = self._websocket.scope.get("extensions", {}).get(WIRE)
            if wire is not None:
                wire.listen(partial(self._take, room))
                leaving.callback(wire.listen, None)
            self._hub.sockets.parts_by(self._outbox, self._in_flight.part)
            await self._converse(room)

    async def _come_in(
        self, room_id: UUID, join: Join, leaving: contextlib.ExitStack
    ) -> Room | None:
        """When it is this socket's turn; None: its client has gone meanwhile, or was told why not."""
        try:
            async with self._hub.sockets.entering:
                if has_gone(self._websocket):
                    return None
                self._user = await self._actions.identify(self._websocket, join.token)
                self._token = join.token
                self._checked_at_s = time.monotonic()
                return await self._enter(room_id, join, leaving)
        except Unauthenticated as error:
            self._give_up(error, TOKEN_WRONG)
        except RoomUnknown as error:
            self._give_up(error, ROOM_UNKNOWN)
        except Forbidden as error:
            self._give_up(error, NOT_ADMITTED)
        except TooManySockets as error:
            self._give_up(error, TOO_MANY_SOCKETS)
        return None

    def _give_up(self, error: AppError, code: int) -> None:
        self._outbox.push(write_refusal(None, error))
        self._outbox.finish(code)

    async def _await_join(self) -> Join | None:
        """The join message, which must come first and soon."""
        try:
            async with asyncio.timeout(JOIN_TIMEOUT_S):
                while (message := await self._reader.next()) is not None:
                    if isinstance(message, Join):
                        return message
                    id_ = message.id if isinstance(message, Deed) else None
                    self._reader.refuse("join_first", id_)
        except TimeoutError:
            self._reader.refuse("join_first")
            self._outbox.finish(TOKEN_WRONG)
        return None

    async def _enter(self, room_id: UUID, join: Join, leaving: contextlib.ExitStack) -> Room:
        """Snapshot, then what was missed, then live: without a gap or a repeat between them."""
        viewer: object = self
        if self._user is not None:
            user_id = self._user.id
            self._hub.sockets.count_user(user_id)
            leaving.callback(self._hub.sockets.uncount_user, user_id)
            self._watch_session(leaving)
            viewer = user_id
        admitted = await self._actions.admit(self._user, room_id)
        await catch_up(self._hub, room_id, join.after)
        room = await self._hub.enter(room_id, self._outbox, viewer)
        leaving.callback(self._leave, room)
        if self._user is not None and room.sockets_of(self._user.id) == 1:
            self._actions.entered(self._user, room)
        snapshot = room.snapshot(admitted.wallet, admitted.you)
        await send_room(self._hub, room, self._outbox, snapshot, join.after)
        return room

    def _leave(self, room: Room) -> None:
        if self._user is not None and room.sockets_of(self._user.id) == 1:
            self._actions.left(self._user, room)
        self._hub.leave(room, self._outbox)

    def _watch_session(self, leaving: contextlib.ExitStack) -> None:
        """A session that ends while connected ends the socket, also when nothing is sent."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(SESSION_WATCH_S)
                try:
                    await self._look_up_user()
                except Unauthenticated as error:
                    self._give_up(error, TOKEN_WRONG)
                    return
                except psycopg.OperationalError:
                    log.warning("cannot look up a session; trying again")

        task = asyncio.ensure_future(watch())
        leaving.callback(task.cancel)

    async def _converse(self, room: Room) -> None:
        while (message := await self._reader.next()) is not None:
            if isinstance(message, Ping):
                self._outbox.push(PONG)
            elif isinstance(message, Join):
                self._reader.refuse("already_joined")
            elif not self._in_flight.parting:
                self._in_flight.begin()
                try:
                    await self._act(room, message)
                finally:
                    self._in_flight.end()

    async def _act(self, room: Room, message: Deed) -> None:
        try:
            user = self._known_user() or await self._look_up_user()
        except Unauthenticated as error:
            self._outbox.push(write_refusal(message.id, error))
            if self._user is not None:
                self._outbox.finish(TOKEN_WRONG)
            return
        if not isinstance(message, SendGift):
            self._outbox.push(await answer_of(message.id, self._say(user, room, message)))
            return
        await self._in_flight.room()
        if not self._give_at_once(user, room, message):
            with contextlib.suppress(psycopg.OperationalError):
                # Here and not in a task: gifts of one socket keep their order.
                await self._actions.ready()
            if not self._give_at_once(user, room, message):
                giving = self._give_with_care(user, room, message)
                if message.message:  # its words are looked at: the next gift waits
                    await asyncio.wait({giving})

    def _known_user(self) -> User | None:
        """The user, when the last look is recent."""
        if self._user is None:
            raise Unauthenticated
        recent = time.monotonic() - self._checked_at_s <= RECHECK_S
        return self._user if recent else None

    async def _look_up_user(self) -> User:
        """Ask for the user again: sessions expire and can be revoked."""
        moment_s = time.monotonic()
        user = await self._actions.identify(self._websocket, self._token)
        if user is None:
            raise SessionExpired
        self._user = user
        self._checked_at_s = moment_s
        return user

    async def _say(
        self, user: User, room: Room, message: SendChat | SendPaidMessage | SendCheer
    ) -> str:
        if isinstance(message, SendChat):
            return write_ack(await self._actions.chat(user, room, message))
        return write_gift_ack(await self._actions.pay(user, room, message))

    # --- gifts: thousands a second, so most of them wake no task

    def _take(self, room: Room, text: str) -> bool:
        """Deal with a gift as it comes from the wire, unless something before it is still to be done."""
        if (
            not text.startswith(_GIFT_START)
            or not self._reader.idle
            or not self._in_flight.takes_more
            or self._outbox.crowded
            or self._outbox.close_code is not None
            or self._user is None
            or (user := self._known_user()) is None
            or not self._actions.is_ready()
        ):
            return False
        message = self._reader.read(text)
        if message is None:
            return True
        if not isinstance(message, SendGift) or message.message:
            return False  # of two operations the last one counts; words are looked at
        if not self._give_at_once(user, room, message):
            self._give_with_care(user, room, message)
        return True

    def _give_at_once(self, user: User, room: Room, message: SendGift) -> bool:
        """Start a gift; its answer follows the commit, whatever becomes of the socket. False: nothing was done."""
        try:
            giving = self._actions.gift_at_once(user, room, message)
        except Exception as error:
            self._outbox.push(write_refusal(message.id, error))
            return True
        if giving is None:
            return False
        self._in_flight.begin()
        giving.add_done_callback(partial(self._given, user, room, message))
        return True

    def _given(
        self, user: User, room: Room, message: SendGift, giving: "asyncio.Future[GiftEntry]"
    ) -> None:
        error = giving.exception()
        if error is None:
            self._answer_gift(write_gift_ack(giving.result()))
        elif isinstance(error, IdempotencyConflict | Withdrawn):
            self._give_with_care(user, room, message)
            self._in_flight.end()
        else:
            self._answer_gift(write_refusal(message.id, error))

    def _give_with_care(self, user: User, room: Room, message: SendGift) -> asyncio.Task[None]:
        """The long way: reads the rules, or the gift that was stored under this id."""

        async def ack() -> str:
            return write_gift_ack(await self._actions.gift(user, room, message))

        async def give() -> None:
            self._answer_gift(await answer_of(message.id, ack()))

        self._in_flight.begin()
        task = asyncio.get_running_loop().create_task(give())
        self._hub.keep(task)
        return task

    def _answer_gift(self, frame: str) -> None:
        self._outbox.push(frame)
        self._in_flight.end()
