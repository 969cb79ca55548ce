"""Proves the journal: the invariants of docs/money.md over all of it, and the hash chain of every lane."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from largesse.db import ReadConnection
from largesse.ledger import chain
from largesse.ledger.queries import checks
from largesse.ledger.rows import CheckReport, Problem

_CHAIN = 5

Row = tuple[Any, ...]
Key = tuple[int, int]
Kept = list[tuple[bytes, bytes]]
"""Leaves behind the keys of their rows."""


async def check(conn: ReadConnection) -> CheckReport:
    """Verify every invariant; reads one snapshot (`db.read()`) and holds no locks."""
    entries, batches, lots = await checks.counts(conn)
    problems = await checks.broken_invariants(conn)
    problems += await _broken_chain(conn)
    problems.sort(key=lambda problem: (problem.invariant, problem.place))
    return CheckReport(entries, batches, lots, problems)


class _Leaves:
    """The leaves of one table, handed out batch by batch."""

    def __init__(
        self,
        name: str,
        rows: AsyncIterator[Row],
        leaf: Callable[..., bytes],
        archived: Mapping[Key, Kept] | None = None,
    ) -> None:
        """`archived`: leaves whose rows left, with the keys that say where they stand."""
        self._name = name
        self._rows = rows
        self._leaf = leaf
        self._archived = archived or {}
        self._next: Row | None = None
        self.problems: list[Problem] = []

    async def of(self, key: Key | None) -> list[bytes]:
        """The leaves of the batch `key`; rows of batches before it have none (None: the end of the chain)."""
        leaves: Kept = list(self._archived.get(key, ())) if key is not None else []
        kept = bool(leaves)
        orphans: dict[Key, int] = {}
        while (row := self._next or await anext(self._rows, None)) is not None:
            if key is not None and row[:2] > key:
                self._next = row
                break
            self._next = None
            if row[:2] == key:
                leaves.append((row[2] + row[3], self._leaf(*row[2:])))
            else:
                orphans[row[:2]] = orphans.get(row[:2], 0) + 1
        for (lane, no), count in orphans.items():
            detail = f"{count} rows of {self._name} belong to it, but there is no such batch"
            self.problems.append(Problem(_CHAIN, _place(lane, no), detail))
        if kept:
            leaves.sort()
        return [leaf for _, leaf in leaves]


async def _broken_chain(conn: ReadConnection) -> list[Problem]:
    async with (
        aclosing(checks.batches(conn)) as batches,
        aclosing(checks.gift_rows(conn)) as gift_rows,
        aclosing(checks.transfer_rows(conn)) as transfer_rows,
    ):
        archived = await checks.archived_leaves(conn)
        gifts = _Leaves("gift", gift_rows, chain.gift_leaf, archived)
        transfers = _Leaves("transfer", transfer_rows, chain.transfer_leaf)
        problems: list[Problem] = []
        before: Row | None = None
        async for batch in batches:
            leaves = await gifts.of(batch[:2]), await transfers.of(batch[:2])
            problems += _broken_batch(before, batch, *leaves)
            before = batch
        await gifts.of(None)
        await transfers.of(None)
    return [*problems, *gifts.problems, *transfers.problems][: checks.PLACES_MAX]


def _broken_batch(
    before: Row | None, batch: Row, gifts: list[bytes], transfers: list[bytes]
) -> list[Problem]:
    lane, no, prev_hash, hash, time, gift_count, transfer_count, archived = batch
    follows = before is not None and before[0] == lane
    expected_no = before[1] + 1 if before is not None and follows else 1
    expected_hash = before[3] if before is not None and follows else chain.ZERO_HASH
    details: list[str] = []
    if no != expected_no:
        details.append(f"batch {expected_no} is missing before it")
    if prev_hash != expected_hash:
        details.append("its prev_hash is not the hash of the batch before it")
    if gift_count and archived == gift_count and not gifts and not transfers:
        # All of it lies in an export, which proves it; here its hash links the others.
        return [Problem(_CHAIN, _place(lane, no), detail) for detail in details]
    if (len(gifts), len(transfers)) != (gift_count, transfer_count):
        details.append(
            f"it says {gift_count} gifts and {transfer_count} transfers,"
            f" there are {len(gifts)} and {len(transfers)}"
        )
    if chain.batch_hash(prev_hash, lane, no, time, gifts, transfers) != hash:
        details.append("its rows do not give its hash")
    return [Problem(_CHAIN, _place(lane, no), detail) for detail in details]


def _place(lane: int, no: int) -> str:
    return f"lane {lane} batch {no}"
