"""PayPal down, slow or talking nonsense: a ProviderError, never anything else, and nothing done twice."""

from typing import Any

import pytest
from pydantic import SecretStr

from largesse.payment_settings import PayPalSettings
from largesse.topups.providers import PaymentReference, ProviderError
from largesse.topups.providers.paypal import client, paypal_provider
from largesse.types import new_id
from tests.conformance.harness import request_for
from tests.fakes.process import Fake
from tests.topups.providers.paypal.conftest import Shop

TROUBLES: list[dict[str, Any]] = [
    {"status": 400},
    {"status": 403},
    {"status": 429},
    {"status": 500},
    {"status": 503},
    {"garbage": True},
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_every_call_fails_as_the_provider(shop: Shop, trouble: dict[str, Any]) -> None:
    order_id = await shop.paid()
    shop.fake.control("trouble", count=20, **trouble)
    with pytest.raises(ProviderError):
        await shop.provider.create_checkout(request_for(new_id()))
    with pytest.raises(ProviderError):
        await shop.events(order_id)
    shop.fake.control("trouble", count=0)
    assert len(await shop.events(order_id)) == 1


async def test_a_checkout_whose_answer_is_lost_is_opened_once(shop: Shop) -> None:
    request = request_for(new_id())
    shop.fake.control("trouble", status=500, after=True)
    with pytest.raises(ProviderError):
        await shop.provider.create_checkout(request)
    first = await shop.provider.create_checkout(request)
    assert await shop.provider.create_checkout(request) == first
    assert shop.control("show", request.order_id)["id"] == first.reference


async def test_a_slow_answer_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await shop.paid()
    assert len(await shop.events(order_id)) == 1
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    shop.fake.control("trouble", delay_s=5.0)
    with pytest.raises(ProviderError, match="Timeout"):
        await shop.events(order_id)


async def test_a_token_is_kept_and_replaced_when_it_ends(shop: Shop) -> None:
    order_id = await shop.order()
    await shop.events(order_id)
    token = "POST /v1/oauth2/token"
    assert shop.fake.control("calls").count(token) == 1
    shop.fake.control("end_tokens")
    assert await shop.events(order_id) == ()
    assert shop.fake.control("calls").count(token) == 1


@pytest.mark.parametrize(
    "change", [{"client_secret": SecretStr("wrong")}, {"api_base": "http://127.0.0.1:1"}]
)
async def test_wrong_settings_fail_as_the_provider(
    running: tuple[Fake, PayPalSettings], change: dict[str, Any]
) -> None:
    provider = paypal_provider(running[1].model_copy(update=change))
    with pytest.raises(ProviderError) as failed:
        await provider.look_up(PaymentReference(checkout_reference="5O1"))
    assert "wrong" not in str(failed.value)


def test_the_same_settings_give_the_same_provider(running: tuple[Fake, PayPalSettings]) -> None:
    assert paypal_provider(running[1]) is paypal_provider(running[1].model_copy())
