"""The balance sheet of a closed day, or so far: the journal's accounts beside what wallets, lots and rates say."""

from collections.abc import Sequence
from datetime import date, timedelta

from largesse import ledger, outbox
from largesse.db import ReadConnection
from largesse.finance import queries, sheet_queries
from largesse.finance.errors import DayNotClosed
from largesse.finance.model import AccountLine, AssetSheet, BalanceSheet, CurrencyClose, day_end
from largesse.finance.service import close_transfers, open_figures
from largesse.finance.values import diamonds_minor
from largesse.ledger import Code

Account = tuple[str, int]
"""Asset and account code."""

_DIAMONDS_HELD = (Code.DIAMONDS_PENDING, Code.DIAMONDS_AVAILABLE, Code.DIAMONDS_HELD)


async def last_closed(conn: ReadConnection) -> date:
    """The last closed day; raises DayNotClosed when there is none."""
    closed = await queries.closed_range(conn)
    if closed is None:
        raise DayNotClosed("No day is closed yet: run `largesse finance close`.")
    return closed[1]


async def balance_sheet(conn: ReadConnection, day: date) -> BalanceSheet:
    """Every account at the end of a closed day; raises DayNotClosed, and Archived for days before the archive's end.
    Reads one snapshot (`db.read()`)."""
    if not await queries.closed_day(conn, day):
        raise DayNotClosed(date=day.isoformat())
    archived_at = await outbox.last_archived_at(conn)
    if archived_at is not None and day_end(day) <= archived_at:
        raise outbox.Archived("Gifts that were given after this day lie in the archive.")
    return BalanceSheet(day, _sheets(await _journal(conn, day, []), await _expected(conn, day, [])))


async def sheet_so_far(conn: ReadConnection, today: date) -> BalanceSheet:
    """Every account as it stands, as if today and the open days before it were closed now. Writes nothing; reads one
    snapshot (`db.read()`)."""
    to_close = await open_figures(conn, today)
    journal = await _journal(conn, today, to_close)
    expected = await _expected(conn, today, to_close)
    return BalanceSheet(today, _sheets(journal, expected), closed=not to_close)


async def _journal(
    conn: ReadConnection, day: date, to_close: Sequence[CurrencyClose]
) -> dict[Account, int]:
    """The journal's accounts, with what the closes that are still to come will write."""
    journal = await sheet_queries.journal(conn, day, day_end(day))
    for move in (move for row in to_close for move in close_transfers(row)):
        for code, amount in ((move.from_code, -move.amount), (move.to_code, move.amount)):
            journal[move.asset, code] = journal.get((move.asset, code), 0) + amount
    return journal


async def _expected(
    conn: ReadConnection, day: date, to_close: Sequence[CurrencyClose]
) -> dict[Account, int]:
    """What is known without the journal's money; debits positive."""
    end = day_end(day)
    held = await sheet_queries.held(conn, end)
    expected = {
        ("COIN" if code < Code.DIAMONDS_PENDING else "MDIA", code): amount
        for code, amount in held.items()
    }
    for currency, minor in (await sheet_queries.deferred_revenue(conn, end)).items():
        expected[currency, Code.DEFERRED_REVENUE] = -minor
    discounts = await ledger.discounts_before(conn, end)
    booked = await _booked(conn, day, to_close)
    for currency in discounts.keys() | booked.keys():
        revenue, cost, promotion = booked.get(currency, (0, 0, 0))
        discount = discounts.get(currency, 0)
        expected[currency, Code.REVENUE] = -revenue - discount
        expected[currency, Code.CREATOR_COST] = cost
        expected[currency, Code.PROMOTION_COST] = promotion + discount
    rate = await ledger.current_redemption(conn, end - timedelta(microseconds=1))
    outstanding = sum(held.get(code, 0) for code in _DIAMONDS_HELD)
    expected[rate.currency, Code.CREATOR_PAYABLE] = -diamonds_minor(outstanding, rate)
    return expected


async def _booked(
    conn: ReadConnection, day: date, to_close: Sequence[CurrencyClose]
) -> dict[str, tuple[int, int, int]]:
    """Revenue, creator cost and promotion cost by currency: of closed days, and of those still to close."""
    booked = await sheet_queries.booked(conn, day)
    for row in to_close:
        revenue, cost, promotion = booked.get(row.currency, (0, 0, 0))
        booked[row.currency] = (
            revenue + row.revenue_minor,
            cost + row.creator_cost_minor,
            promotion + row.promotion_cost_minor,
        )
    return booked


def _sheets(journal: dict[Account, int], expected: dict[Account, int]) -> list[AssetSheet]:
    """Coins, diamonds, then currencies; accounts that are empty on both sides are left out."""
    lines: dict[str, list[AccountLine]] = {}
    for asset, code in sorted(journal.keys() | expected.keys()):
        line = AccountLine(
            Code(code).name.lower(), journal.get((asset, code), 0), expected.get((asset, code))
        )
        if line.balance or line.expected:
            lines.setdefault(asset, []).append(line)
    coins_first = sorted(lines, key=lambda asset: (asset not in ("COIN", "MDIA"), asset))
    return [AssetSheet(asset, lines[asset]) for asset in coins_first]
