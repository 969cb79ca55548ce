"""The months of `gift` and `room_event`: one partition each, by the time in the ids (UUIDv7).

An id may be a little older or younger than its row, never by more than `SLACK`; an id that is no UUIDv7, or whose month
has no partition, lies in the default partition.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from largesse.db import Connection
from largesse.ledger.id_times import SLACK, id_from
from largesse.ledger.queries import partitions as queries

TABLES = ("gift", "room_event")
_MONTHS_AHEAD = 2


def month_start(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after the one that begins on `month`."""
    return (month + timedelta(days=31)).replace(day=1)


def month_bounds(month: date) -> tuple[UUID, UUID]:
    """Ids made in a month, UTC: `lowest <= id < highest`."""
    return id_from(_midnight(month)), id_from(_midnight(next_month(month)))


def partition_name(table: str, month: date) -> str:
    """gift_2026_11 ..."""
    return f"{table}_{month:%Y_%m}"


async def ensure_partitions(conn: Connection, at: datetime) -> None:
    """Have the partitions of last month, this one and the next two; rows in the default partition move there."""
    months = [month_start(at.astimezone(UTC).date() - SLACK)]
    for _ in range(_MONTHS_AHEAD + 1):
        months.append(next_month(months[-1]))
    await add_partitions(conn, months)


async def add_partitions(conn: Connection, months: Iterable[date]) -> None:
    """Have the partitions of these months. Gifts go on meanwhile: only the default partition is locked."""
    for table in TABLES:
        found = await queries.partitions(conn, table)
        for month in months:
            name = partition_name(table, month)
            if name not in found:
                await queries.add_partition(conn, table, name, *month_bounds(month))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
