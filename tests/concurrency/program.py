"""A gift writer in a process of its own: `python -m tests.concurrency.program URL BATCH_SIZE`.

Each line of its input is a gift, each line of its output what became of one. It stops when its input ends.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from largesse import ledger
from largesse.db import Database
from largesse.errors import AppError

_LINE_BYTES_MAX = 1 << 16
_REQUEST = TypeAdapter(ledger.GiftRequest)


def encode(number: int, request: ledger.GiftRequest) -> bytes:
    """One line of input; `number` comes back with the answer."""
    return json.dumps({"number": number, "gift": asdict(request)}, default=str).encode() + b"\n"


async def answer(writer: ledger.GiftWriter, line: bytes) -> None:
    order = json.loads(line)
    try:
        entry = await writer.submit(_REQUEST.validate_python(order["gift"]))
    except AppError as error:
        told: dict[str, Any] = {"code": error.code}
    else:
        told = {
            "seq": entry.seq,
            "lane": entry.lane,
            "batch_no": entry.batch_no,
            "duplicate": entry.duplicate,
        }
    print(json.dumps({"number": order["number"], **told}), flush=True)


async def serve(url: str, batch_size_max: int) -> None:
    db = Database(url, size_max=2)
    await db.open()
    writer = ledger.GiftWriter(db, batch_size_max=batch_size_max, on_commit=lambda entries: None)
    await writer.start()
    print("{}", flush=True)  # ready
    reader = asyncio.StreamReader(limit=_LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as answers:
        while line := await reader.readline():
            answers.create_task(answer(writer, line))
    await writer.stop()
    await db.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
