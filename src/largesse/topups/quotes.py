"""What a buyer would pay for what he chose: the terms that an order is made on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from largesse.db import ReadConnection
from largesse.topups.catalogue import find_offer, price_of
from largesse.topups.pricing import fee_of
from largesse.topups.rows import PriceBook
from largesse.topups.schemas import OrderRequest


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


async def quote_of(
    conn: ReadConnection, request: OrderRequest, *, channel: str, at: datetime
) -> Quote:
    """The terms of a request at a moment."""
    book, package = await find_offer(
        conn, request.package_id, country_code=request.country, channel=channel, at=at
    )
    price = price_of(book, package)
    return Quote(
        price_book_id=book.id,
        package_id=package.id,
        product_id=package.product_id,
        coins=package.coins,
        coins_bonus=package.coins_bonus,
        currency=book.currency,
        net_minor=price.net_minor,
        tax_name=book.tax_name,
        tax_bp=book.tax_bp,
        tax_minor=price.tax_minor,
        gross_minor=price.gross_minor,
        discount_minor=0,
        fee_minor=_fee(book, price.gross_minor),
    )


def _fee(book: PriceBook, gross_minor: int) -> int:
    return fee_of(gross_minor, book.fee_bp)
