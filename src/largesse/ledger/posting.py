"""Entries that are not gifts: written in the caller's transaction and sealed on the shared lane 0."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import errors as pg

from largesse.db import Connection
from largesse.ledger import chain
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import Entry
from largesse.ledger.plan import Head
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.transfers import (
    TransferRow,
    change_balances,
    insert_batch,
    insert_transfers,
)
from largesse.types import PLATFORM_ID, now


async def post(conn: Connection, entries: Sequence[Entry], at: datetime | None = None) -> Head:
    """Write entries and change the balances of everybody but the platform, as one batch; answers with that batch.

    Holds the row of lane 0 and the balances, in the order of (code, owner), until the caller's COMMIT. A balance
    that would fall below zero, or above what an account can hold, fails.
    """
    at = at or now()
    head = await lock_shared_lane(conn)
    rows = [
        TransferRow(entry.owner_id, entry.entry_id, line, entry.kind, entry.reference_id, transfer)
        for entry in sorted(entries, key=lambda entry: (entry.owner_id, entry.entry_id))
        for line, transfer in enumerate(entry.transfers, start=1)
    ]
    assert rows, "an entry moves something"
    changes: defaultdict[tuple[int, UUID], int] = defaultdict(int)
    for row in rows:
        changes[row.transfer.from_code, row.transfer.from_id] -= row.transfer.amount
        changes[row.transfer.to_code, row.transfer.to_id] += row.transfer.amount
    stored = {key: change for key, change in changes.items() if key[1] != PLATFORM_ID}
    try:
        await change_balances(conn, stored)
    except (pg.CheckViolation, pg.NumericValueOutOfRange):
        raise AmountTooLarge from None
    await insert_transfers(conn, rows, head=head, at=at)
    leaves = [_leaf(row, chain.microseconds(at)) for row in rows]
    digest = chain.batch_hash(head.hash, head.lane, head.no + 1, chain.microseconds(at), (), leaves)
    await insert_batch(conn, head=head, hash=digest, transfers=len(rows), at=at)
    return Head(head.lane, head.no + 1, digest)


def _leaf(row: TransferRow, time: int) -> bytes:
    transfer = row.transfer
    return chain.transfer_leaf(
        row.owner_id.bytes,
        row.entry_id.bytes,
        row.line,
        transfer.from_id.bytes,
        transfer.from_code,
        transfer.to_id.bytes,
        transfer.to_code,
        transfer.amount,
        time,
        row.reference_id.bytes if row.reference_id is not None else None,
        row.kind,
        transfer.asset,
    )
