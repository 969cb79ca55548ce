"""Prepared statements over one connection's pipeline: sent together, answered one by one as each answer comes.

psycopg's own pipeline answers when everything is done, and waits once for each statement. Here the COMMIT of one
batch is answered while the server works on the next one. Built on `psycopg.pq`, its documented layer over libpq.
"""

import asyncio
import select
from asyncio import Future
from collections import deque
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

from largesse.db import Connection

Answer = Future[PGresult]


class Pipeline:
    """Sends and reads without ever waiting for the other. One user at a time; `plain` gives the connection back."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._pg = conn.pgconn
        self._socket = conn.fileno()  # the connection forgets it when it is lost
        self._broken = select.poll()  # tells at once of a lost connection, and of nothing else
        self._broken.register(self._socket, 0)
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Answer] = deque()
        self._end: Answer | None = None
        self._result: PGresult | None = None
        self._reading = self._writing = self._piping = False

    def send(self, name: bytes, params: Sequence[bytes | None]) -> Answer:
        """Run a prepared statement; parameters and rows are binary. Sent by `go`."""
        self._enter()
        formats = [Format.BINARY] * len(params)
        self._pg.send_query_prepared(name, params, formats, Format.BINARY)
        return self._expect()

    def command(self, sql: bytes) -> Answer:
        """Run a statement without parameters. Sent by `go`."""
        self._enter()
        self._pg.send_query_params(sql, None)
        return self._expect()

    def answer_soon(self) -> None:
        """Have the server answer what it was sent so far without waiting for the rest."""
        self._pg.send_flush_request()

    def go(self) -> Answer:
        """End the group and send it; answered when all of it is. After a failure the rest of the group is skipped."""
        self._pg.pipeline_sync()
        self._end = end = self._expect()
        self.push()
        return end

    def push(self) -> None:
        """Send what there is: the server begins while the rest of the group is made."""
        if not self._reading:
            self._loop.add_reader(self._socket, self._read)
            self._reading = True
        self._flush()

    async def plain(self) -> Connection:
        """The connection, for statements that are awaited, once nothing is on its way."""
        if self._waiting and self._waiting[-1] is not self._end:
            self.go()  # a group that was left half sent
        if self._waiting and self._end is not None:
            await asyncio.wait([self._end])
        if self._piping:
            self._pg.exit_pipeline_mode()
            self._piping = False
        return self._conn

    def rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        transformer = Transformer.from_context(self._conn)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    @property
    def lost(self) -> bool:
        """The connection is gone."""
        return self._pg.status == ConnStatus.BAD

    async def close(self) -> None:
        """Disconnect; what is on its way stays unanswered for ever."""
        self._fail(errors.OperationalError("the connection was closed"))
        await self._conn.close()

    def _enter(self) -> None:
        if not self._piping:
            self._pg.enter_pipeline_mode()
            self._piping = True

    def _expect(self) -> Answer:
        answer: Answer = self._loop.create_future()
        answer.add_done_callback(_look)
        self._waiting.append(answer)
        return answer

    def _flush(self) -> None:
        try:
            unsent = self._pg.flush()
        except psycopg.Error as error:
            self._fail(error)
            return
        if unsent and not self._writing:
            self._loop.add_writer(self._socket, self._flush)
        elif self._writing and not unsent:
            self._loop.remove_writer(self._socket)
        self._writing = bool(unsent)

    def _read(self) -> None:
        try:
            self._receive()
            # uvloop looks no more at a socket with an error, though there may have been something to read before it.
            while self._waiting and self._broken.poll(0):
                self._receive()
        except psycopg.Error as error:
            self._fail(error)
        if not self._waiting:
            self._unwatch()

    def _receive(self) -> None:
        self._pg.consume_input()
        while self._waiting and not self._pg.is_busy():
            self._take(self._pg.get_result())

    def _take(self, result: PGresult | None) -> None:
        """A statement's result, then none; the end of a group has no such none after it."""
        if result is not None and result.status != ExecStatus.PIPELINE_SYNC:
            self._result = result
            return
        answer = self._waiting.popleft()
        result, self._result = result or self._result, None
        if answer.done():
            return
        if result is None:
            answer.set_exception(errors.OperationalError("the server did not answer"))
        elif result.status == ExecStatus.FATAL_ERROR:
            answer.set_exception(errors.error_from_result(result))
        elif result.status == ExecStatus.PIPELINE_ABORTED:
            answer.set_exception(errors.OperationalError("a statement before it failed"))
        else:
            answer.set_result(result)

    def _fail(self, error: psycopg.Error) -> None:
        self._unwatch()
        while self._waiting:
            answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(error)

    def _unwatch(self) -> None:
        if self._reading:
            self._loop.remove_reader(self._socket)
        if self._writing:
            self._loop.remove_writer(self._socket)
        self._reading = self._writing = False


def _look(answer: Answer) -> None:
    """Of a failed group only the first failure is asked for; the others are not worth a warning."""
    if not answer.cancelled():
        answer.exception()
