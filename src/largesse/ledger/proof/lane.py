"""Walks along one lane of an export, block by block."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from largesse.ledger.chain import ZERO_HASH
from largesse.ledger.proof.comparing import Fault, Found, compare
from largesse.ledger.proof.layout import Sealed, lane_file
from largesse.ledger.proof.manifest import LaneEntry
from largesse.ledger.proof.reading import Block
from largesse.ledger.proof.rows import Row, Unreadable, is_batch, read_batch, read_row

_FAULTS_PER_BATCH_MAX = 10


@dataclass(slots=True)
class _Part:
    """A batch's line (None: it cannot be read) and the rows that follow it."""

    batch: Sealed | None
    rows: list[Row | Unreadable] = field(default_factory=list)


class LaneReader:
    """The state of one lane while its blocks are taken in order."""

    def __init__(self, lane: int, *, first_no: int | None, wanted_no: int | None) -> None:
        self.file = lane_file(lane)
        self.lane = lane
        self.erased = 0
        self.sound = True
        """No fault was found."""
        self.wanted_hash: bytes | None = None
        self._wanted_no = wanted_no
        self._first_no = first_no
        self._first: Sealed | None = None
        self._last: Sealed | None = None
        self._gap = False
        """Batches were lost in damage that has been told."""
        self._batches = self._gifts = self._transfers = 0

    def entry(self) -> LaneEntry | None:
        """What was found; None: no batch at all."""
        if self._first is None or self._last is None:
            return None
        return LaneEntry(
            lane=self.lane,
            first_no=self._first.no,
            prev_hash=self._first.prev_hash,
            last_no=self._last.no,
            last_hash=self._last.hash,
            last_time=self._last.time,
            batches=self._batches,
            gifts=self._gifts,
            transfers=self._transfers,
        )

    def take(self, block: Block) -> list[Fault]:
        """What is wrong with the next block. Of a damaged one only the first fault: the damage makes the others."""
        faults = [fault for part in _parts(block.text) for fault in self._part(part)]
        if block.damage is not None:
            faults = [self._damaged(block, faults)]
            self._gap = True
        self.sound = self.sound and not faults
        return faults

    def _part(self, part: _Part) -> Iterator[Fault]:
        batch = part.batch
        if batch is None:
            yield self._fault(self._next_no, (None, None, "its line cannot be read"))
            self._gap = True
            return
        for detail in self._link(batch):
            yield self._fault(batch.no, (None, None, detail))
        found = list(compare(self.lane, batch, part.rows))
        for fault in found[:_FAULTS_PER_BATCH_MAX]:
            yield self._fault(batch.no, fault)
        if len(found) > _FAULTS_PER_BATCH_MAX:
            more = f"{len(found) - _FAULTS_PER_BATCH_MAX} more of its rows are wrong"
            yield self._fault(batch.no, (None, None, more))
        self.erased += sum(isinstance(row, Row) and row.erased for row in part.rows)

    def _link(self, batch: Sealed) -> Iterator[str]:
        """How a batch does not follow the one before it; then it is the last one."""
        last = self._last
        if last is not None and batch.no <= last.no:
            yield (
                "it stands there twice"
                if batch.no == last.no
                else f"it stands behind batch {last.no}"
            )
            return
        if batch.no == 1 and batch.prev_hash != ZERO_HASH:
            yield "it is the first one, and its prev_hash is not zero"
        if last is not None and batch.no > last.no + 1:
            lost = "could not be read" if self._gap else "are missing"
            yield f"batches {last.no + 1} to {batch.no - 1} before it {lost}"
        elif last is not None and batch.prev_hash != last.hash:
            yield f"its prev_hash is not the hash of batch {last.no}"
        self._gap = False
        self._first, self._last = self._first or batch, batch
        self._batches += 1
        self._gifts += batch.gifts
        self._transfers += batch.transfers
        if batch.no == self._wanted_no:
            self.wanted_hash = batch.hash

    def _damaged(self, block: Block, faults: list[Fault]) -> Fault:
        """One fault for a damaged block, at the first row that suffered."""
        damage = f"the block at byte {block.offset} is damaged: {block.damage}"
        if faults:
            return replace(faults[0], detail=f"{faults[0].detail}; {damage}")
        if block.complete and block.text:
            no = self._last.no if self._last else None
            return self._fault(no, (None, None, f"{damage}; its rows are right"))
        return self._fault(self._next_no, (None, None, f"it cannot be read; {damage}"))

    @property
    def _next_no(self) -> int | None:
        """The number that the next batch should have, as far as can be told."""
        return self._last.no + 1 if self._last else self._first_no

    def _fault(self, no: int | None, found: Found) -> Fault:
        at, row, detail = found
        kind, id = (row.kind, row.id) if row else (None, None)
        return Fault(self.file, detail, self.lane, no, at, kind, id)


def _parts(text: bytes) -> Iterator[_Part]:
    """The batches of a block. Rows before the first batch's line belong to one that cannot be read."""
    part: _Part | None = None
    for line in text.splitlines(keepends=True):
        if is_batch(line):
            if part is not None:
                yield part
            part = _Part(_batch(line))
        else:
            part = part or _Part(None)
            if part.batch is not None:
                part.rows.append(_row(line))
    if part is not None:
        yield part


def _batch(line: bytes) -> Sealed | None:
    try:
        return read_batch(line)
    except Unreadable:
        return None


def _row(line: bytes) -> Row | Unreadable:
    try:
        return read_row(line)
    except Unreadable as trouble:
        return trouble
