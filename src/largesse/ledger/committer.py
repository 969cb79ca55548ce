"""Runs one batch of gifts to its end: every gift is in the journal, refused, or known from before."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import psycopg
from psycopg import errors as pg

from largesse.db import Database
from largesse.ledger.bars import BarBook, ReadBars
from largesse.ledger.errors import AmountTooLarge, OutcomeUnknown, WriterBusy
from largesse.ledger.lanes import Lease
from largesse.ledger.model import WalletState
from largesse.ledger.pipeline import Answer, Pipeline
from largesse.ledger.plan import Item, Plan
from largesse.ledger.queries import batches, lanes
from largesse.ledger.queries.gifts import stored_gifts
from largesse.ledger.queries.rooms import rooms_of
from largesse.ledger.queries.wallets import wallet_states
from largesse.ledger.refusals import after_spending, room_refusal, wallet_refusal
from largesse.ledger.sealing import Sealed, Taken, seal
from largesse.ledger.work import Ahead, Outcome, Work, duplicate_entry, key_of

Following: TypeAlias = Callable[[], Sequence[Item]]
"""The gifts of the batch after this one, the same at each call; empty: there are none yet."""

ATTEMPTS_MAX = 12
RECONNECTS_MAX = 8
_PAUSE_S = 0.01
_RECONNECT_PAUSE_S = 0.25
_TRANSIENT = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)

_log = logging.getLogger(__name__)


class Committer:
    """Owns a connection and a lane. Not for use by two tasks at once."""

    def __init__(
        self, db: Database, clock: Callable[[], datetime], read_bars: ReadBars | None = None
    ) -> None:
        self._db = db
        self._bars = BarBook(read_bars)
        self._clock = clock
        self._pipe: Pipeline | None = None
        self._ahead: Ahead | None = None
        self.lease = Lease()

    async def open(self) -> None:
        """Connect and take a lane; raises when the database does not answer."""
        await self.lease.secure(await (await self._connected()).plain())

    async def close(self) -> None:
        """Give the lane back and disconnect."""
        if self._pipe is not None:
            with contextlib.suppress(psycopg.Error):
                await self.lease.release(await self._pipe.plain())
        await self._disconnect()

    async def beat(self) -> None:
        """Keep the lane while there is nothing to write."""
        try:
            await self.lease.secure(await (await self._connected()).plain())
        except Exception as error:
            # Whatever it is, the next batch tries again: the writer must not end.
            _log.warning("the gift writer cannot renew its lane: %s", error)
            await self._disconnect()

    async def run(
        self,
        items: Sequence[Item],
        doubts: Sequence[Sealed] = (),
        following: Following = tuple,
    ) -> list[tuple[Item, Outcome]]:
        """Decide every item; the ids in a batch differ. `doubts` may hold some of them already.

        What `following` hands out is begun together with the COMMIT; the next call must be about it.
        """
        work = Work(items, doubts)
        attempts = reconnects = 0
        while work.pending and attempts < ATTEMPTS_MAX and reconnects < RECONNECTS_MAX:
            try:
                await self._attempt(work, following)
                attempts += 1
            except _TRANSIENT:
                attempts += 1
                await self._roll_back()
                await asyncio.sleep(_PAUSE_S * attempts * random.random())  # noqa: S311
            except Exception as error:
                if self._lost(error):
                    reconnects += 1
                    _log.warning("the gift writer lost its connection: %s", error)
                    await self._disconnect()
                    await asyncio.sleep(_RECONNECT_PAUSE_S * (reconnects - 1))
                    continue
                attempts += 1
                await self._roll_back()
                if not self._lane_was_taken(error):
                    return work.outcomes + await self._isolate(work, error)
        self._give_up(work)
        return work.outcomes + await self._answer_stored(work)

    async def _attempt(self, work: Work, following: Following) -> None:
        """One transaction over what is pending; commits, or leaves `work` better informed."""
        pipe = await self._connected()
        ahead = await self._begun(work)
        if ahead is None:
            if await self._landed(pipe, work):
                return
            await self.lease.secure(await pipe.plain())
            ahead = self._take(pipe, Plan(work.pending))
            pipe.go()
        _ = ahead.plan.columns  # while the database works
        taken = await batches.taken(pipe, ahead.plan, ahead.answers)
        if not await self._explain(pipe, work, taken, ahead.at) or not taken.groups:
            await self._roll_back()
            return
        received = batches.receive(pipe, taken.columns)
        head = self.lease.head
        assert head is not None, "a lane is held while a batch is in the air"
        sealed = seal(taken, head, ahead.at)
        if await self._write(pipe, work, sealed, received, following):
            self.lease.advance(sealed.no, sealed.hash)
            work.committed(sealed)

    async def _begun(self, work: Work) -> Ahead | None:
        """The round trip that went ahead, if it is about this work; another one is undone."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or (ahead.decides(work) and not work.doubts):
            return ahead
        await asyncio.wait(ahead.answers)
        await self._roll_back()
        return None

    def _take(self, pipe: Pipeline, plan: Plan) -> Ahead:
        at = self._clock()
        return Ahead(plan, at, batches.take(pipe, plan, at))

    async def _write(
        self, pipe: Pipeline, work: Work, sealed: Sealed, received: Answer, following: Following
    ) -> bool:
        """Write and COMMIT; false: some ids are in the journal already, nothing was written."""
        work.doubts.append(sealed)
        try:
            await self._send(pipe, sealed, received, following)
        except (pg.UniqueViolation, *_TRANSIENT) as error:
            self._ahead = None  # skipped with the COMMIT
            work.doubts.remove(sealed)  # the server answered: it was not committed
            if not batches.names_gift_key(error):
                raise
            await self._roll_back()
            await self._recognise(pipe, work, sealed.items)
            return False
        except BaseException:
            self._ahead = None
            raise
        work.doubts.clear()
        return True

    async def _send(
        self, pipe: Pipeline, sealed: Sealed, received: Answer, following: Following
    ) -> None:
        """The second round trip of a batch, and with it the first of the next; done when the COMMIT is answered."""
        answers = [received, *batches.write(pipe, sealed)]
        items = () if self.lease.due() else following()
        if items:
            self._ahead = self._take(pipe, Plan(items))
        end = pipe.go()
        _ = sealed.entries  # while the database works
        if self._ahead is not None:
            _ = self._ahead.plan.columns
        for answer in answers:
            await answer
        if self._ahead is None:
            await end

    async def _explain(self, pipe: Pipeline, work: Work, taken: Taken, at: datetime) -> bool:
        """Find out why some gifts did not go through; false: the rest must start again without them."""
        unpaid, unseated = taken.unpaid, taken.unseated()
        barred = await self._bars.refusals(pipe, taken)
        if not unpaid and not unseated and not barred:
            return True
        if await self._landed(pipe, work):
            return False
        conn = await pipe.plain()
        suspects = list(dict.fromkeys([*unpaid, *unseated, *barred]))
        stored = await stored_gifts(conn, [key_of(item) for item in suspects])
        rooms = await rooms_of(conn, list({item.request.room_id for item in suspects}))
        wallets = await wallet_states(conn, list({item.request.sender_id for item in unpaid}))
        for item in suspects:
            request = item.request
            if (row := stored.get(key_of(item))) is not None:
                work.recognise(item, row)
            elif (refusal := room_refusal(rooms.get(request.room_id))) is not None:
                work.refuse(item, refusal)
            elif item in barred:
                work.refuse(item, barred[item])
            elif (wallet := wallets.get(request.sender_id)) is not None:
                if (refusal := wallet_refusal(wallet, request.coins, at)) is not None:
                    work.refuse(item, refusal)
                else:
                    wallets[request.sender_id] = after_spending(wallet, request.coins, at)
        if unseated or barred or any(item in work.pending for item in unpaid):
            return False
        batches.vacate(pipe, taken)
        return True

    async def _recognise(self, pipe: Pipeline, work: Work, items: Sequence[Item]) -> None:
        """Some of these ids are in the journal already: answer them from their rows."""
        if await self._landed(pipe, work):
            return
        stored = await stored_gifts(await pipe.plain(), [key_of(item) for item in items])
        for item in items:
            if (row := stored.get(key_of(item))) is not None:
                work.recognise(item, row)

    async def _landed(self, pipe: Pipeline, work: Work) -> bool:
        """Whether a batch in doubt was committed after all; then its gifts are answered."""
        for sealed in work.doubts:
            if await lanes.stored_hash(await pipe.plain(), sealed.lane, sealed.no) == sealed.hash:
                work.doubts.clear()
                work.committed(sealed)
                return True
        return False

    def _lost(self, error: Exception) -> bool:
        """The connection is gone: by its error, or by the server's last word (a transaction idle too long)."""
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return True
        return self._pipe is not None and self._pipe.lost

    def _lane_was_taken(self, error: Exception) -> bool:
        """Our number in the lane is used: by another writer, or by our own batch whose COMMIT went unanswered."""
        if not isinstance(error, pg.UniqueViolation) or error.diag.constraint_name != "batch_pkey":
            return False
        _log.warning("the lane was extended by somebody else")
        self.lease.mistrust()
        return True

    async def _isolate(self, work: Work, error: Exception) -> list[tuple[Item, Outcome]]:
        """Something in the batch cannot be written: halve it until the culprit is alone."""
        items = list(work.pending)
        if len(items) == 1:
            too_large = isinstance(error, pg.NumericValueOutOfRange)
            outcome = AmountTooLarge() if too_large else error
            return [(items[0], outcome), *await self._answer_stored(work)]
        middle = len(items) // 2
        first = await self.run(items[:middle], work.doubts)
        second = await self.run(items[middle:], work.doubts)
        return first + second + await self._answer_stored(work)

    def _give_up(self, work: Work) -> None:
        unanswered = {item for sealed in work.doubts for item in sealed.items}
        for item in list(work.pending):
            work.refuse(item, OutcomeUnknown() if item in unanswered else WriterBusy())

    async def _answer_stored(self, work: Work) -> list[tuple[Item, Outcome]]:
        """Duplicates are answered with their row and the sender's present wallet."""
        if not work.stored:
            return []
        try:
            senders = list({row.sender_id for _, row in work.stored})
            wallets = await self._wallets(senders)
        except psycopg.Error:
            await self._disconnect()
            return [(item, OutcomeUnknown()) for item, _ in work.stored]
        return [(item, duplicate_entry(item, row, wallets)) for item, row in work.stored]

    async def _wallets(self, senders: Sequence[UUID]) -> dict[UUID, WalletState]:
        """Read aside: the connection may be busy with the next batch."""
        async with self._db.read() as conn:
            return await wallet_states(conn, senders)

    async def _connected(self) -> Pipeline:
        if self._pipe is None:
            self._pipe = await batches.open_session(await self._db.connect())
            if self.lease.head is not None:
                await self.lease.refresh(await self._pipe.plain())
        return self._pipe

    async def _roll_back(self) -> None:
        if self._pipe is not None:
            try:
                await batches.roll_back(self._pipe)
            except psycopg.Error:
                await self._disconnect()

    async def _disconnect(self) -> None:
        pipe, self._pipe, self._ahead = self._pipe, None, None
        self._bars.forget()
        if pipe is not None:
            with contextlib.suppress(psycopg.Error):
                await pipe.close()
