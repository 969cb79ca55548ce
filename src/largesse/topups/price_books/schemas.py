"""Shapes of price books and tax rates as an operator writes and reads them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool

from largesse.topups.schemas import COINS_MAX, Channel, CountryCode, CustomCoins
from largesse.types import Schema, one_line

PACKAGES_MAX = 50
PRICE_MINOR_MAX = 10**12
_Coins = Annotated[int, Field(ge=1, le=COINS_MAX, strict=True)]
_BasisPoints = Annotated[int, Field(ge=0, le=10_000, strict=True)]


class BookState(StrEnum):
    """Where a book or rate stands in time."""

    SCHEDULED = "scheduled"
    CURRENT = "current"
    PAST = "past"


class PackageDraft(Schema):
    """A package to sell. The price is as shown: with tax where the country's tax is inclusive."""

    coins: _Coins
    coins_bonus: Annotated[int, Field(ge=0, le=COINS_MAX, strict=True)] = 0
    price_minor: Annotated[int, Field(ge=1, le=PRICE_MINOR_MAX, strict=True)]
    product_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._]{0,99}$")] | None = None
    """As set up at the store; needed in a store's book, and in no other."""


class CustomDraft(Schema):
    """Amounts that a buyer may choose, in coins."""

    coins_min: _Coins
    coins_max: _Coins
    coins_step: _Coins


class BookDraft(Schema):
    """A whole price book, to hold from a moment on."""

    country: CountryCode
    channel: Channel
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    fee_bp: _BasisPoints
    """What the provider or store keeps of a payment."""
    valid_from: AwareDatetime
    custom: CustomDraft | None = None
    packages: Annotated[list[PackageDraft], Field(min_length=1, max_length=PACKAGES_MAX)]


class BookPackage(Schema):
    """A package of a stored book."""

    id: UUID
    product_id: str | None
    coins: int
    coins_bonus: int
    price_minor: int


class Book(Schema):
    """A stored price book."""

    id: int
    state: BookState
    country: str
    channel: str
    currency: str
    fee_bp: int
    valid_from: AwareDatetime
    custom: CustomCoins | None
    packages: list[BookPackage]


class ScheduledBook(Schema):
    """A book that was scheduled, and what looks odd about it."""

    book: Book
    warnings: list[str]


class TaxDraft(Schema):
    """The tax on coins in a country, to hold from a moment on."""

    country: CountryCode
    name: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(one_line)]
    rate_bp: _BasisPoints
    inclusive: StrictBool
    """Whether the prices of the country's books are shown with the tax."""
    valid_from: AwareDatetime


class Tax(Schema):
    """A stored tax rate."""

    state: BookState
    country: str
    name: str
    rate_bp: int
    inclusive: bool
    valid_from: AwareDatetime


class PriceFile(Schema):
    """What `largesse prices check|schedule` reads: rates first, so that books may build on them."""

    tax_rates: list[TaxDraft] = Field(default_factory=list)
    books: list[BookDraft] = Field(default_factory=list)
