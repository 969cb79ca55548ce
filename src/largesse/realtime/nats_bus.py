"""The bus over NATS: a subject for each room, heard by the processes that have it open, and one for notices.

Nothing is kept there. A message is lost with the server that had it; who sent it tells it again when it cannot be sure
that it was taken, and the log in the database fills what is still missing.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Sequence, Set
from uuid import UUID, uuid4

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from largesse.bus_access import NOTHING_SHOWN, BusAccess
from largesse.realtime.bus import Listener
from largesse.realtime.letters import Letter, Letters, read_letter
from largesse.realtime.nats_client import BROKEN, close, connect, reason, settle, shown, trouble
from largesse.realtime.notices import FLEETING, Moved, Notice, Pending, decode, encode
from largesse.realtime.told import Told

MESSAGE_BYTES_MAX = 256 * 1024
"""A quarter of what a NATS server takes unless it was set otherwise."""
START_WAIT_S = 2.0
"""How long a start waits for a server; afterwards it goes on without."""
RETRY_MIN_S, RETRY_MAX_S = 0.1, 1.0
LOOK_S = 0.5
"""How often it is looked whether a connection still is one."""
STOP_TIMEOUT_S = 2.0
SAY_AGAIN_S = 60.0
"""How often it is said in the log that no server is there."""

log = logging.getLogger(__name__)


class NatsBus:
    """One connection to any of the servers, made again when it breaks, for as long as it takes."""

    carries_events = True

    def __init__(
        self, servers: Sequence[str], *, name: str, access: BusAccess = NOTHING_SHOWN
    ) -> None:
        """`servers` are addresses, with credentials where they are needed; `name` keeps installations apart."""
        self.origin = uuid4()
        self.trouble: str | None = None
        self._access = access
        self._servers = list(servers)
        self._room_subjects = f"largesse.{name}.room."
        self._notice_subject = f"largesse.{name}.notices"
        self._listener: Listener | None = None
        self._client: Client | None = None
        self._connected = asyncio.Event()
        self._broken = asyncio.Event()
        self._stopping = False
        self._notices = Pending()
        self._letters = Letters()
        self._wake = asyncio.Event()
        self._alive = False
        self._open: set[UUID] = set()
        self._rooms_changed = asyncio.Event()
        self._heard: dict[UUID, Subscription] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._tasks = [asyncio.create_task(self._keep_connected(), name="bus, nats")]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_WAIT_S):
                await self._connected.wait()

    async def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self.connected:
            await asyncio.wait(self._tasks, timeout=STOP_TIMEOUT_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what is asked of it

    def open_room(self, room_id: UUID) -> None:
        self._open.add(room_id)
        self._rooms_changed.set()

    def close_room(self, room_id: UUID) -> None:
        self._open.discard(room_id)
        self._rooms_changed.set()

    def publish(self, room_id: UUID, events: Sequence[Told]) -> None:
        if self.connected:
            self._letters.add(room_id, events)
        else:
            self._letters.add_head(room_id, max(told.seq for told in events))
        self._wake.set()

    def tell(self, notice: Notice) -> None:
        if isinstance(notice, Moved):
            self._letters.add_head(notice.id, notice.seq)
        elif self.connected or not isinstance(notice, FLEETING):
            self._notices.add(notice)
        self._wake.set()

    def touch(self) -> None:
        self._alive = True
        self._wake.set()

    # --- the connection

    async def _keep_connected(self) -> None:
        """From server to server in no order, until told to stop."""
        was_connected = False
        failures, said_at_s = 0, float("-inf")
        loop = asyncio.get_running_loop()
        while not self._stopping:
            for server in random.sample(self._servers, len(self._servers)):
                try:
                    client = await self._connect(server)
                except BROKEN as error:
                    self.trouble = trouble(error)
                    if loop.time() >= said_at_s + SAY_AGAIN_S:
                        said_at_s = loop.time()
                        log.warning("no bus at %s: %s", shown(server), reason(error))
                    continue
                if said_at_s > float("-inf"):
                    log.warning("the bus is there again, at %s", shown(server))
                failures, said_at_s, self.trouble = 0, float("-inf"), None
                await self._serve(client, resuming=was_connected)
                was_connected = True
                break
            else:
                failures += 1
            if not self._stopping:
                pause_s = min(RETRY_MIN_S * 2 ** min(failures, 10), RETRY_MAX_S)
                await asyncio.sleep(random.uniform(0, pause_s))  # noqa: S311 - spreads load

    async def _connect(self, server: str) -> Client:
        self._broken.clear()
        return await connect(
            server, access=self._access, broken=self._broken, complain=self._complained
        )

    async def _complained(self, client: Client, error: Exception) -> None:
        if isinstance(error, nats.errors.SlowConsumerError) and self._listener is not None:
            # We do not keep up, and messages were dropped: the log has them.
            self._listener.resumed()
        elif client is self._client:
            log.warning("the bus: %s", reason(error))

    async def _serve(self, client: Client, *, resuming: bool) -> None:
        """Until the connection breaks, or everything is told and we stop."""
        self._client = client
        self._heard.clear()
        self._rooms_changed.set()
        tasks = [
            asyncio.create_task(self._keep_listening(client)),
            asyncio.create_task(self._keep_telling(client)),
            asyncio.create_task(self._wait_for_end(client)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._client = None
            self._connected.clear()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            await close(client)
        if not self._stopping:
            wrong = [result for result in results if isinstance(result, BROKEN)]
            log.warning("the bus broke%s", f": {reason(wrong[0])}" if wrong else "")

    async def _wait_for_end(self, client: Client) -> None:
        """The client tells of its end, but not when closing its transport fails."""
        while not (self._broken.is_set() or client.is_closed):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._broken.wait()

    # --- telling

    async def _keep_telling(self, client: Client) -> None:
        """Whatever waits, and again what a broken connection may have lost, by how far the rooms have come."""
        await self._connected.wait()
        while self._client is client:
            if not (self._letters or self._notices or self._alive):
                if self._stopping:
                    return
                await self._wake.wait()
            self._wake.clear()
            letters, notices = self._letters.take(), self._notices.take()
            alive, self._alive = self._alive, False
            try:
                await self._send(client, letters, notices, alive=alive)
                await settle(client)
            except BaseException:
                self._letters.give_back(letters)
                self._notices.give_back(notices)
                raise

    async def _send(
        self, client: Client, letters: Sequence[Letter], notices: Sequence[Notice], *, alive: bool
    ) -> None:
        bytes_max = min(MESSAGE_BYTES_MAX, client.max_payload)
        for letter in letters:
            subject = self._room_subjects + letter.room_id.hex
            for message in letter.messages(self.origin, bytes_max=bytes_max):
                await client.publish(subject, message)
        if notices or alive:
            for text in encode(self.origin, notices, bytes_max=bytes_max):
                await client.publish(self._notice_subject, text.encode())

    # --- listening

    async def _keep_listening(self, client: Client) -> None:
        """To notices, and to the rooms that are open here."""
        assert self._listener is not None, "started"
        await client.subscribe(self._notice_subject, cb=self._hear_notices)
        while self._client is client:
            self._rooms_changed.clear()
            more = await self._subscribe(client)
            if more or not self.connected:
                await settle(client)
            if not self.connected:
                self._connected.set()
                self._listener.resumed()
            elif more:
                self._listener.opened(more)
            await self._rooms_changed.wait()

    async def _subscribe(self, client: Client) -> Set[UUID]:
        """As the open rooms are now; which of them are new."""
        for room_id in self._heard.keys() - self._open:
            await self._heard.pop(room_id).unsubscribe()
        more = self._open - self._heard.keys()
        for room_id in more:
            subject = self._room_subjects + room_id.hex
            self._heard[room_id] = await client.subscribe(subject, cb=self._hear_room)
        return more

    async def _hear_room(self, message: Msg) -> None:
        assert self._listener is not None, "started"
        try:
            room_id = UUID(message.subject[len(self._room_subjects) :])
            origin, letter = read_letter(room_id, message.data)
        except ValueError:
            log.warning("the bus left out a message it cannot read")
            return
        if origin != self.origin:
            self._listener.heard_events(origin, room_id, letter.seq, letter.texts)

    async def _hear_notices(self, message: Msg) -> None:
        assert self._listener is not None, "started"
        try:
            origin, notices = decode(message.data.decode())
        except ValueError:
            log.warning("the bus left out a message it cannot read")
            return
        if origin != self.origin:
            self._listener.heard(origin, notices)
