"""A PostgreSQL of the benchmark's own, durable as in production, with people and rooms in it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from largesse import ledger
from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.migrate import migrate
from largesse.types import new_id, now

COINS_EACH = 1_000_000
SENDER_ID_FIRST = UUID("019a0000-0000-7000-8000-000000000000")
ROOM_ID_FIRST = UUID("019a0000-0000-7000-9000-000000000000")


@dataclass(frozen=True, slots=True)
class Stage:
    """Who sends, and the rooms they send in: `(room, its creator)`."""

    db: Database
    senders: list[UUID]
    rooms: list[tuple[UUID, UUID]]
    share: ledger.Share


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh database, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="largesse-bench-"))
    folder.chmod(0o755)  # under root PostgreSQL runs as somebody else
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        migrate(server.url)
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder)


@asynccontextmanager
async def stage(url: str, *, senders: int, rooms: int) -> AsyncIterator[Stage]:
    """Viewers with coins, and open rooms that take gifts."""
    db = Database(url, size_max=4)
    await db.open()
    people = [UUID(int=SENDER_ID_FIRST.int + number) for number in range(1, senders + 1)]
    places = [(UUID(int=ROOM_ID_FIRST.int + number), new_id()) for number in range(1, rooms + 1)]
    async with db.transaction() as conn:
        await ledger.load_defaults(conn)
        share = await ledger.current_share(conn, now())
        for room, creator in places:
            await ledger.open_room(conn, room, creator, True)
        for person in people:
            await ledger.credit_top_up(conn, top_up(person))
    yield Stage(db, people, places, share)
    await db.close()


def top_up(person: UUID) -> ledger.TopUp:
    """Coins that last for a whole benchmark."""
    return ledger.TopUp(
        owner_id=person,
        order_id=new_id(),
        coins=COINS_EACH,
        coins_bonus=0,
        currency="USD",
        gross_minor=COINS_EACH,
        tax_minor=0,
        fee_minor=0,
        provider="sandbox",
        channel="web",
        hold_days=7,
    )
