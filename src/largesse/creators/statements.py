"""A creator's statement of a month."""

from datetime import date

from largesse import outbox
from largesse.identity import User
from largesse.outbox import CreatorStatement, Diamonds
from largesse.services import Services
from largesse.types import Schema


class DiamondsView(Schema):
    """Diamonds at a moment."""

    pending_milli_diamonds: int
    available_milli_diamonds: int
    held_milli_diamonds: int


class StatementDay(Schema):
    """One day, UTC, with gifts or entries; what was reversed stands on the day it happened."""

    date: date
    gifts: int
    coins: int
    milli_diamonds: int
    matured_milli_diamonds: int
    reversed_milli_diamonds: int
    paid_out_milli_diamonds: int


class CreatorStatementView(Schema):
    """Pending, available and held together: opening + milli_diamonds - reversed - paid out = closing."""

    month: str
    opening: DiamondsView
    closing: DiamondsView
    """At the month's end; now, while it lasts."""
    gifts: int
    coins: int
    milli_diamonds: int
    matured_milli_diamonds: int
    reversed_milli_diamonds: int
    paid_out_milli_diamonds: int
    days: list[StatementDay]


async def show_statement(services: Services, user: User, month: str) -> CreatorStatementView:
    """A creator's month; raises MonthNotBegun."""
    async with services.db.read() as conn:
        found = await outbox.creator_statement(conn, user.id, date.fromisoformat(f"{month}-01"))
    return _view(found)


def _diamonds(held: Diamonds) -> DiamondsView:
    return DiamondsView(
        pending_milli_diamonds=held.pending,
        available_milli_diamonds=held.available,
        held_milli_diamonds=held.held,
    )


def _view(found: CreatorStatement) -> CreatorStatementView:
    days = [
        StatementDay(
            date=day.date,
            gifts=day.gifts,
            coins=day.coins,
            milli_diamonds=day.milli_diamonds,
            matured_milli_diamonds=day.matured,
            reversed_milli_diamonds=day.reversed,
            paid_out_milli_diamonds=day.paid_out,
        )
        for day in found.days
    ]
    return CreatorStatementView(
        month=f"{found.month:%Y-%m}",
        opening=_diamonds(found.opening),
        closing=_diamonds(found.closing),
        gifts=sum(day.gifts for day in days),
        coins=sum(day.coins for day in days),
        milli_diamonds=sum(day.milli_diamonds for day in days),
        matured_milli_diamonds=sum(day.matured_milli_diamonds for day in days),
        reversed_milli_diamonds=sum(day.reversed_milli_diamonds for day in days),
        paid_out_milli_diamonds=sum(day.paid_out_milli_diamonds for day in days),
        days=days,
    )
