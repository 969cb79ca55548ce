"""What the journal needs before its first row."""

from largesse.db import Connection
from largesse.ledger.partitions import ensure_partitions
from largesse.ledger.queries.rates import load_rates
from largesse.types import now


async def load_defaults(conn: Connection) -> None:
    """Fill the empty rate tables from the package's data, and have tables for the coming months."""
    await load_rates(conn)
    await ensure_partitions(conn, now())
