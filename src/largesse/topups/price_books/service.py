"""Scheduling and withdrawing price books and tax rates. Neither ever changes in place: a new one takes over."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection, Database, ReadConnection
from largesse.topups import book_queries
from largesse.topups.errors import (
    PriceBookExists,
    PriceBookFixed,
    PriceBookInvalid,
    PriceBookNotFound,
)
from largesse.topups.price_books import queries, rules
from largesse.topups.price_books.schemas import (
    Book,
    BookDraft,
    BookPackage,
    BookState,
    ScheduledBook,
    Tax,
    TaxDraft,
)
from largesse.topups.rows import BookRow, CoinPackage, TaxRate
from largesse.topups.schemas import CustomCoins
from largesse.types import Page, new_id, now

FIXED_BEFORE_S = 60
"""From so long before it begins, a book stays: orders by it may be under way when it would be taken away."""


async def list_books(
    db: Database, *, country: str | None, channel: str | None, limit: int, cursor: str | None
) -> Page[Book]:
    """Books of all times, the newest first."""
    before_id = _parse_cursor(cursor)
    async with db.read() as conn:
        rows = await queries.books(
            conn, country=country, channel=channel, before_id=before_id, limit=limit + 1
        )
        items = await _views(conn, rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=str(items[-1].id) if more else None)


def _parse_cursor(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise ledger.CursorInvalid
    return int(cursor)


async def check_book(conn: ReadConnection, draft: BookDraft) -> list[str]:
    """What is odd about a book; raises PriceBookInvalid for what is wrong, and CountryUnknown."""
    country = await identity.country_rule(conn, draft.country)
    taxed = await queries.tax_rate(conn, draft.country, draft.valid_from) is not None
    before = await book_queries.current_book(conn, draft.country, draft.channel, draft.valid_from)
    prices_minor = {}
    if before is not None and before.currency == draft.currency:
        sold = await book_queries.packages_of(conn, before.id)
        prices_minor = {package.coins: package.price_minor for package in sold}
    known = rules.Known(country.currency, taxed, prices_minor)
    _raise(rules.problems(draft, known, now()))
    return rules.warnings(draft, known)


def _raise(problems: Sequence[rules.Problem]) -> None:
    if problems:
        first = problems[0]
        raise PriceBookInvalid(
            f"{first.field}: {first.message}.", errors=[asdict(problem) for problem in problems]
        )


async def schedule_book(db: Database, actor_id: UUID, draft: BookDraft) -> ScheduledBook:
    """Store a book that begins in the future."""
    async with db.transaction() as conn:
        return await add_book(conn, actor_id, draft)


async def add_book(conn: Connection, actor_id: UUID, draft: BookDraft) -> ScheduledBook:
    """The same in a transaction of the caller's, so that a file of several is stored whole or not at all."""
    odd = await check_book(conn, draft)
    custom = draft.custom
    row = BookRow(
        id=await queries.new_book_id(conn),
        country=draft.country,
        channel=draft.channel,
        currency=draft.currency,
        fee_bp=draft.fee_bp,
        valid_from=draft.valid_from,
        custom_coins_min=custom.coins_min if custom else None,
        custom_coins_max=custom.coins_max if custom else None,
        custom_coins_step=custom.coins_step if custom else None,
    )
    if not await book_queries.insert_book(conn, row):
        raise PriceBookExists
    packages = [
        CoinPackage(id=new_id(), price_book_id=row.id, position=position, **package.model_dump())
        for position, package in enumerate(draft.packages)
    ]
    await book_queries.insert_packages(conn, packages)
    data = {"price_book_id": row.id, **draft.model_dump(mode="json")}
    await identity.record(conn, actor_id, "price_book.schedule", None, data)
    return ScheduledBook(book=_view(row, packages, BookState.SCHEDULED), warnings=odd)


