"""Asking Apple, and telling it about consumption: answers, refusals and bad luck."""

import time
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from largesse.topups.providers import (
    Consumption,
    PaymentReference,
    ProviderError,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.app_store import app_store_provider, client
from largesse.types import new_id
from tests.topups.providers.app_store.conftest import Shop, said


async def test_a_look_up_tells_what_happened(shop: Shop) -> None:
    order_id = shop.bought()
    assert said(await shop.events(order_id)) == [("succeeded", 499)]
    shop.control("refund", order_id)
    assert said(await shop.events(order_id)) == [("succeeded", 499), ("refunded", 499)]
    shop.control("reverse_refund", order_id)
    assert said(await shop.events(order_id)) == [("succeeded", 499)]


async def test_an_order_remembers_what_to_ask_by(shop: Shop) -> None:
    order_id = shop.bought()
    (paid,) = await shop.events(order_id)
    reference = PaymentReference(order_id, checkout_reference=paid.checkout_reference)
    assert await shop.provider.look_up(reference) == (paid,)


@pytest.mark.parametrize("name", [None, "", "2000000000009999", "9" * 21, "../../x", "GPA.1", "٣"])
async def test_what_apple_does_not_know_has_no_events(shop: Shop, name: str | None) -> None:
    assert await shop.provider.look_up(PaymentReference(transaction_id=name)) == ()


async def test_a_purchase_of_another_order_is_not_taken(shop: Shop) -> None:
    name = shop.transaction_id(shop.bought())
    with pytest.raises(ProviderError):
        await shop.provider.look_up(PaymentReference(new_id(), transaction_id=name))


async def test_an_answer_about_another_purchase_is_not_taken(shop: Shop) -> None:
    order_id, other = shop.bought(), shop.bought()
    shop.transaction_id(order_id)
    shop.fake.control("trouble", signed=shop.proof(other).token)
    with pytest.raises(ProviderError):
        await shop.events(order_id)


async def test_an_answer_that_apple_did_not_sign_is_not_taken(shop: Shop) -> None:
    order_id = shop.bought()
    shop.fake.control("trouble", signed=shop.proof(order_id, chain="foreign").token)
    with pytest.raises(ProviderError):
        await shop.events(order_id)


@pytest.mark.parametrize(
    "trouble",
    [{"status": 429}, {"status": 500}, {"status": 503}, {"status": 401}, {"garbage": True}],
)
async def test_bad_luck_is_a_provider_error_and_passes(shop: Shop, trouble: dict[str, Any]) -> None:
    order_id = shop.bought()
    shop.fake.control("trouble", **trouble)
    with pytest.raises(ProviderError):
        await shop.events(order_id)
    assert len(shop.fake.control("calls")) == 1, "nothing is tried twice"
    assert said(await shop.events(order_id)) == [("succeeded", 499)]


async def test_a_slow_answer_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    order_id = shop.bought()
    shop.fake.control("trouble", delay_s=5)
    started_s = time.monotonic()
    with pytest.raises(ProviderError):
        await shop.events(order_id)
    assert time.monotonic() - started_s < 3


async def test_nobody_there_is_a_provider_error(shop: Shop) -> None:
    settings = shop.settings.model_copy(update={"api_base": "http://127.0.0.1:9"})
    with pytest.raises(ProviderError):
        await app_store_provider(settings).look_up(PaymentReference(transaction_id="1"))


@pytest.mark.parametrize(
    "change",
    [
        {"key_id": "OTHER"},
        {"issuer_id": "other"},
        {"bundle_id": "com.example.other"},
        {"private_key": SecretStr("no key")},
    ],
)
async def test_wrong_credentials_are_a_provider_error(shop: Shop, change: dict[str, Any]) -> None:
    provider = app_store_provider(shop.settings.model_copy(update=change))
    with pytest.raises(ProviderError) as failed:
        await provider.look_up(PaymentReference(transaction_id="1"))
    assert "no key" not in str(failed.value)


@pytest.mark.parametrize(
    ("consumption", "told"),
    [
        (
            Consumption(delivered=True, used_bp=6_212),
            {"deliveryStatus": "DELIVERED", "consumptionPercentage": 62_120},
        ),
        (
            Consumption(delivered=True, used_bp=10_000),
            {"deliveryStatus": "DELIVERED", "consumptionPercentage": 100_000},
        ),
        (
            Consumption(delivered=False, used_bp=5_000),
            {"deliveryStatus": "UNDELIVERED_OTHER", "consumptionPercentage": 0},
        ),
    ],
)
async def test_consumption_is_told(
    shop: Shop, consumption: Consumption, told: dict[str, Any]
) -> None:
    order_id = shop.bought()
    for _ in range(2):
        await shop.provider.tell_consumption(shop.transaction_id(order_id), consumption)
    always = {"customerConsented": True, "sampleContentProvided": False}
    assert shop.control("consumption", order_id) == {**always, **told}


async def test_consumption_that_cannot_be_told_is_a_provider_error(shop: Shop) -> None:
    used = Consumption(delivered=True, used_bp=1)
    with pytest.raises(ProviderError):
        await shop.provider.tell_consumption("2000000000009999", used)
    shop.fake.control("trouble", status=500)
    with pytest.raises(ProviderError):
        await shop.provider.tell_consumption(shop.transaction_id(shop.bought()), used)


async def test_apple_takes_no_refunds_of_ours(shop: Shop) -> None:
    order_id = shop.bought()
    request = RefundRequest("r-1", order_id, shop.transaction_id(order_id), 499, "USD")
    for one in (request, replace(request, amount_minor=1)):
        assert await shop.provider.refund(one) is RefundState.FAILED
    assert shop.fake.control("calls") == []


async def test_finishing_calls_nobody(shop: Shop) -> None:
    (paid,) = await shop.events(shop.bought())
    shop.fake.control("calls")
    await shop.provider.finish_purchase(paid)
    assert shop.fake.control("calls") == []
