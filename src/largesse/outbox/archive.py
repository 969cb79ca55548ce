"""The archive: a month of gifts is exported, the export verified, and its tables taken off, oldest month first.

What the journal still needs stays as sums (`archived_*`): `largesse ledger check` goes on proving every balance, the
chain of hashes and the numbers of the rooms; the export proves the rows that left. Statements and rankings stay as they
were.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from largesse import ledger
from largesse.db import Connection, Database, ReadConnection, past_deadlocks
from largesse.outbox.errors import Archived, ArchiveRefused
from largesse.outbox.queries import archive as queries
from largesse.outbox.rollups import FOLLOWERS, catch_up
from largesse.types import now

AGE_MIN_MONTHS = 3
"""How many months must lie between a month and the present one."""
EVENTS_FILE = "room_events.csv.gz"
MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    month: date
    gifts: int
    """In the export: batches at the month's ends bring some of its neighbours along."""
    room_events: int


@dataclass(frozen=True, slots=True)
class MonthReader:
    """Whoever adds up gifts of any age, and keeps what they come to only now and then."""

    read: Callable[[Database, date], Awaitable[None]]
    """Keep what the gifts of a month (its first day) come to."""
    needs: Callable[[ReadConnection, date], Awaitable[str | None]]
    """Why its gifts are still needed; None: they are not."""


async def archive_month(
    db: Database,
    month: date,
    folder: Path,
    *,
    readers: Sequence[MonthReader],
    age_min_months: int = AGE_MIN_MONTHS,
    keep: bool = False,
    texts: bool = False,
    at: datetime | None = None,
) -> ArchivedMonth:
    """Export a month (any day of it) into a new folder, verify the export, and let the month's rows go.

    `readers`: those above this module, who read the month first.
    `keep`: its tables stay, detached, as archived_gift_2025_01. `texts`: the export holds what people said, too, where
    erasing a person does not reach. Raises ArchiveRefused while something still needs the
    rows, FolderNotEmpty; nothing was let go then, though the folder may be written.
    """
    month = month.replace(day=1)
    await catch_up(db)
    for reader in readers:
        await reader.read(db, month)
    async with db.read() as conn:
        await _assert_may_leave(conn, month, age_min_months, at or now())
        manifest = await ledger.export(conn, folder, months=[month], texts=texts)
        events = await _export_events(conn, month, folder, texts=texts)
    report = await asyncio.to_thread(ledger.verify_dir, folder)
    if not report.ok:
        raise ArchiveRefused(f"The export in {folder} does not verify: {report.faults[0]}.")
    ends = {lane.lane: lane.last_no for lane in manifest.lanes}
    digest = sha256((folder / MANIFEST_FILE).read_bytes()).digest()

    async def let_go() -> None:
        async with db.transaction() as conn:
            await queries.lock_month(conn, month)
            await _assert_may_leave(conn, month, age_min_months, at or now())
            await _assert_exported(conn, month, ends, events)
            await _assert_read(conn, month, readers)
            await queries.keep_sums(conn, month)
            await queries.insert_month(conn, month, manifest=digest, ends=ends, at=at or now())
            await queries.take_off(conn, month, keep=keep)

    await past_deadlocks(let_go)
    return ArchivedMonth(month, sum(lane.gifts for lane in manifest.lanes), events)


async def refuse_archived(conn: ReadConnection, id: UUID) -> None:
    """Raise Archived when the row with this id, which is not here, would lie in an archived month."""
    within = ledger.created_within(id)
    if within is None:
        return
    made_at = within[0] + (within[1] - within[0]) / 2
    month = made_at.astimezone(UTC).date().replace(day=1)
    if await queries.is_archived(conn, month):
        raise Archived(month=f"{month:%Y-%m}")


async def _assert_may_leave(
    conn: ReadConnection, month: date, age_min_months: int, at: datetime
) -> None:
    """Raise ArchiveRefused while something still needs the month's rows."""
    name = f"{month:%Y-%m}"
    there = await queries.months_there(conn)
    if await queries.is_archived(conn, month):
        raise ArchiveRefused(f"{name} is archived already.")
    if month not in there:
        raise ArchiveRefused(f"There is no table of {name}.")
    if _months_between(month, at.astimezone(UTC).date()) <= age_min_months:
        raise ArchiveRefused(f"{name} is not older than {age_min_months} months.")
    for earlier in there:
        if earlier < month and await queries.has_gifts(conn, earlier):
            raise ArchiveRefused(f"{earlier:%Y-%m} comes first: months leave from old to new.")
    pending = await queries.pending_gift(conn, month)
    if pending is not None:
        raise ArchiveRefused(
            f"Diamonds of {name} are still pending: recipient {pending[0]}, due on {pending[1]}."
        )
    unclosed = await queries.unclosed_day(conn, month)
    if unclosed is not None:
        raise ArchiveRefused(f"{unclosed} is not closed: run `largesse finance close`.")
    unread = await queries.unread_lane(conn, month, [follower.name for follower in FOLLOWERS])
    if unread is not None:
        raise ArchiveRefused(
            f"Follower {unread[0]} has not read all of {name} in lane {unread[1]}."
        )


async def _assert_exported(
    conn: Connection, month: date, ends: Mapping[int, int], events: int
) -> None:
    """Raise ArchiveRefused when rows came in after the export's snapshot."""
    outside = await queries.gift_outside(conn, month, ends)
    if outside is not None or await queries.events_there(conn, month) != events:
        raise ArchiveRefused(f"Rows of {month:%Y-%m} came in meanwhile: try again.")


async def _assert_read(conn: ReadConnection, month: date, readers: Sequence[MonthReader]) -> None:
    """Raise ArchiveRefused while a reader needs the month's rows."""
    for reader in readers:
        reason = await reader.needs(conn, month)
        if reason is not None:
            raise ArchiveRefused(f"{month:%Y-%m} is still read: {reason}")


async def _export_events(conn: ReadConnection, month: date, folder: Path, *, texts: bool) -> int:
    """Write the room events that are no gifts as CSV; answers how many."""
    with gzip.open(folder / EVENTS_FILE, "wb") as stream:
        async with (
            conn.cursor() as cursor,
            cursor.copy(queries.copy_events(month, texts=texts)) as copy,
        ):
            async for block in copy:
                stream.write(block)
    return await queries.events_there(conn, month)


def _months_between(month: date, today: date) -> int:
    return (today.year - month.year) * 12 + today.month - month.month
