"""Exports the journal: from one snapshot, block by block, while the block before is packed in a thread."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from importlib.metadata import version
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from largesse.db import ReadConnection
from largesse.errors import Conflict
from largesse.ledger import chain
from largesse.ledger.partitions import month_bounds, month_start, next_month
from largesse.ledger.proof import layout
from largesse.ledger.proof.layout import Sealed, lane_file
from largesse.ledger.proof.manifest import (
    MANIFEST,
    SUMS,
    LaneEntry,
    Manifest,
    manifest_text,
    sums_text,
)
from largesse.ledger.queries import exports as queries

_BLOCK_ROWS = 4_000
_BLOCK_BATCHES = 1_000
_BLOCKS_UNDER_WAY = 2

Row = tuple[Any, ...]
Range = tuple[int, int]
OnProgress = Callable[[int, int], None]
"""Called with the rows written so far, and all of them."""


class FolderNotEmpty(Conflict):
    """The folder of an export must be new or empty."""

    code = "folder_not_empty"


async def export(
    conn: ReadConnection,
    folder: Path,
    *,
    months: Sequence[date] | None = None,
    after: Mapping[int, int] | None = None,
    texts: bool = True,
    on_progress: OnProgress | None = None,
) -> Manifest:
    """Write the journal of one snapshot (`db.read()`) into a new folder; answers with its manifest.

    `months` (any day of each): of every lane only the batches made in these months or holding gifts of their
    partitions, from the first to the last one. `after`: by lane, the last batch that an earlier export has (None: what
    the exports of archived months have); lanes start behind it. Without `texts` the messages of gifts are missing, as
    if they had been erased. What is written appears under its name when it is complete. Raises FolderNotEmpty.
    """
    refuse_full(folder)
    wanted = None if months is None else sorted({month_start(month) for month in months})
    if after is None:
        after = await queries.archived_ends(conn)
    ranges = _behind(await _ranges(conn, wanted), after)
    total = sum([await queries.rows_in(conn, lane, *ranges[lane]) for lane in ranges])
    done = 0

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        if on_progress is not None:
            on_progress(done, total)

    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        files = await _write_lanes(conn, partial, ranges, texts, told)
        manifest = Manifest(
            created_at=layout.moment(chain.microseconds(await queries.snapshot_time(conn))),
            software=f"largesse {version('largesse')}",
            months=None if wanted is None else [f"{month:%Y-%m}" for month in wanted],
            lanes=[file.entry() for file in files],
        )
        await asyncio.to_thread(_finish, partial, folder, manifest, files)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def refuse_full(folder: Path) -> None:
    """Raise FolderNotEmpty unless an export can be written there."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderNotEmpty(f"{folder} is a file; name a new folder.")
    if (folder / MANIFEST).exists():
        raise FolderNotEmpty(f"{folder} holds an export already; name a new folder, or remove it.")
    if any(folder.iterdir()):
        raise FolderNotEmpty(f"{folder} is not empty; name a new folder.")


async def _ranges(conn: ReadConnection, months: Sequence[date] | None) -> dict[int, Range]:
    """The first and last batch of every lane that is wanted."""
    if months is None:
        return await queries.lane_ranges(conn)
    found: dict[int, Range] = {}
    for month in months:
        since, until = _midnight(month), _midnight(next_month(month))
        ranges = await queries.ranges_between(conn, since, until, *month_bounds(month))
        for lane, (first, last) in ranges.items():
            first_found, last_found = found.get(lane, (first, last))
            found[lane] = (min(first, first_found), max(last, last_found))
    return found


def _behind(ranges: Mapping[int, Range], after: Mapping[int, int]) -> dict[int, Range]:
    """What is left of the ranges behind these batches."""
    cut = {
        lane: (max(first, after.get(lane, 0) + 1), last) for lane, (first, last) in ranges.items()
    }
    return {lane: (first, last) for lane, (first, last) in cut.items() if first <= last}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(slots=True)
