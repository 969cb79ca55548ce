"""The gift writer: gathers requests while a batch is in flight, then commits the next ones together."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from largesse.db import Database
from largesse.ledger.bars import ReadBars
from largesse.ledger.committer import Committer
from largesse.ledger.errors import OutcomeUnknown, Withdrawn, WriterBusy
from largesse.ledger.lanes import HEARTBEAT_S
from largesse.ledger.model import GiftEntry, GiftRequest
from largesse.ledger.plan import Item, assert_writable
from largesse.ledger.work import Outcome
from largesse.types import now

QUEUE_SIZE_MAX = 20_000

_log = logging.getLogger(__name__)


class GiftWriter:
    """One lane of the journal. Group commit without a timer: a batch is what came while the last one was written."""

    def __init__(
        self,
        db: Database,
        *,
        batch_size_max: int,
        on_commit: Callable[[Sequence[GiftEntry]], None],
        clock: Callable[[], datetime] = now,
        read_bars: ReadBars | None = None,
    ) -> None:
        """`on_commit` gets the new entries of each committed batch, before their waiters do; it must not block.

        `read_bars` tells who may not give to whom; what it refuses is charged nothing.
        """
        self._batch_size_max = batch_size_max
        self._on_commit = on_commit
        self._committer = Committer(db, clock, read_bars)
        self._queue: deque[Item] = deque()
        self._following: list[Item] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def running(self) -> bool:
        """Gifts are taken and written."""
        return self._task is not None and not self._task.done() and not self._stopping

    async def start(self) -> None:
        """Take a lane and begin; raises when the database does not answer."""
        await self._committer.open()
        self._task = asyncio.create_task(self._work(), name="gift writer")

    async def stop(self) -> None:
        """Refuse new gifts, finish those that wait, give the lane back."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None
        await self._committer.close()

    async def submit(self, request: GiftRequest) -> GiftEntry:
        """Write a gift; returns after its COMMIT. Repeating it is safe; cancelling the wait cancels no gift."""
        return await self.submit_nowait(request)

    def submit_nowait(self, request: GiftRequest) -> "asyncio.Future[GiftEntry]":
        """Like `submit`, answered by a future."""
        if self._stopping or self._task is None or len(self._queue) >= QUEUE_SIZE_MAX:
            raise WriterBusy
        assert_writable(request)
        item = Item(request, self._task.get_loop().create_future())
        self._queue.append(item)
        self._wake.set()
        return item.future

    def withdraw(self, sender_id: UUID, recipient_id: UUID) -> int:
        """Take back what one gives to another and no batch holds yet; how many. Their waiters get Withdrawn."""
        kept: deque[Item] = deque()
        withdrawn: list[Item] = []
        for item in self._queue:
            request = item.request
            is_meant = (request.sender_id, request.recipient_id) == (sender_id, recipient_id)
            (withdrawn if is_meant else kept).append(item)
        self._queue = kept
        for item in withdrawn:
            _answer(item, Withdrawn())
        return len(withdrawn)

    async def _work(self) -> None:
        """While the database works on a batch, the waiters of the one before it get their answers."""
        batch: Sequence[Item] = ()
        while batch or self._queue or not self._stopping:
            if not batch:
                if not self._queue:
                    await self._wait()
                    continue
                batch = self._next_batch()
            self._following = []
            decided = await self._run(batch)
            self._deliver(decided)
            batch = self._following
            if not batch and not self._queue:
                await asyncio.sleep(0)  # the waiters may have more to send

    async def _run(self, items: Sequence[Item]) -> list[tuple[Item, Outcome]]:
        try:
            return await self._committer.run(items, following=self._follow)
        except Exception:
            _log.exception("a batch of gifts failed")
            return [(item, OutcomeUnknown()) for item in items]

    def _follow(self) -> Sequence[Item]:
        """The batch after the one that is being committed; the same one when that must be tried again."""
        self._following = self._following or self._next_batch()
        return self._following

    def _deliver(self, decided: Sequence[tuple[Item, Outcome]]) -> None:
        """Publish what is new, then answer the waiters."""
        entries = [
            outcome
            for _, outcome in decided
            if isinstance(outcome, GiftEntry) and not outcome.duplicate
        ]
        if entries:
            try:
                self._on_commit(entries)
            except Exception:
                _log.exception("publishing committed gifts failed")
        for item, outcome in decided:
            _answer(item, outcome)

    async def _wait(self) -> None:
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), HEARTBEAT_S)
        except TimeoutError:
            await self._committer.beat()

    def _next_batch(self) -> list[Item]:
        """The oldest requests; the same id twice waits for the next batch, where the first one is in the journal."""
        batch: dict[bytes, Item] = {}
        later: list[Item] = []
        while self._queue and len(batch) < self._batch_size_max:
            item = self._queue.popleft()
            if batch.setdefault(item.key, item) is not item:
                later.append(item)
        self._queue.extendleft(reversed(later))
        return list(batch.values())


def _answer(item: Item, outcome: Outcome) -> None:
    if item.future.done():  # its waiter was cancelled; the gift stands
        return
    if isinstance(outcome, BaseException):
        item.future.set_exception(outcome)
    else:
        item.future.set_result(outcome)
