"""What finance computes with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

GRACE = timedelta(minutes=10)
"""How long after midnight a day can still get rows: a gift or transfer carries the time it began at, and may wait for
locks (10 s, at most twelve times) before it commits; the rest is for clocks of servers that differ."""


def day_start(day: date) -> datetime:
    """The first moment of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def day_end(day: date) -> datetime:
    """The first moment after a day, UTC."""
    return day_start(day) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CurrencyClose:
    """What a day was closed with in one currency; amounts in its minor units, costs positive."""

    date: date
    currency: str
    coins: int
    """Paid coins given that day from lots in this currency."""
    revenue_minor: int
    """What these coins were worth, net of tax."""
    redemption_rate_id: int | None = None
    """The rate at the day's end; None: creators are not paid in this currency, and what follows is 0."""
    milli_diamonds: int = 0
    """Held by creators at the day's end."""
    bonus_milli_diamonds: int = 0
    """Issued that day for bonus coins."""
    creator_payable_minor: int = 0
    """Owed to creators at the day's end."""
    creator_cost_minor: int = 0
    """Below zero where reversals or a lower rate took more than the day gave."""
    promotion_cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class DayClose:
    """A closed day; the rows stand in the order of their currencies."""

    date: date
    currencies: Sequence[CurrencyClose]


@dataclass(frozen=True, slots=True)
class GivenCoins:
    """Paid coins given on a day from lots in one currency, and their net value."""

    currency: str
    coins: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class DayGifts:
    """The gifts of a day."""

    coins_paid: int
    milli_diamonds: int
    bonus_milli_diamonds: int
    """Of the milli-diamonds: those that bonus coins gave."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account at the end of a day. Debits are positive, as in the journal."""

    account: str
    balance: int
    expected: int | None
    """What it must be, computed without the journal's money; None: nothing else knows."""

    @property
    def agrees(self) -> bool:
        return self.expected is None or self.expected == self.balance


@dataclass(frozen=True, slots=True)
class AssetSheet:
    """The accounts of one asset: COIN, MDIA or a currency."""

    asset: str
    accounts: Sequence[AccountLine]

    @property
    def debits(self) -> int:
        return sum(line.balance for line in self.accounts if line.balance > 0)

    @property
    def credits(self) -> int:
        return -sum(line.balance for line in self.accounts if line.balance < 0)


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Every account at the end of a day."""

    date: date
    assets: Sequence[AssetSheet]
    closed: bool = True
    """False: how it stands so far, with the closes that are still to come."""

    def mismatches(self) -> list[str]:
        """Each difference in words; none: the books agree."""
        found: list[str] = []
        for sheet in self.assets:
            found += [
                f"{sheet.asset} {line.account}: the journal says {line.balance}, expected {line.expected}"
                for line in sheet.accounts
                if not line.agrees
            ]
            if sheet.debits != sheet.credits:
                found.append(f"{sheet.asset}: debits {sheet.debits}, credits {sheet.credits}")
        return found
