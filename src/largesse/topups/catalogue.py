"""What is sold where, from when, at which price: finding it in the price books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from largesse.db import ReadConnection
from largesse.topups import book_queries as queries
from largesse.topups.errors import (
    CustomAmountInvalid,
    CustomAmountNotOffered,
    NoPriceBook,
    PackageNotFound,
    PackageNotSoldHere,
)
from largesse.topups.pricing import (
    Price,
    StoreOffer,
    Tier,
    charged_in_minor,
    custom_price,
    split_price,
)
from largesse.topups.rows import CoinPackage, PriceBook
from largesse.topups.schemas import Choice, CustomCoins

_COMPARED_CHANNEL = "app_store"


@dataclass(frozen=True, slots=True)
class Offer:
    """Coins at a price as shown, in minor units, and the book that says so."""

    book: PriceBook
    package_id: UUID | None
    product_id: str | None
    coins: int
    coins_bonus: int
    price_minor: int


def price_of(book: PriceBook, package: CoinPackage) -> Price:
    """What a buyer pays for a package of a book."""
    return split_price(package.price_minor, tax_bp=book.tax_bp, tax_inclusive=book.tax_inclusive)


def custom_of(book: PriceBook) -> CustomCoins | None:
    """Which amounts a buyer may choose; None: only packages."""
    least, most, step = book.custom_coins_min, book.custom_coins_max, book.custom_coins_step
    if least is None or most is None or step is None:
        return None
    return CustomCoins(coins_min=least, coins_max=most, coins_step=step)


async def find_offer(conn: ReadConnection, choice: Choice, *, channel: str, at: datetime) -> Offer:
    """What was chosen, if the book that sells it holds at this moment, there, and by that channel."""
    if choice.package_id is None:
        assert choice.coins is not None, "a choice is one of two"
        return await _custom(conn, choice.coins, choice.country, channel, at)
    package = await queries.package(conn, choice.package_id)
    row = None if package is None else await queries.book_row(conn, package.price_book_id)
    if package is None or row is None:
        raise PackageNotFound
    current = await queries.current_book(conn, row.country, row.channel, at)
    if current is None or current.id != row.id:
        raise PackageNotFound
    if (row.country, row.channel) != (choice.country, channel):
        raise PackageNotSoldHere
    return _offer(current, package)


def _offer(book: PriceBook, package: CoinPackage) -> Offer:
    return Offer(
        book,
        package.id,
        package.product_id,
        package.coins,
        package.coins_bonus,
        package.price_minor,
    )


async def _custom(
    conn: ReadConnection, coins: int, country_code: str, channel: str, at: datetime
) -> Offer:
    """An amount that the buyer chose: no package, so no bonus of one."""
    book = await queries.current_book(conn, country_code, channel, at)
    if book is None:
        raise NoPriceBook
    custom = custom_of(book)
    if custom is None:
        raise CustomAmountNotOffered
    fits = custom.coins_min <= coins <= custom.coins_max and coins % custom.coins_step == 0
    if not fits:
        raise CustomAmountInvalid(
            f"Choose {custom.coins_min:,} to {custom.coins_max:,} coins, in steps of {custom.coins_step:,}.",
            **custom.model_dump(),
        )
    packages = await queries.packages_of(conn, book.id)
    tiers = [Tier(package.coins, package.price_minor) for package in packages]
    multiple_minor = charged_in_minor(book.currency)
    price_minor = custom_price(coins, tiers, multiple_minor=multiple_minor)
    return Offer(book, None, None, coins, 0, price_minor)


async def find_product(
    conn: ReadConnection, product_id: str, *, country_code: str, channel: str, at: datetime
) -> Offer:
    """What a store sold as this product at a moment. Countries share the ids, not the prices."""
    book = await queries.current_book(conn, country_code, channel, at)
    if book is None:
        raise NoPriceBook
    package = await queries.package_of_product(conn, book.id, product_id)
    if package is None:
        raise PackageNotFound
    return _offer(book, package)


async def store_offers(conn: ReadConnection, book: PriceBook, at: datetime) -> Sequence[StoreOffer]:
    """The app store's packages to compare a book with: none for a store's own book, or in another currency."""
    if book.channel != "web":
        return []
    store = await queries.current_book(conn, book.country, _COMPARED_CHANNEL, at)
    if store is None or store.currency != book.currency:
        return []
    return [
        StoreOffer(package.coins, price_of(store, package).gross_minor)
        for package in await queries.packages_of(conn, store.id)
    ]
