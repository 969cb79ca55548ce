"""The plain way: a server of the `websockets` library that broadcasts each gift to its room. No journal, no rules.

Prints its port. `BENCH_FRAME` is the text of a frame, with `%s` for the gift's id.
"""

import asyncio
import json
import os
from collections import defaultdict

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    """Serve until terminated."""
    frame = os.environ["BENCH_FRAME"]
    rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)

    async def run(connection: ServerConnection) -> None:
        assert connection.request is not None
        room = rooms[connection.request.path]
        await connection.send("ready")
        room.add(connection)
        try:
            async for message in connection:
                broadcast(room, frame.replace("%s", json.loads(message)["id"]))
        finally:
            room.discard(connection)

    async with serve(run, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main())
