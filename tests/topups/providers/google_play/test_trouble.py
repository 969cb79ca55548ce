"""Google down, slow or talking nonsense: a ProviderError, never anything else, and nothing done twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from largesse.topups.providers import (
    AppPurchase,
    PaymentReference,
    ProviderError,
    RefundRequest,
)
from largesse.topups.providers.google_play import client, google_play_provider
from largesse.topups.providers.google_play.tokens import service_account
from largesse.types import now
from tests.conformance.harnesses.google_play import settings_for
from tests.topups.providers.google_play.conftest import Shop

TROUBLES: list[dict[str, Any]] = [
    {"status": 401},
    {"status": 403},
    {"status": 429},
    {"status": 500},
    {"status": 503},
    {"garbage": True},
    {"body": {"purchaseStateContext": 7, "orderId": 7, "voidedPurchases": [{}]}},
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_every_call_fails_as_the_provider(shop: Shop, trouble: dict[str, Any]) -> None:
    order_id, token = shop.paid()
    (paid,) = await shop.handed_in(token)
    name = shop.order_name(token)
    shop.fake.control("trouble", count=20, **trouble)
    with pytest.raises(ProviderError):
        await shop.handed_in(token)
    with pytest.raises(ProviderError):
        await shop.provider.look_up(PaymentReference(transaction_id=name))
    with pytest.raises(ProviderError):
        await shop.provider.finish_purchase(paid)
    with pytest.raises(ProviderError):
        await shop.provider.refund(RefundRequest("k", order_id, name, 370, "USD"))
    with pytest.raises(ProviderError):
        await shop.provider.voided(now(), now())
    shop.fake.control("trouble", count=0)
    assert await shop.handed_in(token) == (paid,)


async def test_an_order_that_is_not_there_yet_is_asked_for_again(shop: Shop) -> None:
    _, token = shop.paid()
    shop.fake.control("trouble", status=404, only="/orders/")
    with pytest.raises(ProviderError):
        await shop.handed_in(token)
    assert len(await shop.handed_in(token)) == 1


async def test_a_slow_answer_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = shop.paid()
    assert len(await shop.events(token)) == 1
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    shop.fake.control("trouble", delay_s=5.0)
    with pytest.raises(ProviderError, match="Timeout"):
        await shop.events(token)


async def test_a_token_is_kept_and_replaced_when_it_ends(shop: Shop) -> None:
    _, token = shop.paid()
    await shop.events(token)
    shop.token_calls()
    await shop.events(token)
    assert shop.token_calls() == 0
    shop.fake.control("end_tokens")
    assert len(await shop.events(token)) == 1
    assert shop.token_calls() == 1


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_no_token_no_answer(shop: Shop, status: int) -> None:
    _, token = shop.paid()
    shop.fake.control("end_tokens")
    shop.fake.control("trouble", status=status, only="/token", count=2)
    provider = google_play_provider(settings_for(shop.running, push_audience=f"fresh-{status}"))
    with pytest.raises(ProviderError, match="token"):
        await provider.look_up(PaymentReference(checkout_reference=token))


def _key_file(shop: Shop, folder: Path, **change: Any) -> Path:
    told = json.loads(shop.running.credentials.read_text()) | change
    path = folder / "key.json"
    path.write_text(json.dumps(told))
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"client_email": "another@example.iam.gserviceaccount.com"},
        {"private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"},
        {"private_key": 7},
        {"client_email": None},
        {"token_uri": "http://example.com/token"},
        {"token_uri": "http://127.0.0.1:1/token"},
    ],
)
async def test_a_key_file_that_does_not_work_fails_as_the_provider(
    shop: Shop, tmp_path: Path, change: dict[str, Any]
) -> None:
    path = _key_file(shop, tmp_path, **change)
    provider = google_play_provider(settings_for(shop.running, credentials=path))
    with pytest.raises(ProviderError) as failed:
        await provider.verify_purchase(AppPurchase("some-token"))
    assert "PRIVATE" not in str(failed.value)


@pytest.mark.parametrize(
    "address", ["http://example.com/token", "http://127.0.0.1:1@example.com/token", "https://"]
)
def test_a_token_is_asked_for_only_by_https(shop: Shop, tmp_path: Path, address: str) -> None:
    with pytest.raises(ProviderError, match="must be https"):
        service_account(_key_file(shop, tmp_path, token_uri=address))


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b"\xff"])
async def test_a_file_that_is_no_key_file_fails_as_the_provider(
    shop: Shop, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_bytes(content)
    provider = google_play_provider(settings_for(shop.running, credentials=path))
    with pytest.raises(ProviderError, match="key file"):
        await provider.verify_purchase(AppPurchase("some-token"))


def test_the_same_settings_give_the_same_provider(shop: Shop) -> None:
    settings = settings_for(shop.running)
    assert google_play_provider(settings) is google_play_provider(settings.model_copy())
