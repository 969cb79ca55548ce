"""Whether a payment is what its order asks for.

Stores set their own prices per storefront: what was bought is decided by the product there, and the order takes the
price that the store charged.
"""

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from largesse.db import Connection
from largesse.topups import book_queries, queries
from largesse.topups.pricing import fee_of, split_price
from largesse.topups.providers import PaymentEvent
from largesse.topups.rows import HistoryLine, Order, PriceBook
from largesse.topups.states import Reason


class Fit(Enum):
    """How a payment fits its order."""

    AS_ORDERED = auto()
    OTHER_PRICE = auto()
    """The product of the order, at a price of the store's."""
    MISMATCH = auto()


def fit_of(order: Order, event: PaymentEvent) -> Fit:
    """Compare a payment with its order."""
    if event.product_id != order.product_id or event.amount_minor <= 0:
        return Fit.MISMATCH
    if (event.amount_minor, event.currency) == (order.gross_minor, order.currency):
        return Fit.AS_ORDERED
    return Fit.MISMATCH if order.product_id is None else Fit.OTHER_PRICE


async def reprice(conn: Connection, order: Order, event: PaymentEvent, at: datetime) -> None:
    """Give an order the price that its store charged; its coins stay. The caller holds the order's lock.

    Tax and fee are those of the storefront's book when the order was placed; where nothing is sold in that country by
    this channel, those that the order was placed with.
    """
    country = event.payer.country or order.country
    book = await book_queries.current_book(conn, country, order.channel, order.created_at)
    if book is None:
        book = await book_queries.book(conn, order.price_book_id, order.created_at)
    await queries.set_price(conn, repriced(order, event, book))
    await queries.add_history(
        conn, HistoryLine(order.id, order.state, Reason.REPRICED_BY_STORE, at)
    )


def repriced(order: Order, event: PaymentEvent, book: PriceBook) -> Order:
    """The order at the store's price, which includes the tax: net + tax = gross."""
    price = split_price(event.amount_minor, tax_bp=book.tax_bp, tax_inclusive=True)
    return replace(
        order,
        price_book_id=book.id,
        currency=event.currency,
        net_minor=price.net_minor,
        tax_name=book.tax_name,
        tax_bp=book.tax_bp,
        tax_minor=price.tax_minor,
        gross_minor=price.gross_minor,
        discount_minor=0,
        fee_minor=fee_of(price.gross_minor, book.fee_bp),
    )
