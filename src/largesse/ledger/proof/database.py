"""Heads of the database: made, and looked for."""

from largesse.db import ReadConnection
from largesse.ledger import chain
from largesse.ledger.proof.heads import Head, missing_from
from largesse.ledger.proof.layout import moment
from largesse.ledger.queries import exports as queries


async def current_head(conn: ReadConnection) -> Head:
    """Where every lane stands in this snapshot, not signed yet."""
    batches, gifts, transfers = await queries.totals(conn)
    time = moment(chain.microseconds(await queries.snapshot_time(conn)))
    return Head(time, batches, gifts, transfers, await queries.lane_heads(conn))


async def head_missing(conn: ReadConnection, head: Head) -> list[tuple[int, str]]:
    """The lanes of a head that the database does not contain, and why."""
    found = {lane.lane: await queries.lane_found(conn, lane.lane, lane.no) for lane in head.lanes}
    there = {lane: state for lane, state in found.items() if state is not None}
    return list(missing_from(head, there, place="the database"))
