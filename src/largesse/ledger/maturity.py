"""Pending diamonds become available when the last day of their hold has ended, UTC.

A date is worked off in short transactions, each of which moves the diamonds of some recipients and says so in
`maturity`: it can be cut off anywhere, run again, and run by several processes at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from largesse.db import Connection, Database
from largesse.ledger.errors import NotYetDue
from largesse.ledger.model import Code, Entry, Transfer
from largesse.ledger.posting import post
from largesse.ledger.queries import maturity as queries
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.types import now

GRACE = timedelta(minutes=10)
"""How long after midnight a day can still get gifts: they carry the time at which their batch began."""
RECIPIENTS_MAX = 500
"""In one transaction, which holds lane 0 and their balances."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Matured:
    """What became available now."""

    days: int = 0
    """Dates that were finished."""
    recipients: int = 0
    milli_diamonds: int = 0

    def __add__(self, other: "Matured") -> "Matured":
        return Matured(
            self.days + other.days,
            self.recipients + other.recipients,
            self.milli_diamonds + other.milli_diamonds,
        )


async def mature_due(db: Database, at: datetime | None = None) -> Matured:
    """Make available whatever is due on the days that have ended, missed ones first."""
    at = at or now()
    async with db.read() as conn:
        day = await queries.first_open_day(conn)
    matured = Matured()
    while day is not None and _ended(day, at):
        matured += await mature(db, day, at=at)
        day += _DAY
    return matured


async def mature(db: Database, due_on: date, *, at: datetime | None = None) -> Matured:
    """Make available what is due on one date, once. Raises NotYetDue until the day has ended, and `GRACE` with it."""
    at = at or now()
    if not _ended(due_on, at):
        raise NotYetDue(available_at=available_at(due_on).isoformat())
    async with db.read() as conn:
        due = await queries.due_milli_diamonds(conn, due_on)
    recipients = sorted(due)
    matured = Matured(days=1)
    for first in range(0, len(recipients), RECIPIENTS_MAX):
        some = {id: due[id] for id in recipients[first : first + RECIPIENTS_MAX]}
        async with db.transaction() as conn:
            matured += await _mature_some(conn, due_on, some, at)
    async with db.transaction() as conn:
        await queries.finish_day(conn, due_on, at)
    return matured


def due_date(created_at: datetime, hold_days: int) -> date:
    """The date, UTC, after whose end a gift's diamonds are available."""
    return created_at.astimezone(UTC).date() + timedelta(days=hold_days)


def available_at(due_on: date) -> datetime:
    """The first moment after a date, UTC."""
    return datetime(due_on.year, due_on.month, due_on.day, tzinfo=UTC) + _DAY


def _ended(day: date, at: datetime) -> bool:
    return available_at(day) + GRACE <= at


async def _mature_some(
    conn: Connection, due_on: date, due: Mapping[UUID, int], at: datetime
) -> Matured:
    """Move the diamonds of those recipients whose are pending. Reversals hold lane 0 too: none can come in between."""
    head = await lock_shared_lane(conn)
    reversed_milli = await queries.still_pending(conn, due_on, list(due))
    amounts = {id: due[id] - reversed_milli[id] for id in sorted(reversed_milli)}
    entries = [_entry(id, due_on, amount) for id, amount in amounts.items() if amount]
    if entries:
        head = await post(conn, entries, at)
    await queries.insert_maturities(conn, due_on, amounts, batch_no=head.no, at=at)
    return Matured(0, len(amounts), sum(amounts.values()))


def _entry(recipient_id: UUID, due_on: date, milli_diamonds: int) -> Entry:
    pending, available = Code.DIAMONDS_PENDING, Code.DIAMONDS_AVAILABLE
    transfer = Transfer("MDIA", recipient_id, pending, recipient_id, available, milli_diamonds)
    entry_id = uuid5(recipient_id, f"maturity:{due_on.isoformat()}")
    return Entry(recipient_id, entry_id, "maturity", [transfer])
