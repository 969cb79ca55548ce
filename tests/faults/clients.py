"""The two ways to give a gift, as a client sees them: each attempt ends with an answer, or with not knowing."""

import asyncio
import contextlib
import json
from typing import Any
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.asking import TRUSTS_NOBODY
from tests.faults.tally import ASK_AGAIN, REFUSALS, Answer, Tally, Wish

ATTEMPT_TIMEOUT_S = 6.0
UNKNOWN = Answer(definite=False)


def _judged(tally: Tally, code: str, where: str) -> Answer:
    """A code as an answer; one that should not come up is noted, and asked about again."""
    if code in REFUSALS:
        return Answer(code=code)
    if code not in ASK_AGAIN:
        tally.surprise(f"{where} answered {code}")
    return UNKNOWN


def _acknowledged(told: dict[str, Any]) -> Answer:
    return Answer(seq=told["seq"], coins=told["coins"], milli_diamonds=told["milli_diamonds"])


class HttpClient:
    """Gives gifts by POST at one server."""

    def __init__(self, base_url: str, tally: Tally) -> None:
        self._tally = tally
        self.http = httpx.AsyncClient(
            base_url=f"{base_url}/v1", timeout=ATTEMPT_TIMEOUT_S, verify=TRUSTS_NOBODY
        )

    async def give(self, wish: Wish) -> Answer:
        body = {"id": str(wish.id), "gift": wish.gift, "count": wish.count}
        path = f"/streams/{wish.stream_id}/gifts"
        status, told = await self.ask("POST", path, wish.token, body)
        if status in (200, 201):
            return _acknowledged(told)
        return UNKNOWN if status == 0 else _judged(self._tally, told["code"], f"POST {status}")

    async def ask(
        self, method: str, path: str, token: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 when there was no answer."""
        headers["Authorization"] = f"Bearer {token}"
        try:
            answer = await self.http.request(method, path, json=body, headers=headers)
            return answer.status_code, answer.json()
        except httpx.TransportError:
            return 0, {}
        except ValueError:
            return answer.status_code, {"code": f"no JSON: {answer.text[:80]}"}

    async def close(self) -> None:
        await self.http.aclose()


class SocketClient:
    """Gives gifts of one viewer in one stream over a socket, which it opens again when it is gone."""

    def __init__(self, base_url: str, stream_id: UUID, token: str, tally: Tally) -> None:
        self._url = f"{base_url.replace('http', 'ws', 1)}/v1/streams/{stream_id}/socket"
        self._token = token
        self._tally = tally
        self._connection: ClientConnection | None = None
        self._waiting: dict[UUID, asyncio.Future[Answer]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def give(self, wish: Wish) -> Answer:
        message = {"op": "gift", "id": str(wish.id), "gift": wish.gift, "count": wish.count}
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT_S):
                connection = await self._connected()
                future = asyncio.get_running_loop().create_future()
                future = self._waiting.setdefault(wish.id, future)
                await connection.send(json.dumps(message))
                return await asyncio.shield(future)
        except (TimeoutError, OSError, WebSocketException):
            return UNKNOWN
        finally:
            self._waiting.pop(wish.id, None)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.transport.abort()
        if self._reading is not None:
            await self._reading

    async def _connected(self) -> ClientConnection:
        async with self._opening:
            if self._connection is None:
                connection = await connect(
                    self._url, open_timeout=None, close_timeout=1, compression=None
                )
                await connection.send(json.dumps({"op": "join", "token": self._token}))
                self._connection = connection
                self._reading = asyncio.create_task(self._read(connection))
            return self._connection

    async def _read(self, connection: ClientConnection) -> None:
        with contextlib.suppress(OSError, WebSocketException):
            async for text in connection:
                told = json.loads(text)
                if told["op"] in ("ack", "error"):
                    self._hear(told)
        self._connection = None
        connection.transport.abort()
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_result(UNKNOWN)

    def _hear(self, told: dict[str, Any]) -> None:
        code = told.get("code")
        answer = _judged(self._tally, code, "a socket") if code else _acknowledged(told)
        if told["id"] is None:
            return
        future = self._waiting.pop(UUID(told["id"]), None)
        if future is not None and not future.done():
            future.set_result(answer)
