"""The receipt of a gift: what its coins cost, and where the money went."""

from collections.abc import Sequence
from uuid import UUID

from largesse import identity, ledger, outbox, topups
from largesse.db import ReadConnection
from largesse.finance.errors import ReceiptNotFound
from largesse.finance.schemas import (
    Chain,
    Earning,
    GiftReceipt,
    LineKind,
    LotUse,
    Payment,
    Rate,
    ReceiptGift,
    ReceiptLine,
)
from largesse.finance.values import diamonds_minor
from largesse.identity import User
from largesse.ledger import GiftRow, LotPart, RedemptionRate
from largesse.services import Services
from largesse.types import Money

_SHARE_UNITS = 10
"""Milli-diamonds = coins x basis points / 10."""


async def receipt(services: Services, user: User, id: UUID) -> GiftReceipt:
    """The receipt of a gift that the user sent or received; raises ReceiptNotFound for anybody else, Archived where its
    month lies in the archive."""
    await services.desk.rules()  # the catalogue, with all versions ever given
    async with services.db.read() as conn:
        gift = await _find(conn, user.id, id)
        rate = await ledger.current_redemption(conn, gift.created_at)
        reversed_milli = await ledger.reversed_of(conn, gift.sender_id, gift.id)
        people = await identity.persons(conn, [gift.sender_id, gift.recipient_id])
        paid = await payment(conn, gift, rate) if user.id == gift.sender_id else None
    received = user.id == gift.recipient_id
    hidden = gift.anonymous and user.id != gift.sender_id
    return GiftReceipt(
        id=gift.id,
        at=gift.created_at,
        sender=identity.ANONYMOUS if hidden else people[gift.sender_id],
        recipient=people[gift.recipient_id],
        room_id=gift.room_id,
        gift=_gift_name(services, gift.gift_type_no),
        count=services.desk.pieces(gift.gift_type_no, gift.count),
        coins=gift.coins,
        milli_diamonds=gift.milli_diamonds,
        reversed_milli_diamonds=reversed_milli,
        share_id=gift.share_id,
        share_bp=_share_bp(gift),
        payment=paid,
        earning=_earning(gift, reversed_milli, rate) if received else None,
    )


async def _find(conn: ReadConnection, user_id: UUID, id: UUID) -> GiftRow:
    gift = await ledger.find_gift(conn, user_id, id)
    if gift is None:
        gift = await ledger.find_received_gift(conn, user_id, id, ledger.created_within(id))
    if gift is None:
        await outbox.refuse_archived(conn, id)
        raise ReceiptNotFound
    return gift


def _gift_name(services: Services, no: int) -> ReceiptGift:
    gift = services.desk.gift_type(no)
    assert gift is not None, "a given gift stays in the catalogue"
    return ReceiptGift(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name)


def _share_bp(gift: GiftRow) -> int:
    return gift.milli_diamonds * _SHARE_UNITS // gift.coins  # exact: diamonds = coins x share


def _earning(gift: GiftRow, reversed_milli: int, rate: RedemptionRate) -> Earning:
    due_on = ledger.due_date(gift.created_at, gift.hold_days)
    value_minor = diamonds_minor(gift.milli_diamonds - reversed_milli, rate)
    return Earning(
        hold_days=gift.hold_days,
        available_at=ledger.available_at(due_on),
        value=Money(amount_minor=value_minor, currency=rate.currency),
        redemption_rate_id=rate.id,
    )


async def payment(conn: ReadConnection, gift: GiftRow, rate: RedemptionRate) -> Payment:
    """What a gift's sender paid: one chain per currency of the lots, first bought first."""
    lots = await ledger.lots_between(conn, gift.sender_id, gift.spent_before, gift.coins_paid)
    parts = ledger.lot_parts(lots, gift.spent_before, gift.coins_paid)
    order_ids = [part.lot.order_id for part in parts]
    books = await topups.price_books_of(conn, gift.sender_id, order_ids)
    currencies = dict.fromkeys(part.lot.currency for part in parts)
    chains = [
        chain([part for part in parts if part.lot.currency == currency], gift, rate, books)
        for currency in currencies
    ]
    return Payment(coins_bonus=gift.coins_bonus, chains=chains)


def chain(
    parts: Sequence[LotPart], gift: GiftRow, rate: RedemptionRate, books: dict[UUID, int]
) -> Chain:
    """Parts in one currency. Tax and fee come from their lots, the creator's amount from the diamonds; the platform has
    what is left. Where creators are paid in another currency, the two stand in one line."""
    currency = parts[0].lot.currency
    coins = sum(part.coins for part in parts)
    creator_minor = diamonds_minor(coins * _share_bp(gift) // _SHARE_UNITS, rate)
    tax_minor = sum(part.tax_minor for part in parts)
    fee_minor = sum(part.fee_minor for part in parts)
    left_minor = sum(part.net_minor for part in parts) - fee_minor
    used = dict.fromkeys(books[part.lot.order_id] for part in parts if part.lot.order_id in books)
    priced = [Rate(kind="price_book", id=id) for id in used]
    earned = [
        Rate(kind="share", id=gift.share_id),
        Rate(kind="redemption_rate", id=rate.id),
    ]
    split: list[tuple[LineKind, int, list[Rate]]] = [
        ("tax", tax_minor, priced),
        ("provider_fee", fee_minor, priced),
    ]
    if rate.currency == currency:
        split.append(("platform", left_minor - creator_minor, [*priced, *earned]))
        split.append(("creator", creator_minor, earned))
    else:
        split.append(("platform_and_creator", left_minor, [*priced, *earned]))
    return Chain(
        coins=coins,
        price=Money(amount_minor=tax_minor + fee_minor + left_minor, currency=currency),
        lines=[
            ReceiptLine(kind=kind, amount=Money(amount_minor=minor, currency=currency), rates=rates)
            for kind, minor, rates in split
        ],
        creator_value=Money(amount_minor=creator_minor, currency=rate.currency),
        lots=[_use(part, books.get(part.lot.order_id)) for part in parts],
    )


def _use(part: LotPart, price_book_id: int | None) -> LotUse:
    return LotUse(
        lot_id=part.lot.id,
        order_id=part.lot.order_id,
        coins=part.coins,
        price=Money(amount_minor=part.gross_minor, currency=part.lot.currency),
        provider=part.lot.provider,
        channel=part.lot.channel,
        price_book_id=price_book_id,
    )
