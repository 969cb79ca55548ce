"""What the journal needs before its first row."""

from largesse.db import Connection
from largesse.ledger.partitions import ensure_partitions
from largesse.ledger.queries.rates import load_rates
from largesse.ledger.queries.reversals import load_rules
from largesse.types import now


async def load_defaults(conn: Connection) -> None:
    """Fill the empty rate and rule tables from the package's data, and have tables for the coming months."""
    await load_rates(conn)
    await load_rules(conn)
    await ensure_partitions(conn, now())
