"""The balance sheet of a closed day: the journal's accounts beside what wallets, lots and rates say they must be."""

from datetime import date, timedelta

from largesse import ledger, outbox
from largesse.db import ReadConnection
from largesse.finance import queries, sheet_queries
from largesse.finance.errors import DayNotClosed
from largesse.finance.model import AccountLine, AssetSheet, BalanceSheet, day_end
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
    journal = await sheet_queries.journal(conn, day, day_end(day))
    expected = await _expected(conn, day)
    return BalanceSheet(day, _sheets(journal, expected))


async def _expected(conn: ReadConnection, day: date) -> dict[Account, int]:
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
    booked = await sheet_queries.booked(conn, day)
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
