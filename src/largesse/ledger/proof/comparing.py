"""Holds the rows of a batch against its leaves and its hash, and names the row where they part."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from largesse.ledger import chain
from largesse.ledger.proof.layout import LEAF_BYTES, Sealed
from largesse.ledger.proof.rows import Row, Unreadable


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with an export: where, as closely as can be told, and what."""

    file: str
    detail: str
    lane: int | None = None
    batch: int | None = None
    row: int | None = None
    """Its place in the batch, from 1."""
    kind: str | None = None
    id: str | None = None

    def __str__(self) -> str:
        place = "" if self.lane is None else f" lane {self.lane}"
        place += "" if self.batch is None else f" batch {self.batch}"
        place += "" if self.row is None else f" row {self.row}"
        place += f" ({self.kind} {self.id})" if self.id else ""
        return f"{self.file}:{place}: {self.detail}" if place else f"{self.file}: {self.detail}"


Found = tuple[int | None, Row | None, str]
"""A row's place from 1 (None: the batch itself), the row where there is one, and what is wrong."""


def compare(lane: int, batch: Sealed, rows: Sequence[Row | Unreadable]) -> Iterator[Found]:
    """What is wrong with a batch whose rows are these."""
    listed = [batch.leaves[at : at + LEAF_BYTES] for at in range(0, len(batch.leaves), LEAF_BYTES)]
    made = [row.leaf if isinstance(row, Row) else None for row in rows]
    sealed = len(listed) == batch.gifts + batch.transfers and _seals(lane, batch, listed)
    if made != listed:
        if not sealed and None not in made and _seals(lane, batch, [leaf for leaf in made if leaf]):
            yield None, None, "its list of leaves is not that of its rows, which are right"
            return
        yield from sorted(_parted(listed, rows), key=_place)
    if not sealed:
        yield None, None, "its rows and leaves do not give its hash"
    for at, row in enumerate(rows, 1):
        if isinstance(row, Row) and row.trouble:
            yield at, row, row.trouble
    gifts = [isinstance(row, Row) and row.kind == "gift" for row in rows]
    if made == listed and (sum(gifts) != batch.gifts or not all(gifts[: batch.gifts])):
        yield None, None, f"it says {batch.gifts} gifts and {batch.transfers} transfers"


def _place(found: Found) -> int:
    return found[0] or 0


def _seals(lane: int, batch: Sealed, leaves: list[bytes]) -> bool:
    """Whether these leaves give the batch's hash."""
    try:
        found = chain.batch_hash(
            batch.prev_hash, lane, batch.no, batch.time,
            leaves[: batch.gifts], leaves[batch.gifts :],
        )  # fmt: skip
    except struct.error:
        return False
    return found == batch.hash


def _parted(listed: list[bytes], rows: Sequence[Row | Unreadable]) -> Iterator[Found]:
    """The rows that are not those of the leaves: changed, added, twice, moved; and the leaves without a row."""
    places = {leaf: at for at, leaf in enumerate(listed, 1)}
    seen: dict[bytes, int] = {}
    strange: list[tuple[int, Row | Unreadable]] = []
    last = 0
    for at, row in enumerate(rows, 1):
        if not isinstance(row, Row) or row.leaf not in places:
            strange.append((at, row))
        elif row.leaf in seen:
            yield at, row, f"it stands there twice, first as row {seen[row.leaf]}"
        else:
            if places[row.leaf] < last:
                yield at, row, f"it stands in the wrong place: it is row {places[row.leaf]}"
            seen[row.leaf], last = at, max(last, places[row.leaf])
    missing = iter([at for leaf, at in places.items() if leaf not in seen])
    for at, row in strange:
        lost = next(missing, None)
        if not isinstance(row, Row):
            yield at, None, str(row)
        elif lost is not None:
            yield at, row, f"it was changed: it does not give leaf {lost}"
        else:
            yield at, row, "it was added: it has no leaf"
    for lost in missing:
        yield lost, None, "it is missing"
