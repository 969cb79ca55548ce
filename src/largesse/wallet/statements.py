"""A viewer's statement of a month."""

from datetime import date, datetime
from uuid import UUID

from largesse import outbox
from largesse.identity import User
from largesse.outbox import CoinEntry, Coins, WalletStatement
from largesse.services import Services
from largesse.types import Money, Schema


class CoinsView(Schema):
    """Coins at a moment."""

    coins_paid: int
    coins_bonus: int
    coins_owed: int


class GiftsView(Schema):
    """Gifts sent in the month."""

    count: int
    coins_paid: int
    coins_bonus: int


class StatementEntry(Schema):
    """A purchase, or what undid one; coins and money are signed."""

    id: UUID
    kind: str
    """top_up, refund, chargeback, restored ..."""
    at: datetime
    order_id: UUID | None
    coins_paid: int
    coins_bonus: int
    coins_owed: int
    total: Money | None
    """What was paid, with tax; below zero: what was paid back. Null: no money moved."""
    tax: Money | None


class WalletStatementView(Schema):
    """opening + entries - gifts = closing, for paid and for bonus coins."""

    month: str
    opening: CoinsView
    closing: CoinsView
    """At the month's end; now, while it lasts."""
    gifts: GiftsView
    entries: list[StatementEntry]


async def show_statement(services: Services, user: User, month: str) -> WalletStatementView:
    """A user's month; raises MonthNotBegun."""
    async with services.db.read() as conn:
        found = await outbox.wallet_statement(conn, user.id, date.fromisoformat(f"{month}-01"))
    return _view(found)


def _coins(held: Coins) -> CoinsView:
    return CoinsView(coins_paid=held.paid, coins_bonus=held.bonus, coins_owed=held.owed)


def _view(found: WalletStatement) -> WalletStatementView:
    gifts = found.gifts
    return WalletStatementView(
        month=f"{found.month:%Y-%m}",
        opening=_coins(found.opening),
        closing=_coins(found.closing),
        gifts=GiftsView(
            count=gifts.gifts, coins_paid=gifts.coins_paid, coins_bonus=gifts.coins_bonus
        ),
        entries=[_entry(entry) for entry in found.entries],
    )


def _entry(entry: CoinEntry) -> StatementEntry:
    return StatementEntry(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        order_id=entry.order_id,
        coins_paid=entry.coins_paid,
        coins_bonus=entry.coins_bonus,
        coins_owed=entry.coins_owed,
        total=_money(entry.amount_minor, entry.currency),
        tax=_money(entry.tax_minor, entry.currency),
    )


def _money(amount_minor: int, currency: str | None) -> Money | None:
    return Money(amount_minor=amount_minor, currency=currency) if currency else None
