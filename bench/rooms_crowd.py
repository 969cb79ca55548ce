"""The crowd of a room: a process of its own with many sockets that counts what arrives, as cheaply as it can.

It gets its plan as one line of JSON, answers once everybody is in a room, and then answers each further line with its
counts so far. It looks at its sockets in rounds rather than at once, so that the machine's time goes to the server.
"""

import io
import json
import select
import socket
import sys
import time
from typing import Any

from bench.rooms_dialects import (
    CLOSE,
    DIALECTS,
    EVENT_MARK,
    LONG,
    PING,
    PONG,
    VERY_LONG,
    Dialect,
    client_frame,
)

_ROOM = 256
"""Bytes kept free before what is read: what the last read left goes there."""
_BUFFER = bytearray(_ROOM + (1 << 20))
_VIEW = memoryview(_BUFFER)
_TAIL = len(EVENT_MARK) - 1
_TEXT_FRAME = 0x81
_CONTROL_MAX = 2 + 125


class Watcher:
    """One socket that only reads."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.frames = 0
        self.events = 0
        self.bytes = 0
        self._skip = 0
        """Bytes of the current frame that are still to come."""
        self._rest = 0
        """Bytes at the end of `_tail` that are the start of a frame."""
        self._tail = b""

    def read(self) -> bool:
        """Count what has arrived; false: the server closed the connection."""
        try:
            count = self.socket.recv_into(_VIEW[_ROOM:])
        except BlockingIOError:
            return True
        if not count:
            return False
        return self.take(count)

    def take(self, count: int) -> bool:
        """Count so many bytes, which are in the buffer; false: a frame among them closes."""
        tail, end = self._tail, _ROOM + count
        _BUFFER[_ROOM - len(tail) : _ROOM] = tail
        self.bytes += count
        self.events += _BUFFER.count(EVENT_MARK, _ROOM - min(len(tail), _TAIL), end)
        at = _ROOM - self._rest + self._skip
        while at < end:
            size = _frame_bytes(at, end)
            first = _BUFFER[at]
            if size < 0 or (first != _TEXT_FRAME and at + size > end):
                break  # a head, or a control frame, that is not here whole
            if first == _TEXT_FRAME:
                self.frames += 1
            elif first & 15 == CLOSE:
                return False
            elif first & 15 == PING:
                payload = bytes(_VIEW[at + 2 : at + size])
                self.socket.send(client_frame(payload, PONG))
            at += size
        self._rest = max(0, end - at)
        self._skip = max(0, at - end)
        self._tail = bytes(_VIEW[max(end - max(_TAIL, self._rest), _ROOM - len(tail)) : end])
        return True


def _frame_bytes(at: int, end: int) -> int:
    """The size of the frame that begins here; -1 when its head is not here whole."""
    if end - at < 2:
        return -1
    length = _BUFFER[at + 1]
    if length < LONG:
        return 2 + length
    head = 10 if length == VERY_LONG else 4
    if end - at < head:
        return -1
    return head + int.from_bytes(_VIEW[at + 2 : at + head])


def connect(port: int, dialect: Dialect, token: str, room: str) -> Watcher:
    """Open a socket and wait until it is in its room."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=60)
    sock.sendall(dialect.upgrade(room, port))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = sock.recv(1)  # not a byte of the first frame
        if not part:
            raise ConnectionError(f"refused: {head!r}")
        head += part
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(f"refused: {head!r}")
    sock.sendall(dialect.greeting(token))
    watcher = Watcher(sock)
    seen = b""
    while dialect.ready not in seen:
        count = sock.recv_into(_VIEW[_ROOM:])
        if not count:
            raise ConnectionError(f"not let in: {seen[-500:]!r}")
        seen += _VIEW[_ROOM : _ROOM + count]
        watcher.take(count)
    sock.setblocking(False)
    return watcher


class Crowd:
    """All sockets, and what they have got."""

    def __init__(self, plan: dict[str, Any]) -> None:
        dialect = DIALECTS[plan["dialect"]]
        self._pause_s: float = plan["pause_s"]
        self._closed = 0
        self._poll = select.epoll()
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)
        self._watchers = {}
        for token, room in plan["seats"]:
            watcher = connect(plan["port"], dialect, token, room)
            self._watchers[watcher.socket.fileno()] = watcher
            self._poll.register(watcher.socket.fileno(), select.EPOLLIN)

    def run(self) -> None:
        """Read until standard input ends."""
        asked = sys.stdin.fileno()
        while True:
            for number, _ in self._poll.poll(maxevents=len(self._watchers) + 1):
                if number == asked:
                    if not _line():
                        return
                    print(json.dumps(self.counts()), flush=True)
                elif not self._watchers[number].read():
                    self._poll.unregister(number)
                    self._closed += 1
            if self._pause_s:
                time.sleep(self._pause_s)

    def counts(self) -> dict[str, float]:
        """So far, of all sockets together."""
        watchers = self._watchers.values()
        events = [watcher.events for watcher in watchers]
        return {
            "at_s": time.perf_counter(),
            "cpu_s": time.process_time(),
            "frames": sum(watcher.frames for watcher in watchers),
            "events": sum(events),
            "events_least": min(events),
            "events_most": max(events),
            "bytes": sum(watcher.bytes for watcher in watchers),
            "closed": self._closed,
        }


def _line() -> bytes:
    """The next line, and nothing after it: what waits in standard input must show as readable."""
    raw: io.RawIOBase = sys.stdin.buffer.raw  # type: ignore[union-attr]
    return raw.readline()


def main() -> None:
    """Read the plan, connect, answer, count."""
    plan = json.loads(_line())
    crowd = Crowd(plan)
    print(json.dumps({"ready": len(plan["seats"])}), flush=True)
    crowd.run()


if __name__ == "__main__":
    main()