class _LaneFile:
    """A lane's file while it is written."""

    lane: int
    stream: BinaryIO
    first: Sealed | None = None
    last: Sealed | None = None
    batches: int = 0
    gifts: int = 0
    transfers: int = 0
    digest: Any = field(default_factory=sha256)

    def pack(self, block: "_Block") -> None:
        """Write a block; blocks come in the order of the chain."""
        self.first, self.last = self.first or block.batches[0], block.batches[-1]
        self.batches += len(block.batches)
        self.gifts += block.gifts
        self.transfers += block.transfers
        data = layout.block(block.text)
        self.digest.update(data)
        self.stream.write(data)

    def entry(self) -> LaneEntry:
        """What the manifest says of the lane."""
        assert self.first is not None, "a lane's range starts and ends with a batch"
        assert self.last is not None, "a lane's range starts and ends with a batch"
        return LaneEntry(
            lane=self.lane,
            first_no=self.first.no,
            prev_hash=self.first.prev_hash,
            last_no=self.last.no,
            last_hash=self.last.hash,
            last_time=self.last.time,
            batches=self.batches,
            gifts=self.gifts,
            transfers=self.transfers,
        )


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole batches and their lines."""

    batches: Sequence[Sealed]
    gifts: int
    transfers: int
    text: bytes


def _sealed(batches: Sequence[Row], gifts: Sequence[Row], transfers: Sequence[Row]) -> _Block:
    """The batches with the leaves of their rows, as lines."""
    gifts_of, transfers_of = _by_batch(gifts), _by_batch(transfers)
    sealed: list[Sealed] = []
    lines: list[str] = []
    for no, time_, gift_count, transfer_count, prev_hash, hash in batches:
        mine, others = gifts_of.get(no, ()), transfers_of.get(no, ())
        leaves = [chain.gift_leaf(*row[1:18]) for row in mine]
        leaves += [chain.transfer_leaf(*row[1:]) for row in others]
        batch = Sealed(no, time_, gift_count, transfer_count, prev_hash, hash, b"".join(leaves))
        sealed.append(batch)
        lines.append(layout.batch_line(batch))
        lines += [layout.gift_line(*row[1:]) for row in mine]
        lines += [layout.transfer_line(*row[1:]) for row in others]
    return _Block(sealed, len(gifts), len(transfers), "".join(lines).encode())


def _by_batch(rows: Sequence[Row]) -> dict[int, list[Row]]:
    return {no: list(group) for no, group in groupby(rows, key=itemgetter(0))}


async def _write_lanes(
    conn: ReadConnection,
    partial: Path,
    ranges: Mapping[int, Range],
    texts: bool,
    told: Callable[[int], None],
) -> list[_LaneFile]:
    files: list[_LaneFile] = []
    for lane in sorted(ranges):
        with (partial / lane_file(lane)).open("wb") as stream:
            files.append(_LaneFile(lane, stream))
            await _write_lane(conn, files[-1], ranges[lane], texts, told)
            await asyncio.to_thread(_flush, stream)
    return files


async def _write_lane(
    conn: ReadConnection, file: _LaneFile, span: Range, texts: bool, told: Callable[[int], None]
) -> None:
    """Read a block while the one before it is sealed and the one before that is packed."""
    under_way: list[asyncio.Task[None]] = []
    try:
        async for batches in _blocks(conn, file.lane, *span):
            first, last = batches[0][0], batches[-1][0]
            gifts = await queries.gifts(conn, file.lane, first, last, texts=texts)
            transfers = await queries.transfers(conn, file.lane, first, last)
            if len(under_way) == _BLOCKS_UNDER_WAY:
                await under_way.pop(0)
            sealing = asyncio.to_thread(_sealed, batches, gifts, transfers)
            before = under_way[-1] if under_way else None
            under_way.append(asyncio.create_task(_write_block(file, sealing, before)))
            told(len(gifts) + len(transfers))
        await asyncio.gather(*under_way)
    finally:
        await asyncio.gather(*under_way, return_exceptions=True)


async def _write_block(
    file: _LaneFile, sealing: Awaitable[_Block], before: asyncio.Task[None] | None
) -> None:
    block = await sealing
    if before is not None:
        await before
    await asyncio.to_thread(file.pack, block)


async def _blocks(
    conn: ReadConnection, lane: int, first: int, last: int
) -> AsyncIterator[Sequence[Row]]:
    """The batches of a lane in blocks of some thousand rows."""
    while found := await queries.batches(conn, lane, first, last, _BLOCK_BATCHES):
        start = rows = 0
        for at, batch in enumerate(found):
            size = batch[2] + batch[3]
            if at > start and rows + size > _BLOCK_ROWS:
                yield found[start:at]
                start, rows = at, 0
            rows += size
        yield found[start:]
        first = found[-1][0] + 1


def _finish(partial: Path, folder: Path, manifest: Manifest, files: Sequence[_LaneFile]) -> None:
    """Add manifest and digests, and give the whole its name."""
    sums = {lane_file(file.lane): file.digest.hexdigest() for file in files}
    text = manifest_text(manifest).encode()
    sums[MANIFEST] = sha256(text).hexdigest()
    for name, data in ((MANIFEST, text), (SUMS, sums_text(sums).encode())):
        with (partial / name).open("wb") as stream:
            stream.write(data)
            _flush(stream)
    try:
        partial.rename(folder)
    except OSError as error:
        raise FolderNotEmpty(f"{folder} cannot be written ({error.strerror}).") from None


def _flush(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
