"""Stores set their prices: the product decides what was bought, and the order takes what was charged."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.topups.errors import ProductUnknown
from largesse.topups.providers import PaymentEvent, PaymentEventKind
from largesse.topups.repricing import Fit, fit_of, repriced
from largesse.topups.rows import Order, PriceBook
from largesse.topups.states import OrderState
from tests.topups.stores.phone import COINS, Phone, reasons

AT = datetime(2026, 5, 1, tzinfo=UTC)
ID = UUID("019b76da-a800-7001-80b7-48490b729601")
BOOK = PriceBook(
    id=8, country="GB", channel="app_store", currency="GBP", fee_bp=3000, valid_from=AT,
    tax_bp=2000, tax_inclusive=True, tax_name="VAT",
)  # fmt: skip
ORDER = Order(
    user_id=ID, id=ID, state=OrderState.PENDING, package_id=ID, price_book_id=2,
    product_id="coins_330", provider="app_store", channel="app_store", country="US", coins=330,
    coins_bonus=20, currency="USD", net_minor=499, tax_name="Sales tax", tax_bp=0, tax_minor=0,
    gross_minor=499, discount_minor=0, fee_minor=150, hold_days=14, provider_ref=None,
    checkout_url=None, return_path=None, idempotency_key="k", created_at=AT, expires_at=AT,
    updated_at=AT,
)  # fmt: skip
PAID = PaymentEvent(PaymentEventKind.SUCCEEDED, ID, "2000", 499, "USD", product_id="coins_330")
WEB = replace(ORDER, product_id=None)


@pytest.mark.parametrize(
    ("order", "event", "fit"),
    [
        (ORDER, PAID, Fit.AS_ORDERED),
        (ORDER, replace(PAID, amount_minor=599), Fit.OTHER_PRICE),
        (ORDER, replace(PAID, currency="EUR"), Fit.OTHER_PRICE),
        (ORDER, replace(PAID, product_id="coins_6607"), Fit.MISMATCH),
        (ORDER, replace(PAID, product_id="2 x coins_330", amount_minor=998), Fit.MISMATCH),
        (ORDER, replace(PAID, product_id=None), Fit.MISMATCH),
        (ORDER, replace(PAID, amount_minor=0), Fit.MISMATCH),
        (WEB, replace(PAID, product_id=None), Fit.AS_ORDERED),
        (WEB, replace(PAID, product_id=None, amount_minor=498), Fit.MISMATCH),
        (WEB, replace(PAID, product_id=None, currency="EUR"), Fit.MISMATCH),
        (WEB, PAID, Fit.MISMATCH),
    ],
)
def test_what_fits_an_order(order: Order, event: PaymentEvent, fit: Fit) -> None:
    assert fit_of(order, event) is fit


@given(
    amount_minor=st.integers(1, 10**12),
    tax_bp=st.integers(0, 10_000),
    fee_bp=st.integers(0, 10_000),
)
def test_net_and_tax_are_what_was_charged(amount_minor: int, tax_bp: int, fee_bp: int) -> None:
    event = replace(PAID, amount_minor=amount_minor, currency="GBP")
    new = repriced(ORDER, event, replace(BOOK, tax_bp=tax_bp, fee_bp=fee_bp))
    assert new.net_minor + new.tax_minor == new.gross_minor == amount_minor
    assert new.net_minor >= 0
    assert 0 <= new.fee_minor <= amount_minor
    assert (new.coins, new.coins_bonus, new.package_id) == (330, 20, ORDER.package_id)


def test_tax_and_fee_are_those_of_the_storefront() -> None:
    new = repriced(ORDER, replace(PAID, amount_minor=599, currency="GBP"), BOOK)
    assert (new.currency, new.gross_minor, new.net_minor, new.tax_minor) == ("GBP", 599, 499, 100)
    assert (new.tax_name, new.tax_bp, new.fee_minor, new.price_book_id) == ("VAT", 2000, 180, 8)


async def test_a_buyer_of_another_storefront_pays_its_price_and_tax(phone: Phone) -> None:
    order = await phone.order()
    proof = await phone.buy(order, price=5990, currency="GBP", storefront="GBR")
    shown = await phone.hand_in(proof)
    assert (shown.state, (await phone.wallet()).coins_paid) == ("credited", COINS)
    assert (shown.total.amount_minor, shown.total.currency) == (599, "GBP")
    assert (shown.net.amount_minor, shown.tax.amount_minor) == (499, 100)
    assert (shown.tax_name, shown.tax_bp) == ("VAT", 2000)
    assert "repriced_by_store" in reasons(shown)
    query = """
        SELECT l.currency, l.gross_minor, l.tax_minor, l.fee_minor, b.country
          FROM lot l JOIN top_up_order o ON o.id = l.order_id JOIN price_book b ON b.id = o.price_book_id
    """
    assert await phone.rows(query) == [("GBP", 599, 100, 180, "GB")]


async def test_where_nothing_is_sold_the_order_keeps_its_tax_and_fee(phone: Phone) -> None:
    order = await phone.order("GB")
    proof = await phone.buy(order, price=900_000, currency="ISK", storefront="ISL")
    shown = await phone.hand_in(proof)
    assert (shown.state, shown.total.amount_minor, shown.total.currency) == (
        "credited",
        900_000 // 1000,
        "ISK",
    )
    assert (shown.tax_name, shown.tax_bp) == ("VAT", 2000)
    assert shown.net.amount_minor + shown.tax.amount_minor == shown.total.amount_minor


async def test_what_was_repriced_is_refunded_at_its_new_price(phone: Phone) -> None:
    order = await phone.order()
    await phone.hand_in(await phone.buy(order, price=5990, currency="GBP", storefront="GBR"))
    phone.store.control("refund", order.id, percentage=40_000)
    await phone.tell("REFUND", order.id)
    shown = await phone.show(order)
    assert (shown.state, reasons(shown)[-1]) == ("credited", "partial_reversal")
    assert await phone.rows("SELECT sum(amount_minor) FROM reversal_cause") == [(240,)]


async def test_a_free_purchase_credits_nothing(phone: Phone) -> None:
    order = await phone.order()
    with pytest.raises(ProductUnknown):
        await phone.hand_in(await phone.buy(order, price=0))
    assert reasons(await phone.show(order))[-1] == "payment_mismatch"
