"""Statements of a calendar month (UTC): what an account held before, what moved, what it holds after.

Opening and closing are sums of the rollups over all months before; the present month closes with the stored balances.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger import Code, month_end
from largesse.outbox.errors import MonthNotBegun
from largesse.outbox.queries import accounts, earnings
from largesse.outbox.rows import CoinEntry, DayEarnings, Movement, Sent
from largesse.types import now

MATURITY = "maturity"
REVERSALS = ("refund", "chargeback", "restored")
"""Kinds of entries that take diamonds of gifts, or give them back."""


@dataclass(frozen=True, slots=True)
class Coins:
    """A viewer's coins at a moment."""

    paid: int
    bonus: int
    owed: int


@dataclass(frozen=True, slots=True)
class WalletStatement:
    """opening + entries - gifts = closing, for paid and for bonus coins."""

    month: date
    opening: Coins
    closing: Coins
    gifts: Sent
    entries: list[CoinEntry]


@dataclass(frozen=True, slots=True)
class Diamonds:
    """A creator's milli-diamonds at a moment."""

    pending: int
    available: int
    held: int


@dataclass(frozen=True, slots=True)
class CreatorDay:
    """A day with gifts or entries."""

    date: date
    gifts: int
    coins: int
    milli_diamonds: int
    """As given: what was reversed later is in `reversed` of the day it happened."""
    matured: int
    """Milli-diamonds that became available."""
    reversed: int
    """Milli-diamonds taken by refunds and disputes, less those given back."""
    paid_out: int
    """Milli-diamonds that left the account for a payout, less those that came back."""


@dataclass(frozen=True, slots=True)
class CreatorStatement:
    """opening + given - reversed - paid out = closing, over pending, available and held together."""

    month: date
    opening: Diamonds
    closing: Diamonds
    days: list[CreatorDay]


async def wallet_statement(
    conn: ReadConnection, owner_id: UUID, month: date, *, at: datetime | None = None
) -> WalletStatement:
    """A viewer's month; the present month so far. Reads one snapshot (`db.read()`). Raises MonthNotBegun."""
    start, end = _bounds(month, at)
    sent = await accounts.sent_by_month(conn, owner_id)
    moved = await accounts.movements(conn, owner_id)

    def coins(before: date) -> Coins:
        gifts = [row for row in sent if row.month < before]
        held = _sums(moved, before)
        return Coins(
            paid=held(Code.COINS_PAID) - sum(row.coins_paid for row in gifts),
            bonus=held(Code.COINS_BONUS) - sum(row.coins_bonus for row in gifts),
            owed=held(Code.COINS_OWED),
        )

    return WalletStatement(
        month=month,
        opening=coins(month),
        closing=coins(end.date()),
        gifts=next((row for row in sent if row.month == month), Sent(month, 0, 0, 0)),
        entries=await accounts.coin_entries(conn, owner_id, start, end),
    )


async def creator_statement(
    conn: ReadConnection, recipient_id: UUID, month: date, *, at: datetime | None = None
) -> CreatorStatement:
    """A creator's month; the present month so far. Reads one snapshot (`db.read()`). Raises MonthNotBegun."""
    _, end = _bounds(month, at)
    given = await earnings.given_by_day(conn, recipient_id)
    moved = await accounts.movements(conn, recipient_id)

    def diamonds(before: date) -> Diamonds:
        held = _sums(moved, before)
        return Diamonds(
            pending=held(Code.DIAMONDS_PENDING)
            + sum(row.milli_diamonds for row in given if row.date < before),
            available=held(Code.DIAMONDS_AVAILABLE),
            held=held(Code.DIAMONDS_HELD),
        )

    return CreatorStatement(
        month=month,
        opening=diamonds(month),
        closing=diamonds(end.date()),
        days=_days(
            [row for row in given if month <= row.date < end.date()],
            [row for row in moved if month <= row.day < end.date()],
        ),
    )


def _bounds(month: date, at: datetime | None) -> tuple[datetime, datetime]:
    """The first moment of a month and that of the next one."""
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    if start > (at or now()):
        raise MonthNotBegun
    return start, month_end(start)


def _sums(moved: Iterable[Movement], before: date) -> Callable[[Code], int]:
    """What entries before a day left on an account."""
    rows = [row for row in moved if row.day < before]
    return lambda code: sum(row.amount for row in rows if row.code == code)


def _days(given: Iterable[DayEarnings], moved: Iterable[Movement]) -> list[CreatorDay]:
    gifts = {row.date: row for row in given}
    entries: dict[date, list[Movement]] = {}
    for row in moved:
        if Code.DIAMONDS_PENDING <= row.code <= Code.DIAMONDS_HELD:
            entries.setdefault(row.day, []).append(row)
    return [
        _day(gifts.get(day) or DayEarnings(day, 0, 0, 0), entries.get(day, []))
        for day in sorted(gifts.keys() | entries.keys())
    ]


def _day(given: DayEarnings, entries: list[Movement]) -> CreatorDay:
    """Within the creator's own accounts a payout that is under way sums to nothing; what leaves them is paid out."""
    matured = [
        row for row in entries if row.kind == MATURITY and row.code == Code.DIAMONDS_AVAILABLE
    ]
    reversed_ = -sum(row.amount for row in entries if row.kind in REVERSALS)
    return CreatorDay(
        date=given.date,
        gifts=given.gifts,
        coins=given.coins,
        milli_diamonds=given.milli_diamonds,
        matured=sum(row.amount for row in matured),
        reversed=reversed_,
        paid_out=-sum(row.amount for row in entries) - reversed_,
    )
