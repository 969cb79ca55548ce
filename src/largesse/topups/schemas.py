"""Shapes of the top-up API."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictInt, model_validator

from largesse.promotions import Code, PromotionLine
from largesse.topups.states import OrderState, Reason
from largesse.types import Money, Schema

Channel = Literal["web", "app_store", "google_play"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
RETURN_PATH_CHARACTERS_MAX = 500
COINS_MAX = 1_000_000_000
"""No order is for more, whatever a price book says."""
TOKEN_CHARACTERS_MAX = 20_000
"""A signed transaction with its three certificates is some 6,000."""


class PriceText(Schema):
    """Amounts as people of the locale write them."""

    total: str
    net: str
    tax: str
    per_coin: str
    saving: str | None
    """Against the app store; null where nothing is saved."""


class Package(Schema):
    """Coins for sale: what they cost, and what as many would cost at the app store."""

    id: UUID
    product_id: str | None
    """The store's name of it; null where it is sold on the web."""
    coins: int
    coins_bonus: int
    best_value: bool
    """The one package whose coins (with its bonus) cost least each; none where all cost the same."""
    net: Money
    tax: Money
    total: Money
    micro_per_coin: int
    """Millionths of the currency per coin, tax included."""
    saving_bp: int | None
    """Against the app store; null where there is nothing to compare with."""
    app_store_total: Money | None
    """What as many coins would cost at the app store's best matching price per coin."""
    text: PriceText


class CustomCoins(Schema):
    """Which amounts a buyer may choose: multiples of the step."""

    coins_min: int
    coins_max: int
    coins_step: int


class PackageList(Schema):
    """What one country and channel sells now."""

    country: str
    channel: str
    currency: str
    tax_name: str
    tax_bp: int
    tax_inclusive: bool
    locale: str
    """Of the texts: the wanted one, or what comes nearest."""
    custom: CustomCoins | None
    """Null where only packages are sold."""
    items: list[Package]
    next_cursor: None


class Provider(Schema):
    """A way to pay that is switched on."""

    name: str
    label: str
    channel: str
    methods: list[str]


class Choice(Schema):
    """What somebody wants to buy: a package, or an amount of coins where that is offered."""

    package_id: UUID | None = None
    coins: Annotated[StrictInt, Field(ge=1, le=COINS_MAX)] | None = None
    """An amount the buyer chose, instead of a package."""
    country: CountryCode
    code: Code | None = None
    """Of a promotion, whatever the case of its letters."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.package_id is None) == (self.coins is None):
            raise ValueError("give either package_id or coins")
        return self


class QuoteRequest(Choice):
    """Asks what something costs."""

    channel: Channel = "web"


class Quote(Schema):
    """What is to be paid for what, down to the minor unit: list price - discount = net + tax = total."""

    package_id: UUID | None
    product_id: str | None
    country: str
    channel: str
    coins: int
    coins_bonus: int
    list_price: Money
    """With tax, before the discount."""
    discount: Money
    net: Money
    tax: Money
    tax_name: str
    tax_bp: int
    total: Money
    micro_per_coin: int
    """Millionths of the currency per coin bought, tax included."""
    saving_bp: int | None
    """Against the app store; null where there is nothing to compare with."""
    app_store_total: Money | None
    promotions: list[PromotionLine]
    """What is in `coins_bonus` and `discount` because of promotions, in the order of their application. A code that is
    not here was good, but something else is worth more."""
    locale: str
    text: PriceText


class OrderRequest(Choice):
    """Asks for an order."""

    provider: Annotated[str, Field(min_length=1, max_length=40)]
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
