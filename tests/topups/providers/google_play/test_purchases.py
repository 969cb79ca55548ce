"""What an app hands in: taken, refused, or not paid yet."""

from typing import Any

import pytest

from largesse.topups.providers import (
    AppPurchase,
    CheckoutNotOffered,
    Payer,
    PaymentEvent,
    PaymentEventKind,
    ProviderError,
    PurchaseNotBound,
    SignatureError,
)
from largesse.topups.providers.google_play import google_play_provider
from largesse.topups.providers.google_play.client import LIVE_BASE, PlayClient
from largesse.topups.providers.google_play.provider import GooglePlayProvider
from largesse.topups.providers.google_play.push import Pusher
from tests.conformance.harness import request_for
from tests.conformance.harnesses.google_play import settings_for
from tests.topups.providers.google_play.conftest import Shop

_K = PaymentEventKind


async def test_a_purchase_says_all_that_its_order_needs(shop: Shop) -> None:
    order_id, token = shop.paid(country="DE", amount_minor=419, currency="EUR")
    assert await shop.handed_in(token) == (
        PaymentEvent(
            _K.SUCCEEDED,
            order_id,
            shop.order_name(token),
            419,
            "EUR",
            payer=Payer(country="DE"),
            product_id="coins_350",
            checkout_reference=token,
        ),
    )


@pytest.mark.parametrize(
    ("amount_minor", "currency"), [(600, "JPY"), (5, "USD"), (1_234_567, "KWD"), (100, "USD")]
)
async def test_amounts_come_in_minor_units(shop: Shop, amount_minor: int, currency: str) -> None:
    _, token = shop.paid(amount_minor=amount_minor, currency=currency)
    (paid,) = await shop.handed_in(token)
    assert (paid.amount_minor, paid.currency) == (amount_minor, currency)


async def test_what_is_pending_has_no_events_yet(shop: Shop) -> None:
    _, token = shop.bought()
    assert await shop.handed_in(token) == ()
    shop.control("pay", token)
    assert [event.kind for event in await shop.handed_in(token)] == [_K.SUCCEEDED]


async def test_what_was_never_paid_is_abandoned(shop: Shop) -> None:
    order_id, token = shop.bought()
    shop.control("cancel", token)
    (event,) = await shop.handed_in(token)
    assert (event.kind, event.order_id, event.transaction_id) == (_K.ABANDONED, order_id, None)


@pytest.mark.parametrize("token", ["unknown-token", "", "..", "a/b", "a b", "ü", "x" * 2000])
async def test_what_google_does_not_know_is_refused(shop: Shop, token: str) -> None:
    with pytest.raises(SignatureError):
        await shop.handed_in(token)


@pytest.mark.parametrize("order_id", ["", "somebody", "3F2504E0-4F89-11D3-9A0C-0305E82C3301"])
async def test_a_purchase_that_names_no_order_is_not_bound(shop: Shop, order_id: str) -> None:
    _, token = shop.paid(order_id=order_id)
    with pytest.raises(PurchaseNotBound):
        await shop.handed_in(token)
    assert await shop.events(token) == ()


async def test_several_pieces_are_not_the_product(shop: Shop) -> None:
    _, token = shop.paid(quantity=2)
    (paid,) = await shop.handed_in(token)
    assert paid.product_id == "2 of coins_350"


async def test_a_purchase_for_nothing_is_refused(shop: Shop) -> None:
    _, token = shop.paid()
    shop.control("edit", token, purchase={"orderId": None})
    with pytest.raises(SignatureError, match="nothing was paid"):
        await shop.handed_in(token)


async def test_another_app_knows_nothing_here(shop: Shop) -> None:
    _, token = shop.paid()
    other = google_play_provider(settings_for(shop.running, package_name="com.example.other"))
    with pytest.raises(ProviderError, match="403"):
        await other.verify_purchase(AppPurchase(token))


async def test_licence_testers_count_only_on_a_server_for_trying(shop: Shop) -> None:
    _, token = shop.paid(test=True)
    assert len(await shop.handed_in(token)) == 1
    settings = settings_for(shop.running)
    assert settings.credentials is not None
    client = PlayClient(shop.fake.url, str(settings.package_name), settings.credentials)
    production = GooglePlayProvider(
        client, shop.provider._certificates, "com.example", Pusher("", ""), tests_count=False
    )
    with pytest.raises(SignatureError, match="licence tester"):
        await production.verify_purchase(AppPurchase(token))


def test_only_a_named_address_makes_a_server_for_trying(shop: Shop) -> None:
    assert google_play_provider(settings_for(shop.running))._tests_count
    for real in (None, LIVE_BASE):
        assert not google_play_provider(settings_for(shop.running, api_base=real))._tests_count


async def test_a_purchase_is_consumed_once(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.handed_in(token)
    for _ in range(2):
        await shop.provider.finish_purchase(paid)
    assert shop.control("consumed", token)["times"] == 1
    assert await shop.handed_in(token) == (paid,)


async def test_a_consumption_whose_answer_is_lost_is_done(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.handed_in(token)
    shop.fake.control("trouble", status=400, after=True, only=":consume")
    await shop.provider.finish_purchase(paid)
    shop.fake.control("trouble", status=503, after=True, only=":consume")
    await shop.provider.finish_purchase(paid)
    assert shop.control("consumed", token)["times"] == 1


async def test_a_consumption_that_is_refused_is_tried_again(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.handed_in(token)
    shop.fake.control("trouble", status=400, only=":consume")
    with pytest.raises(ProviderError):
        await shop.provider.finish_purchase(paid)
    await shop.provider.finish_purchase(paid)
    assert shop.control("consumed", token)["times"] == 1


async def test_what_was_given_back_is_not_consumed(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.handed_in(token)
    shop.control("refund", token)
    await shop.provider.finish_purchase(paid)
    assert shop.control("consumed", token)["times"] == 0


@pytest.mark.parametrize(
    "order",
    [
        {"state": "SOMETHING_NEW"},
        {"total": {"currencyCode": "USD", "units": "-3"}},
        {"total": {"currencyCode": "USD", "units": "3", "nanos": 705_000_000}},
        {"total": {"currencyCode": "usd", "units": "3"}},
        {"total": {}},
        {"purchaseToken": "another-token"},
        {"orderHistory": []},
    ],
)
async def test_an_order_that_makes_no_sense_is_not_believed(
    shop: Shop, order: dict[str, Any]
) -> None:
    _, token = shop.paid()
    shop.control("edit", token, order=order)
    with pytest.raises(ProviderError):
        await shop.handed_in(token)


async def test_a_cancelled_purchase_of_a_paid_order_is_not_believed(shop: Shop) -> None:
    _, token = shop.paid()
    shop.control("cancel", token)
    with pytest.raises(ProviderError):
        await shop.handed_in(token)


async def test_there_is_no_page_to_pay_on(shop: Shop) -> None:
    with pytest.raises(CheckoutNotOffered):
        await shop.provider.create_checkout(request_for(shop.bought()[0]))
