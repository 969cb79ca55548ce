"""Shapes of the top-up API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from largesse.topups.states import OrderState, Reason
from largesse.types import Money, Schema

Channel = Literal["web", "app_store", "google_play"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
RETURN_PATH_CHARACTERS_MAX = 500
TOKEN_CHARACTERS_MAX = 20_000
"""A signed transaction with its three certificates is some 6,000."""


class Package(Schema):
    """Coins for sale: what they cost, and what as many would cost at the app store."""

    id: UUID
    coins: int
    coins_bonus: int
    net: Money
    tax: Money
    total: Money
    micro_per_coin: int
    """Millionths of the currency per coin, tax included."""
    saving_bp: int | None
    """Against the app store; null where there is nothing to compare with."""
    app_store_total: Money | None
    """What as many coins would cost at the app store's best matching price per coin."""


class PackageList(Schema):
    """What one country and channel sells now."""

    country: str
    channel: str
    currency: str
    tax_name: str
    tax_bp: int
    tax_inclusive: bool
    items: list[Package]
    next_cursor: None


class Provider(Schema):
    """A way to pay that is switched on."""

    name: str
    label: str
    channel: str
    methods: list[str]


class OrderRequest(Schema):
    """Asks for an order of one package."""

    package_id: UUID
    provider: Annotated[str, Field(min_length=1, max_length=40)]
    country: CountryCode
    return_path: Annotated[str, Field(max_length=RETURN_PATH_CHARACTERS_MAX)] | None = None


class AppPurchaseRequest(Schema):
    """Hands in what an app got from its store for a purchase."""

    token: Annotated[str, Field(min_length=1, max_length=TOKEN_CHARACTERS_MAX)]
    """App Store: the signed transaction (JWS). Google Play: the purchase token."""
    product_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Google Play needs it."""


class OrderLine(Schema):
    """One line of an order's history."""

    state: OrderState
    reason: Reason
    at: datetime


class Order(Schema):
    """A top-up: what was ordered, and where it stands."""

    id: UUID
    state: OrderState
    held: bool
    """Paid, but looked at by the operator before its coins are credited."""
    package_id: UUID | None
    """Null where the buyer chose the amount."""
    product_id: str | None
    """Of a purchase in an app: what to buy at the store."""
    provider: str
    channel: str
    country: str
    coins: int
    coins_bonus: int
    net: Money
    tax: Money
    tax_name: str
    tax_bp: int
    total: Money
    discount: Money
    """Already off the total."""
    checkout_url: str | None
    return_path: str | None
    created_at: datetime
    expires_at: datetime
    updated_at: datetime
    history: list[OrderLine]
