"""Closing a day: deferred revenue becomes revenue, and what creators are owed is booked. See docs/money.md."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from largesse import ledger, outbox
from largesse.db import Connection, Database, ReadConnection
from largesse.finance import queries
from largesse.finance.errors import BooksDisagree, DayBeforeBooks, DayNotEnded
from largesse.finance.model import GRACE, CurrencyClose, DayClose, GivenCoins, day_end, day_start
from largesse.finance.values import diamonds_minor
from largesse.ledger import Code, Entry, Transfer
from largesse.types import PLATFORM_ID, now

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


async def close_day(
    db: Database,
    day: date,
    *,
    at: datetime | None = None,
    on_closed: Callable[[DayClose], None] | None = None,
) -> DayClose:
    """Close a UTC date, and the open ones before it first, each in a transaction of its own.

    A closed day is computed again and must agree (else BooksDisagree). May run several times at once. Raises
    DayNotEnded until the day is over for `GRACE`, DayBeforeBooks for a day before the first closed one.
    """
    at = at or now()
    if day >= at.date() or day_end(day) + GRACE > at:
        raise DayNotEnded(**_closes_at(day))
    async with db.read() as conn:
        first = await _first_open(conn, day)
    for offset in range((day - first).days + 1):
        closed = await _close_one(db, first + offset * _DAY, at)
        if on_closed is not None:
            on_closed(closed)
    return closed


async def close_due(db: Database, at: datetime | None = None) -> DayClose | None:
    """Close every day that has ended; None: all of them are closed already."""
    at = at or now()
    day = last_ended(at)
    async with db.read() as conn:
        closed = await queries.closed_range(conn)
    if closed is not None and closed[1] >= day:
        return None
    return await close_day(db, day, at=at)


def last_ended(at: datetime) -> date:
    """The last day that can be closed at a moment."""
    return (at - GRACE).date() - _DAY


def entry_id(day: date, currency: str) -> UUID:
    """The journal's entry of a day and currency: the same however often it is closed."""
    return uuid5(PLATFORM_ID, f"close:{day.isoformat()}:{currency}")


def _closes_at(day: date) -> dict[str, Any]:
    if day == date.max:
        return {}
    return {"closes_at": (day_end(day) + GRACE).isoformat()}


async def _first_open(conn: ReadConnection, day: date) -> date:
    """Where to begin in order to have `day` closed: itself when it is closed already."""
    closed = await queries.closed_range(conn)
    if closed is None:
        begun = await queries.first_batch_at(conn)
        return day if begun is None else min(day, begun.date())
    first, last = closed
    if day < first:
        raise DayBeforeBooks(first_day=first.isoformat())
    return min(day, last + _DAY)


async def _close_one(db: Database, day: date, at: datetime) -> DayClose:
    """Close a day whose predecessors are closed. The rows' key lets one of several win; the others compare."""
    async with db.read() as conn:
        archived_at = await outbox.last_archived_at(conn)
        if archived_at is not None and day_start(day) <= archived_at:
            return DayClose(day, await queries.closed_day(conn, day))  # its gifts are not here
        figures = await day_figures(conn, day)
        stored = await queries.closed_day(conn, day)
    if not stored:
        try:
            async with db.transaction() as conn:
                await _write(conn, figures, at)
            return DayClose(day, figures)
        except _ClosedMeanwhile:
            async with db.read() as conn:
                stored = await queries.closed_day(conn, day)
    _compare(day, stored, figures)
    return DayClose(day, stored)


class _ClosedMeanwhile(Exception):
    """Another run closed the day while this one computed; what was written is rolled back."""


async def _write(conn: Connection, figures: list[CurrencyClose], at: datetime) -> None:
    for row in figures:
        entry = entry_id(row.date, row.currency)
        if not await queries.insert_close(conn, row, entry_id=entry, at=at):
            raise _ClosedMeanwhile
    entries = [
        Entry(PLATFORM_ID, entry_id(row.date, row.currency), "close", transfers)
        for row in figures
        if (transfers := close_transfers(row))
    ]
    if entries:
        await ledger.post(conn, entries)


async def open_figures(conn: ReadConnection, day: date) -> list[CurrencyClose]:
    """What the days that are not closed yet, up to `day`, would be closed with now; nothing is written."""
    first = await _first_open(conn, day)
    rows: list[CurrencyClose] = []
    for offset in range((day - first).days + 1):
        if not await queries.closed_day(conn, first + offset * _DAY):
            rows += await day_figures(conn, first + offset * _DAY, rows)
    return rows


