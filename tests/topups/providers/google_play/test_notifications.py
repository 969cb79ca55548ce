"""What Pub/Sub pushes: ours or refused, and what it makes us ask."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from largesse.topups.providers import (
    PaymentEventKind,
    PaymentReference,
    RawNotification,
    SignatureError,
)
from largesse.topups.providers.google_play import certificates
from largesse.topups.providers.google_play.certificates import Certificates
from largesse.topups.providers.google_play.push import parse
from tests.fakes.google_play.process import PACKAGE
from tests.topups.providers.google_play.conftest import Shop

_K = PaymentEventKind
TOKEN = "some-purchase-token"
ONE_TIME = {"version": "1.0", "notificationType": 1, "purchaseToken": TOKEN, "sku": "coins_350"}
VOIDED = {"purchaseToken": TOKEN, "orderId": "GPA.1-2-3-4", "productType": 2, "refundType": 1}


def _of_app(**told: Any) -> dict[str, Any]:
    return {"version": "1.0", "packageName": PACKAGE, "eventTimeMillis": "0", **told}


async def _asked(shop: Shop, raw: RawNotification) -> list[PaymentEventKind]:
    """What a notification comes to."""
    told = shop.provider.verify_and_parse_notification(raw)
    assert told.events == ()
    assert shop.provider.parse_stored_notification(raw.body) == told
    return [event.kind for one in told.ask_first for event in await shop.provider.look_up(one)]


async def test_a_purchase_that_no_app_handed_in_is_found(shop: Shop) -> None:
    _, token = shop.paid()
    assert await _asked(shop, shop.told(token, "purchased")) == [_K.SUCCEEDED]


async def test_what_it_says_is_not_believed(shop: Shop) -> None:
    _, token = shop.bought()
    assert await _asked(shop, shop.told(token, "purchased")) == []
    assert await _asked(shop, shop.told(token, "canceled")) == []
    shop.control("cancel", token)
    assert await _asked(shop, shop.told(token, "purchased")) == [_K.ABANDONED]


async def test_a_voided_purchase_is_asked_about(shop: Shop) -> None:
    _, token = shop.paid()
    assert await _asked(shop, shop.told(token, "voided")) == [_K.SUCCEEDED]
    shop.control("dispute", token)
    assert await _asked(shop, shop.told(token, "voided")) == [_K.SUCCEEDED, _K.DISPUTED]


@pytest.mark.parametrize(
    ("told", "references"),
    [
        ({"oneTimeProductNotification": ONE_TIME}, (PaymentReference(checkout_reference=TOKEN),)),
        (
            {"voidedPurchaseNotification": VOIDED},
            (PaymentReference(checkout_reference=TOKEN, transaction_id="GPA.1-2-3-4"),),
        ),
        ({"voidedPurchaseNotification": {**VOIDED, "productType": 1}}, ()),
        ({"subscriptionNotification": {"purchaseToken": TOKEN}}, ()),
        ({"pendingRefundReviewNotification": {"purchaseToken": TOKEN}}, ()),
        ({"testNotification": {"version": "1.0"}}, ()),
        ({"somethingNew": {}}, ()),
        ({}, ()),
    ],
)
def test_what_is_asked_about(
    told: dict[str, Any], references: tuple[PaymentReference, ...]
) -> None:
    notification = parse(PACKAGE, _body(_of_app(**told)))
    assert (notification.id, notification.events) == ("m-1", ())
    assert notification.ask_first == references


def _body(told: Any, **message: Any) -> bytes:
    coded = base64.b64encode(json.dumps(told).encode()).decode()
    return json.dumps({"message": {"data": coded, "messageId": "m-1", **message}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"message": {"messageId": "m-1"}}',
        _body([]),
        _body(_of_app(), data="?"),
        _body(_of_app(), data="bm8="),
        _body(_of_app(), messageId=""),
        _body(_of_app(), messageId=7),
        _body(_of_app(), messageId="x" * 300),
        _body(_of_app(), messageId="a\nb"),
        _body({**_of_app(), "packageName": None}),
        _body({**_of_app(), "packageName": "com.example.other"}),
        _body(_of_app(oneTimeProductNotification=7)),
        _body(_of_app(oneTimeProductNotification={"purchaseToken": "a/../b"})),
        _body(_of_app(voidedPurchaseNotification={"productType": 2})),
        _body(_of_app(voidedPurchaseNotification={**VOIDED, "orderId": ".."})),
    ],
)
def test_what_is_no_notification_of_our_app_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureError):
        parse(PACKAGE, body)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.example.com"},
        {"aud": "https://other.example.com"},
        {"aud": ["https://other.example.com"]},
        {"email": "somebody@example.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"exp": 1_700_000_000, "iat": 1_699_996_400},
        {"iat": 4_000_000_000, "exp": 4_000_003_600},
        {"exp": None},
        {"iat": "soon"},
    ],
)
def test_a_token_for_or_of_somebody_else_is_refused(shop: Shop, claims: dict[str, Any]) -> None:
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(shop.pushed(_of_app(), claims=claims))


@pytest.mark.parametrize("push", [{"key": "foreign"}, {"key": "unknown"}, {"alg": "ES256"}])
def test_a_token_that_google_did_not_sign_is_refused(shop: Shop, push: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(shop.pushed(_of_app(), **push))


def test_a_token_without_a_signature_is_refused(shop: Shop) -> None:
    raw = shop.pushed(_of_app())
    header, claims, signature = raw.headers["authorization"].removeprefix("Bearer ").split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"key-1"}').decode().rstrip("=")
    deep = base64.urlsafe_b64encode(b"[" * 4500).decode().rstrip("=")
    for token in (
        f"{none}.{claims}.",
        f"{header}.{claims}.",
        f"{header}.{claims}.AAAA{signature[4:]}",
        f"{header}.{claims}",
        f"{header}.{claims}.{signature}.x",
        "a.b.c",
        f"{deep}.{claims}.{signature}",
        f"{header}.{deep}.{signature}",
        "ü.b.c",
        "",
        "x" * 10_000,
    ):
        forged = replace(raw, headers={"authorization": f"Bearer {token}"})
        with pytest.raises(SignatureError):
            shop.provider.verify_and_parse_notification(forged)
    for headers in (
        {},
        {"authorization": "Basic abc"},
        {"authorization": raw.headers["authorization"][7:]},
    ):
        with pytest.raises(SignatureError):
            shop.provider.verify_and_parse_notification(replace(raw, headers=headers))


def test_a_token_counts_for_its_hour_only(shop: Shop) -> None:
    raw = shop.pushed(_of_app(testNotification={}))
    shop.provider.verify_and_parse_notification(raw)
    for shift in (timedelta(hours=2), timedelta(hours=-2)):
        moved = replace(raw, received_at=raw.received_at + shift)
        with pytest.raises(SignatureError):
            shop.provider.verify_and_parse_notification(moved)


def test_a_new_key_is_fetched_when_it_signs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "RETRY_S", 0.0)
    raw = shop.pushed(_of_app())
    shop.provider.verify_and_parse_notification(raw)
    shop.provider._certificates._next_fetch_s = 0.0
    shop.fake.control("calls")
    shop.fake.control("rotate")
    for again in (raw, shop.pushed(_of_app()), shop.pushed(_of_app()), raw):
        shop.provider.verify_and_parse_notification(again)
    assert shop.fake.control("calls") == ["GET /oauth2/v1/certs"]


def test_made_up_keys_do_not_make_us_call_google_each_time(shop: Shop) -> None:
    known = Certificates(f"{shop.fake.url}/oauth2/v1/certs")
    for number in range(5):
        with pytest.raises(SignatureError):
            known.certificate(f"made-up-{number}")
    assert known.certificate("key-1").startswith("-----BEGIN CERTIFICATE")
    assert shop.fake.control("calls") == ["GET /oauth2/v1/certs"]


@pytest.mark.parametrize("trouble", [{"status": 500}, {"body": {}}, {"body": {"key-1": 7}}])
def test_known_keys_last_while_google_is_away(shop: Shop, trouble: dict[str, Any]) -> None:
    known = Certificates(f"{shop.fake.url}/oauth2/v1/certs")
    first = known.certificate("key-1")
    known._fresh_until_s = known._next_fetch_s = 0.0
    shop.fake.control("trouble", only="/certs", **trouble)
    assert known.certificate("key-1") == first
    assert shop.fake.control("calls") == ["GET /oauth2/v1/certs"] * 2


def test_without_certificates_nothing_is_believed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "FETCH_TIMEOUT_S", 0.2)
    shop.fake.control("trouble", only="/certs", delay_s=3.0)
    for url in (f"{shop.fake.url}/oauth2/v1/certs", "http://127.0.0.1:1/certs"):
        with pytest.raises(SignatureError):
            Certificates(url).certificate("key-1")
