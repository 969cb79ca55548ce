"""Receipts of purchases: what stands on them, to the last digit, and when there is none."""

import httpx
import pytest

from largesse.settings import SellerSettings, Settings
from largesse.topups.errors import OrderNotCredited, OrderNotFound
from largesse.topups.providers import PaymentEventKind
from largesse.topups.receipts import texts
from largesse.topups.receipts.schemas import PurchaseReceipt
from largesse.topups.receipts.service import receipt_of
from largesse.topups.schemas import Order
from largesse.types import Money
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop
from tests.topups.till import Till


@pytest.mark.parametrize(
    ("tag", "amount_minor", "currency", "text"),
    [
        ("en-US", 123456, "USD", "$1,234.56"),
        ("en-US", 123456, "JPY", "¥123,456"),
        ("en-US", 123456, "KWD", "KWD123.456"),
        ("de-DE", 123456, "EUR", "1.234,56 €"),
        ("fr-FR", 5, "EUR", "0,05 €"),
        ("hi-IN", 12345678, "INR", "₹1,23,456.78"),
        ("en-US", -370, "USD", "-$3.70"),
        # CLDR shows whole dinars, though ISO 4217 counts thousandths:
        ("en-US", 123456, "IQD", "IQD123.456"),
        ("en-US", 10**15 + 1, "USD", "$10,000,000,000,000.01"),
    ],
)
def test_an_amount_keeps_every_digit(tag: str, amount_minor: int, currency: str, text: str) -> None:
    locale = texts.locale_of(tag)
    written = texts.money_text(Money(amount_minor=amount_minor, currency=currency), locale)
    assert written.replace("\xa0", " ").replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("tag", "rate_bp", "text"),
    [
        ("en-US", 2000, "20%"),
        ("en-US", 825, "8.25%"),
        ("en-US", 1950, "19.5%"),
        ("en-US", 0, "0%"),
        ("de-DE", 825, "8,25 %"),
        ("tr-TR", 825, "%8,25"),
    ],
)
def test_a_rate_keeps_every_digit(tag: str, rate_bp: int, text: str) -> None:
    written = texts.rate_text(rate_bp, texts.locale_of(tag))
    assert written.replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("de-DE", "de_DE"),
        ("xx-YY, fr;q=0.8, en", "fr"),
        ("de-u-nu-latn, nl", "nl"),
        ("", "en_US"),
        ("*", "en_US"),
        ("../../etc/passwd", "en_US"),
        ("a" * 5000, "en_US"),
        (None, "en_US"),
    ],
)
def test_a_locale_nobody_knows_falls_back(wanted: str | None, locale: str) -> None:
    assert str(texts.locale_of(wanted)) == locale


async def _receipt(shop: Shop, order: Order, locale: str = "en-US") -> PurchaseReceipt:
    return await receipt_of(shop.services, shop.buyer, order.id, wanted_locale=locale)


async def _bought(shop: Shop) -> Order:
    order = await shop.order()
    await shop.tell(shop.notice(await shop.paid(order), PaymentEventKind.SUCCEEDED))
    return await shop.show(order)


async def test_a_receipt_tells_what_was_bought(shop: Shop) -> None:
    order = await _bought(shop)
    receipt = await _receipt(shop, order)
    assert (receipt.number, receipt.at) == (str(order.id), order.history[-1].at)
    assert (receipt.buyer, receipt.seller.name) == ("Vera", "Largesse")
    assert (receipt.coins, receipt.coins_text, receipt.coins_bonus) == (350, "350", 0)
    assert receipt.net.amount_minor + receipt.tax.amount_minor == receipt.total.amount_minor
    assert (receipt.total.amount_minor, receipt.total.text) == (370, "$3.70")
    assert (receipt.paid.text, receipt.given_back, receipt.given_back_total.text) == (
        "$3.70",
        [],
        "$0.00",
    )
    (transaction_id,) = await shop.column("SELECT transaction_id FROM provider_transaction")
    assert (receipt.transaction_id, receipt.provider_label) == (
        transaction_id,
        "Sandbox (test cards)",
    )
    assert await _receipt(shop, order) == receipt


