"""Price books: what is sold where, from when, at which price."""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.identity import CountryClosed, country_rule
from largesse.services import Services
from largesse.topups import book_queries as queries
from largesse.topups.errors import NoPriceBook, PackageNotFound, PackageNotSoldHere
from largesse.topups.pricing import (
    Price,
    StoreOffer,
    micro_per_coin,
    saving_bp,
    split_price,
    store_total,
)
from largesse.topups.rows import CoinPackage, PriceBook
from largesse.topups.schemas import Package, PackageList
from largesse.types import Money, now

_COMPARED_CHANNEL = "app_store"


def price_of(book: PriceBook, package: CoinPackage) -> Price:
    """What a buyer pays for a package of a book."""
    return split_price(package.price_minor, tax_bp=book.tax_bp, tax_inclusive=book.tax_inclusive)


async def list_packages(services: Services, country_code: str, channel: str) -> PackageList:
    """What a country's buyers are offered by a channel at this moment."""
    async with services.db.read() as conn:
        rule = await country_rule(conn, country_code)
        if not rule.open:
            raise CountryClosed(f"Coins are not sold in {rule.name} yet.", country=rule.code)
        book = await queries.current_book(conn, country_code, channel, now())
        if book is None:
            raise NoPriceBook
        packages = await queries.packages_of(conn, book.id)
        offers = await _store_offers(conn, book)
    return PackageList(
        country=country_code,
        channel=channel,
        currency=book.currency,
        tax_name=book.tax_name,
        tax_bp=book.tax_bp,
        tax_inclusive=book.tax_inclusive,
        items=[_view(book, package, offers) for package in packages],
        next_cursor=None,
    )


async def _store_offers(conn: ReadConnection, book: PriceBook) -> list[StoreOffer]:
    """The app store's packages to compare a book with: none for a store's own book, or in another currency."""
    if book.channel != "web":
        return []
    store = await queries.current_book(conn, book.country, _COMPARED_CHANNEL, now())
    if store is None or store.currency != book.currency:
        return []
    return [
        StoreOffer(package.coins, price_of(store, package).gross_minor)
        for package in await queries.packages_of(conn, store.id)
    ]


def _view(book: PriceBook, package: CoinPackage, offers: list[StoreOffer]) -> Package:
    price = price_of(book, package)
    compared = store_total(package.coins, offers)

    def money(amount_minor: int) -> Money:
        return Money(amount_minor=amount_minor, currency=book.currency)

    return Package(
        id=package.id,
        coins=package.coins,
        coins_bonus=package.coins_bonus,
        net=money(price.net_minor),
        tax=money(price.tax_minor),
        total=money(price.gross_minor),
        micro_per_coin=micro_per_coin(price.gross_minor, package.coins, book.currency),
        saving_bp=None if compared is None else saving_bp(price.gross_minor, compared),
        app_store_total=None if compared is None else money(compared),
    )


async def find_offer(
    conn: ReadConnection, package_id: UUID, *, country_code: str, channel: str, at: datetime
) -> tuple[PriceBook, CoinPackage]:
    """The package with the book that sells it, if that book holds now, there, and by that channel."""
    package = await queries.package(conn, package_id)
    if package is None:
        raise PackageNotFound
    book = await queries.book(conn, package.price_book_id)
    current = await queries.current_book(conn, book.country, book.channel, at)
    if current is None or current.id != book.id:
        raise PackageNotFound
    if (book.country, book.channel) != (country_code, channel):
        raise PackageNotSoldHere
    return book, package


async def load_defaults(conn: Connection) -> None:
    """Fill an empty database with the shipped price books."""
    if await queries.any_book(conn):
        return
    for book, packages in _shipped_books():
        await queries.insert_book(conn, book)
        await queries.insert_packages(conn, packages)


def _shipped_books() -> Iterator[tuple[PriceBook, list[CoinPackage]]]:
    data = json.loads((files(__package__) / "data" / "price_book.json").read_text("utf-8"))
    for raw in data["books"]:
        yield (
            _book(raw),
            [
                _package(raw["id"], position, package)
                for position, package in enumerate(raw["packages"])
            ],
        )


def _book(raw: dict[str, Any]) -> PriceBook:
    fields = {name: value for name, value in raw.items() if name not in ("packages", "valid_from")}
    return PriceBook(**fields, valid_from=datetime.fromisoformat(raw["valid_from"]))


def _package(book_id: int, position: int, raw: dict[str, Any]) -> CoinPackage:
    fields = {name: value for name, value in raw.items() if name != "id"}
    return CoinPackage(id=UUID(raw["id"]), price_book_id=book_id, position=position, **fields)
