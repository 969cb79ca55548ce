"""One socket of the soak's crowd: reads everything, keeps little."""

import asyncio
import contextlib
import json
from collections import Counter, deque
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

_SAID = frozenset({"gift", "chat", "paid_message", "cheer"})


class Client:
    """A viewer's, a creator's or an overlay's."""

    def __init__(self, connection: ClientConnection, refused: Counter[str]) -> None:
        self._connection = connection
        self._refused = refused
        self._seated = asyncio.Event()
        self._events: deque[dict[str, Any]] = deque(maxlen=50)
        self.leaves_rudely = False
        """Without a goodbye: the connection is cut."""

    async def send(self, **message: Any) -> None:
        """Nothing where the connection is gone."""
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(json.dumps(message))

    async def seated(self) -> None:
        """The server said where we are, or that we are nowhere."""
        await self._seated.wait()

    def take_event(self) -> dict[str, Any] | None:
        """The newest thing somebody said or gave under his name that was not taken before."""
        return self._events.pop() if self._events else None

    async def read(self) -> None:
        """Until the connection ends."""
        with contextlib.suppress(ConnectionClosed):
            async for text in self._connection:
                frame = json.loads(text)
                if frame["op"] == "error":
                    self._refused[frame["code"]] += 1
                elif frame["op"] == "frame":
                    self._events += (event for event in frame["events"] if event["type"] in _SAID)
                elif frame["op"] in ("snapshot", "settings"):
                    self._seated.set()
        self._seated.set()