async def test_tax_stands_with_its_name_and_rate(shop: Shop) -> None:
    order = await _bought(shop)
    await shop.execute(
        """
        UPDATE top_up_order SET tax_name = 'VAT', tax_bp = 825, net_minor = 342, tax_minor = 28
        """
    )
    receipt = await _receipt(shop, order, "de-DE")
    assert (receipt.tax_name, receipt.tax_bp) == ("VAT", 825)
    assert receipt.tax_rate_text == "8,25\xa0%"
    assert (receipt.net.text, receipt.tax.text) == ("3,42\xa0$", "0,28\xa0$")
    assert receipt.locale == "de-DE"
    await shop.execute("UPDATE top_up_order SET net_minor = 370, tax_minor = 0")


async def test_a_second_payment_is_not_the_one_on_the_receipt(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, PaymentEventKind.SUCCEEDED))
    await shop.tell(shop.notice(payment, PaymentEventKind.SUCCEEDED, transaction_id="aaa_second"))
    assert (await _receipt(shop, order)).transaction_id == payment.transaction_id


async def test_what_was_given_back_stands_on_it(shop: Shop) -> None:
    order = await _bought(shop)
    refund, dispute = PaymentEventKind.REFUNDED, PaymentEventKind.DISPUTED
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, refund, amount_minor=100, reversal_id="r1"))
    part = await _receipt(shop, order)
    assert [(each.kind, each.amount.text) for each in part.given_back] == [("refund", "$1.00")]
    assert (part.given_back_total.text, part.paid.text, part.total.text) == (
        "$1.00",
        "$2.70",
        "$3.70",
    )
    await shop.tell(shop.notice(payment, dispute, reversal_id="d1"))
    all_of_it = await _receipt(shop, order)
    assert [each.kind for each in all_of_it.given_back] == ["refund", "dispute"]
    assert (all_of_it.given_back_total.text, all_of_it.paid.text) == ("$3.70", "$0.00")
    await shop.tell(shop.notice(payment, PaymentEventKind.DISPUTE_WON, reversal_id="d1"))
    assert [each.kind for each in (await _receipt(shop, order)).given_back] == ["refund"]


async def test_there_is_none_before_the_coins(shop: Shop, users: MakeUser) -> None:
    order = await shop.order()
    with pytest.raises(OrderNotCredited):
        await _receipt(shop, order)
    bought = await _bought(shop)
    with pytest.raises(OrderNotFound):
        await receipt_of(
            shop.services, (await users("Olga")).user, bought.id, wanted_locale="en-US"
        )


def test_a_seller_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARGESSE_SELLER_NAME", "Coin Shop Ltd")
    monkeypatch.setenv("LARGESSE_SELLER_ADDRESS", "1 High Street | Leeds |")
    monkeypatch.setenv("LARGESSE_SELLER_TAX_ID", "VAT ID GB123")
    seller = Settings().seller
    assert (seller.name, seller.address_lines) == ("Coin Shop Ltd", ["1 High Street", "Leeds"])
    assert seller.tax_id == "VAT ID GB123"
    monkeypatch.setenv("LARGESSE_SELLER_NAME", "")
    with pytest.raises(ValueError, match="at least 1 character"):
        SellerSettings()


async def test_over_http(till: Till, client: httpx.AsyncClient) -> None:
    order = await till.order()
    address = f"/v1/orders/{order['id']}/receipt"
    early = await client.get(address, headers=till.buyer.headers)
    assert (early.status_code, early.json()["code"]) == (409, "order_not_credited")
    await till.pay(order)
    spoken = {**till.buyer.headers, "Accept-Language": "de-AT;q=0.9, en"}
    receipt = (await client.get(address, headers=spoken)).json()
    assert (receipt["locale"], receipt["seller"]["tax_id"]) == ("de-AT", None)
    asked = await client.get(f"{address}?locale=ja-JP", headers=spoken)
    assert (asked.json()["locale"], asked.json()["total"]["text"]) == ("ja-JP", "$3.70")
    assert (await client.get(address)).status_code == 401
