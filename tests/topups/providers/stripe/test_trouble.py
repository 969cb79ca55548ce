"""Stripe down, slow, overloaded, or answering nonsense: always a ProviderError, and nothing is done twice."""

import socket
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr

from largesse.topups.providers import PaymentProvider, PaymentReference, ProviderError, RefundState
from largesse.topups.providers.stripe import StripeProvider, client, stripe_provider
from largesse.types import new_id
from tests.conformance.harness import request_for
from tests.conformance.harnesses.stripe import StripeHarness, fake_settings
from tests.fakes.process import Fake
from tests.topups.providers.stripe.steps import paid

Call = Callable[[PaymentProvider], Awaitable[object]]


async def _open(provider: PaymentProvider) -> object:
    return await provider.create_checkout(request_for(new_id()))


async def _ask_by_order(provider: PaymentProvider) -> object:
    return await provider.look_up(PaymentReference(order_id=new_id()))


async def _ask_by_page(provider: PaymentProvider) -> object:
    return await provider.look_up(PaymentReference(checkout_reference="cs_test_1"))


CALLS = pytest.mark.parametrize("call", [_open, _ask_by_order, _ask_by_page])


@CALLS
@pytest.mark.parametrize("kind", ["429", "500", "503", "garbage"])
async def test_a_failing_stripe_is_an_error_and_then_well_again(
    fake: Fake, provider: StripeProvider, kind: str, call: Call
) -> None:
    fake.control("trouble", kind=kind)
    with pytest.raises(ProviderError):
        await call(provider)
    await call(provider)


@CALLS
async def test_a_slow_stripe_is_an_error(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    fake.control("trouble", kind="slow", delay_s=2.0)
    with pytest.raises(ProviderError):
        await call(stripe_provider(fake_settings(fake)))


@CALLS
async def test_a_stripe_that_is_down_is_an_error(call: Call, fake: Fake) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    base = {"api_base": f"http://127.0.0.1:{port}"}
    with pytest.raises(ProviderError):
        await call(stripe_provider(fake_settings(fake).model_copy(update=base)))


@CALLS
async def test_a_wrong_key_is_an_error_that_does_not_show_it(call: Call, fake: Fake) -> None:
    wrong = {"secret_key": SecretStr("sk_test_wrong")}
    with pytest.raises(ProviderError) as raised:
        await call(stripe_provider(fake_settings(fake).model_copy(update=wrong)))
    assert "sk_test" not in str(raised.value)


async def test_a_page_whose_answer_was_lost_is_opened_once(harness: StripeHarness) -> None:
    request = request_for(new_id())
    harness.fake.control("trouble", kind="lost")
    with pytest.raises(ProviderError):
        await harness.provider.create_checkout(request)
    made = harness.fake.control("state", order_id=str(request.order_id))["session"]["id"]
    assert (await harness.provider.create_checkout(request)).reference == made


@pytest.mark.parametrize("kind", ["429", "500", "garbage"])
@pytest.mark.parametrize("skip", [0, 1])  # the payment is looked up before the refund is asked for
async def test_a_refund_is_an_error_until_stripe_says(
    harness: StripeHarness, kind: str, skip: int
) -> None:
    request = await paid(harness)
    harness.fake.control("trouble", kind=kind, skip=skip)
    with pytest.raises(ProviderError):
        await harness.provider.refund(request)
    assert await harness.provider.refund(request) is RefundState.DONE
    assert await harness.provider.refund(request) is RefundState.DONE
    refunds = harness.fake.control("state", order_id=str(request.order_id))["refunds"]
    assert [refund["amount"] for refund in refunds] == [370]


async def test_a_refund_whose_answer_was_lost_is_made_once(harness: StripeHarness) -> None:
    request = await paid(harness)
    harness.fake.control("trouble", kind="lost", skip=1)
    with pytest.raises(ProviderError):
        await harness.provider.refund(request)
    state = harness.fake.control("state", order_id=str(request.order_id))
    assert len(state["refunds"]) == 1
    assert await harness.provider.refund(request) is RefundState.DONE
    refunds = harness.fake.control("state", order_id=str(request.order_id))["refunds"]
    assert [refund["amount"] for refund in refunds] == [370]
