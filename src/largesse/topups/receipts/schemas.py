"""The shape of a purchase's receipt."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from largesse.types import Money, Schema


class Amount(Money):
    """Money, also as the wanted locale writes it."""

    text: str


class Seller(Schema):
    """Who sells the coins: the operator's LARGESSE_SELLER_* settings."""

    name: str
    address: list[str]
    tax_id: str | None


class GivenBack(Schema):
    """A refund, or a dispute while it is not decided for the payment."""

    kind: Literal["refund", "dispute"]
    amount: Amount
    at: datetime
    date_text: str


class PurchaseReceipt(Schema):
    """What was bought, from whom, with tax; as it stands now."""

    number: str
    """The order's id: unique and never used again. Numbers of a shop have gaps, as not every order is paid."""
    order_id: UUID
    at: datetime
    """When the coins were credited."""
    date_text: str
    """That day, UTC, as the locale writes it."""
    locale: str
    seller: Seller
    buyer: str
    country: str
    coins: int
    coins_text: str
    coins_bonus: int
    coins_bonus_text: str
    discount: Amount
    """Already off the net amount and the tax."""
    net: Amount
    tax: Amount
    tax_name: str
    tax_bp: int
    tax_rate_text: str
    total: Amount
    provider: str
    provider_label: str
    transaction_id: str | None
    given_back: list[GivenBack]
    given_back_total: Amount
    """Never more than the total, whatever the single ones add up to."""
    paid: Amount
    """The total less what was given back."""