async def day_figures(
    conn: ReadConnection, day: date, open_before: Sequence[CurrencyClose] = ()
) -> list[CurrencyClose]:
    """What a day is closed with, from its gifts, the lots they used and the close before it; by currency.

    `open_before`: the figures of the days just before it that are not closed yet, in their order.
    """
    start, end = day_start(day), day_end(day)
    given = {row.currency: row for row in await queries.coins_given(conn, start, end)}
    gifts = await queries.day_gifts(conn, start, end)
    covered = sum(row.coins for row in given.values())
    if covered != gifts.coins_paid:
        difference = f"{day}: {gifts.coins_paid} paid coins were given, lots cover {covered}"
        raise BooksDisagree(difference, differences=[difference])
    rate = await ledger.current_redemption(conn, end - _INSTANT)
    rows = [
        CurrencyClose(day, row.currency, row.coins, row.revenue_minor)
        for row in given.values()
        if row.currency != rate.currency
    ]
    own = given.get(rate.currency, GivenCoins(rate.currency, 0, 0))
    before = _last_payout(open_before, rate.currency)
    before = before or await queries.payout_before(conn, day, rate.currency)
    gone = await queries.moved_in(
        conn, start, end, "MDIA", [Code.DIAMONDS_REVERSED, Code.DIAMONDS_REDEEMED]
    )
    paid = await queries.moved_in(conn, start, end, rate.currency, [Code.CREATOR_PAYABLE])
    milli_diamonds = (before.milli_diamonds if before else 0) + gifts.milli_diamonds - gone
    payable_minor = diamonds_minor(milli_diamonds, rate)
    promotion_minor = diamonds_minor(gifts.bonus_milli_diamonds, rate)
    booked_minor = (before.creator_payable_minor if before else 0) - paid
    rows.append(
        CurrencyClose(
            day,
            rate.currency,
            own.coins,
            own.revenue_minor,
            redemption_rate_id=rate.id,
            milli_diamonds=milli_diamonds,
            bonus_milli_diamonds=gifts.bonus_milli_diamonds,
            creator_payable_minor=payable_minor,
            creator_cost_minor=payable_minor - booked_minor - promotion_minor,
            promotion_cost_minor=promotion_minor,
        )
    )
    return sorted(rows, key=lambda row: row.currency)


def _last_payout(rows: Sequence[CurrencyClose], currency: str) -> CurrencyClose | None:
    paid = (row for row in reversed(rows) if row.redemption_rate_id is not None)
    return next((row for row in paid if row.currency == currency), None)


def close_transfers(row: CurrencyClose) -> list[Transfer]:
    """The transfers of a close; debits are positive."""
    return [
        *_moves(row.currency, Code.REVENUE, Code.DEFERRED_REVENUE, row.revenue_minor),
        *_moves(row.currency, Code.CREATOR_PAYABLE, Code.CREATOR_COST, row.creator_cost_minor),
        *_moves(row.currency, Code.CREATOR_PAYABLE, Code.PROMOTION_COST, row.promotion_cost_minor),
    ]


def _moves(currency: str, source: Code, target: Code, amount_minor: int) -> list[Transfer]:
    """One transfer, backwards when the amount is below zero, none when it is zero."""
    if amount_minor < 0:
        source, target, amount_minor = target, source, -amount_minor
    if not amount_minor:
        return []
    return [Transfer(currency, PLATFORM_ID, source, PLATFORM_ID, target, amount_minor)]


def _compare(day: date, stored: list[CurrencyClose], figures: list[CurrencyClose]) -> None:
    """Raise when a closed day, computed again, is not what it was closed with."""
    before = {row.currency: asdict(row) for row in stored}
    again = {row.currency: asdict(row) for row in figures}
    differences = [
        f"{day} {currency}: {name} was {before.get(currency, {}).get(name, 0)},"
        f" is {again.get(currency, {}).get(name, 0)}"
        for currency in sorted(before.keys() | again.keys())
        for name in asdict(figures[0])
        if name not in ("date", "currency")
        and before.get(currency, {}).get(name, 0) != again.get(currency, {}).get(name, 0)
    ]
    if differences:
        raise BooksDisagree("; ".join(differences), differences=differences)
