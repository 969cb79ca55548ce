"""What a creator earned: every figure comes from the ledger."""

from datetime import timedelta

from babel.numbers import get_currency_precision

from largesse import identity, ledger, outbox
from largesse.creators.schemas import (
    DayView,
    EarningsView,
    GiftName,
    ReceivedGift,
    Redemption,
    RoomView,
)
from largesse.creators.titles import room_titles
from largesse.db import ReadConnection
from largesse.identity import User
from largesse.ledger import Code, GiftRow, RedemptionRate
from largesse.services import Services
from largesse.types import Money, Page, now

_MICRO_DIGITS = 6
_MILLI = 1000


async def earnings(conn: ReadConnection, user: User, *, days: int) -> EarningsView:
    """Balances now, and the last `days` calendar days with today."""
    at = now()
    first, last = at.date() - timedelta(days=days - 1), at.date()
    balances = await ledger.balances(conn, user.id)
    pending = balances.get(Code.DIAMONDS_PENDING, 0)
    available = balances.get(Code.DIAMONDS_AVAILABLE, 0)
    held = balances.get(Code.DIAMONDS_HELD, 0)
    paid = await ledger.diamonds_redeemed(conn, user.id)
    rate = await ledger.current_redemption(conn, at)
    return EarningsView(
        pending_milli_diamonds=pending,
        available_milli_diamonds=available,
        held_milli_diamonds=held,
        paid_milli_diamonds=paid,
        total_milli_diamonds=pending + available + held + paid,
        share_bp=(await ledger.current_share(conn, at)).share_bp,
        redemption=Redemption(currency=rate.currency, micro_per_diamond=rate.micro_per_diamond),
        value=diamonds_value(pending + available, rate),
        days=[
            DayView(date=d.date, gifts=d.gifts, coins=d.coins, milli_diamonds=d.milli_diamonds)
            for d in await outbox.earnings_by_day(conn, user.id, first=first, last=last)
        ],
        streams=await _rooms(
            conn, await outbox.earnings_by_room(conn, user.id, first=first, last=last)
        ),
    )


def diamonds_value(milli_diamonds: int, rate: RedemptionRate) -> Money:
    """What diamonds are worth, rounded down to the currency's minor unit: nothing is promised that is not paid."""
    micro_per_minor = 10 ** (_MICRO_DIGITS - get_currency_precision(rate.currency))
    amount_minor = milli_diamonds * rate.micro_per_diamond // (_MILLI * micro_per_minor)
    return Money(amount_minor=amount_minor, currency=rate.currency)


async def _rooms(conn: ReadConnection, rows: list[outbox.RoomEarnings]) -> list[RoomView]:
    titles = await room_titles(conn, [row.room_id for row in rows])
    return [
        RoomView(
            room_id=row.room_id,
            kind=titles[row.room_id].kind,
            title=titles[row.room_id].title,
            started_at=titles[row.room_id].started_at,
            gifts=row.gifts,
            coins=row.coins,
            milli_diamonds=row.milli_diamonds,
        )
        for row in rows
    ]


async def gifts_received(
    services: Services, user: User, *, limit: int, cursor: str | None
) -> Page[ReceivedGift]:
    """Gifts to a creator, newest first."""
    await services.desk.rules()  # the catalogue, with all versions ever given
    async with services.db.read() as conn:
        found = await ledger.gifts_received(conn, user.id, limit=limit, cursor=cursor)
        rows = found.items
        people = await identity.persons(conn, list({row.sender_id for row in rows}))
        titles = await room_titles(conn, list({row.room_id for row in rows}))
        taken = await ledger.reversed_of_gifts(conn, [(row.sender_id, row.id) for row in rows])
    items = [
        _received(
            row,
            sender=identity.ANONYMOUS if row.anonymous else people[row.sender_id],
            gift=_gift_name(services, row.gift_type_no),
            count=services.desk.pieces(row.gift_type_no, row.count),
            room_title=titles[row.room_id].title,
            reversed_milli=taken.get((row.sender_id, row.id), 0),
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=found.next_cursor)


def _gift_name(services: Services, no: int) -> GiftName:
    gift = services.desk.gift_type(no)
    assert gift is not None, "a given gift stays in the catalogue"
    return GiftName(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name)


def _received(
    row: GiftRow,
    *,
    sender: identity.Person,
    gift: GiftName,
    count: int,
    room_title: str,
    reversed_milli: int,
) -> ReceivedGift:
    return ReceivedGift(
        id=row.id,
        at=row.created_at,
        sender=sender,
        gift=gift,
        count=count,
        coins=row.coins,
        milli_diamonds=row.milli_diamonds,
        reversed_milli_diamonds=reversed_milli,
        share_bp=row.milli_diamonds * 10 // row.coins,  # exact: diamonds = coins x share
        room_id=row.room_id,
        room_title=room_title,
        available_at=ledger.available_at(ledger.due_date(row.created_at, row.hold_days)),
    )
