"""What a buyer would pay for what he chose: the terms that an order is made on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from largesse.db import ReadConnection
from largesse.topups.catalogue import find_offer
from largesse.topups.pricing import fee_of, split_price
from largesse.topups.schemas import Choice


@dataclass(frozen=True, slots=True)
class Quote:
    """Coins and their price. Amounts are minor units of `currency`; `gross_minor` is what is to be paid."""

    price_book_id: int
    package_id: UUID | None
    product_id: str | None
    coins: int
    coins_bonus: int
    currency: str
    net_minor: int
    tax_name: str
    tax_bp: int
    tax_minor: int
    gross_minor: int
    discount_minor: int
    fee_minor: int


async def quote_of(conn: ReadConnection, choice: Choice, *, channel: str, at: datetime) -> Quote:
    """The terms of a choice at a moment."""
    offer = await find_offer(conn, choice, channel=channel, at=at)
    book = offer.book
    price = split_price(offer.price_minor, tax_bp=book.tax_bp, tax_inclusive=book.tax_inclusive)
    return Quote(
        price_book_id=book.id,
        package_id=offer.package_id,
        product_id=offer.product_id,
        coins=offer.coins,
        coins_bonus=offer.coins_bonus,
        currency=book.currency,
        net_minor=price.net_minor,
        tax_name=book.tax_name,
        tax_bp=book.tax_bp,
        tax_minor=price.tax_minor,
        gross_minor=price.gross_minor,
        discount_minor=0,
        fee_minor=fee_of(price.gross_minor, book.fee_bp),
    )
