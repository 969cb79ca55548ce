"""The price books and tax rates that come with the module, for a database that has none."""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from largesse.db import Connection
from largesse.topups import book_queries as queries
from largesse.topups.rows import BookRow, CoinPackage, TaxRate


async def load_defaults(conn: Connection) -> None:
    """Fill an empty database with the shipped price books and tax rates."""
    if not await queries.any_tax_rate(conn):
        for rate in _shipped_rates():
            await queries.insert_tax_rate(conn, rate)
    if not await queries.any_book(conn):
        for book, packages in _shipped_books():
            await queries.insert_book(conn, book)
            await queries.insert_packages(conn, packages)


def _read(name: str) -> Any:
    return json.loads((files("largesse.topups") / "data" / name).read_text("utf-8"))


def _shipped_rates() -> Iterator[TaxRate]:
    for raw in _read("tax_rates.json")["rates"]:
        yield TaxRate(**{**raw, "valid_from": datetime.fromisoformat(raw["valid_from"])})


def _shipped_books() -> Iterator[tuple[BookRow, list[CoinPackage]]]:
    for raw in _read("price_book.json")["books"]:
        fields = {name: value for name, value in raw.items() if name != "packages"}
        fields["valid_from"] = datetime.fromisoformat(raw["valid_from"])
        yield (
            BookRow(**fields),
            [
                CoinPackage(
                    **{**package, "id": UUID(package["id"])},
                    price_book_id=raw["id"],
                    position=position,
                )
                for position, package in enumerate(raw["packages"])
            ],
        )