async def withdraw_book(db: Database, actor_id: UUID, book_id: int) -> None:
    """Take back a book that has not begun; the audit log keeps what it said."""
    async with db.transaction() as conn:
        row = await book_queries.book_row(conn, book_id)
        if row is None:
            raise PriceBookNotFound
        (book,) = await _views(conn, [row])
        if not await queries.delete_scheduled(conn, book_id, _fixed_until()):
            raise PriceBookFixed
        data = {"price_book_id": book_id, **book.model_dump(mode="json", exclude={"id", "state"})}
        await identity.record(conn, actor_id, "price_book.withdraw", None, data)


def _fixed_until() -> datetime:
    return now() + timedelta(seconds=FIXED_BEFORE_S)


async def list_rates(db: Database) -> list[Tax]:
    """Tax rates of all times by country, the newest of each first."""
    at = now()
    async with db.read() as conn:
        rates = await queries.tax_rates(conn)
    current: dict[str, datetime] = {}
    for rate in rates:
        if rate.valid_from <= at:
            current.setdefault(rate.country, rate.valid_from)
    return [
        Tax(**asdict(rate), state=_state(rate.valid_from, at, current.get(rate.country)))
        for rate in rates
    ]


async def schedule_rate(db: Database, actor_id: UUID, draft: TaxDraft) -> Tax:
    """Store a tax rate that begins in the future; books and their prices stay."""
    async with db.transaction() as conn:
        return await add_rate(conn, actor_id, draft)


async def add_rate(conn: Connection, actor_id: UUID, draft: TaxDraft) -> Tax:
    """The same in a transaction of the caller's."""
    await identity.country_rule(conn, draft.country)
    _raise(rules.tax_problems(draft, now()))
    if not await book_queries.insert_tax_rate(conn, TaxRate(**draft.model_dump())):
        raise PriceBookExists
    await identity.record(conn, actor_id, "tax_rate.schedule", None, draft.model_dump(mode="json"))
    return Tax(**draft.model_dump(), state=BookState.SCHEDULED)


async def withdraw_rate(
    db: Database, actor_id: UUID, country_code: str, valid_from: datetime
) -> None:
    """Take back a tax rate that has not begun."""
    async with db.transaction() as conn:
        if not await queries.delete_scheduled_rate(conn, country_code, valid_from, _fixed_until()):
            raise PriceBookFixed
        data = {"country": country_code, "valid_from": valid_from.isoformat()}
        await identity.record(conn, actor_id, "tax_rate.withdraw", None, data)


async def _views(conn: ReadConnection, rows: Sequence[BookRow]) -> list[Book]:
    at = now()
    current = await queries.current_ids(conn, at)
    packages: dict[int, list[CoinPackage]] = {row.id: [] for row in rows}
    for package in await queries.packages(conn, list(packages)):
        packages[package.price_book_id].append(package)
    return [
        _view(
            row,
            packages[row.id],
            _state(row.valid_from, at, row.valid_from if row.id in current else None),
        )
        for row in rows
    ]


def _state(valid_from: datetime, at: datetime, current_from: datetime | None) -> BookState:
    if valid_from > at:
        return BookState.SCHEDULED
    return BookState.CURRENT if valid_from == current_from else BookState.PAST


def _view(row: BookRow, packages: Sequence[CoinPackage], state: BookState) -> Book:
    custom = None
    if row.custom_coins_min and row.custom_coins_max and row.custom_coins_step:
        custom = CustomCoins(
            coins_min=row.custom_coins_min,
            coins_max=row.custom_coins_max,
            coins_step=row.custom_coins_step,
        )
    return Book(
        id=row.id,
        state=state,
        country=row.country,
        channel=row.channel,
        currency=row.currency,
        fee_bp=row.fee_bp,
        valid_from=row.valid_from,
        custom=custom,
        packages=[
            BookPackage(
                id=package.id,
                product_id=package.product_id,
                coins=package.coins,
                coins_bonus=package.coins_bonus,
                price_minor=package.price_minor,
            )
            for package in packages
        ],
    )
