"""Who may tell us something, and that nothing told is believed."""

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from largesse.topups.providers import PaymentEventKind, RawNotification, SignatureError
from tests.topups.providers.paypal.conftest import Shop

_K = PaymentEventKind
BODY = json.dumps({"id": "WH-1", "event_type": "SOMETHING.NEW", "resource": {"id": "X1"}})


def _header(name: str, value: str) -> Callable[[RawNotification], RawNotification]:
    return lambda raw: replace(raw, headers={**raw.headers, name: value})


def _later(by: timedelta) -> Callable[[RawNotification], RawNotification]:
    return lambda raw: replace(raw, received_at=raw.received_at + by)


def test_a_type_that_is_not_known_says_nothing(shop: Shop) -> None:
    told = shop.provider.verify_and_parse_notification(shop.signed(BODY))
    assert (told.id, told.events, told.ask_first) == ("WH-1", (), ())


@pytest.mark.parametrize(
    "options",
    [
        {"certificate": "CERT-ended"},
        {"certificate": "CERT-host"},
        {"certificate": "CERT-lookalike"},
        {"certificate": "CERT-foreign"},
        {"certificate": "CERT-that-is-not-there"},
        {"certificate": "root.pem"},
        {"webhook_id": "ANOTHERWEBHOOK"},  # another app, or the sandbox against live
        {"age_s": 3 * 86_400 + 2 * 3_600},
        {"age_s": -3_600},
    ],
)
def test_other_signers_hooks_and_times_are_refused(shop: Shop, options: dict[str, Any]) -> None:
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(shop.signed(BODY, **options))


_CERTS = "https://api.paypal.com/v1/notifications/certs"


@pytest.mark.parametrize(
    "change",
    [
        _header("paypal-cert-url", f"{_CERTS}/../CERT-good/.."),
        _header("paypal-cert-url", f"{_CERTS}/"),
        _header("paypal-cert-url", f"{_CERTS}/%2e%2e"),
        _header("paypal-cert-url", "http://api.paypal.com/v1/notifications/certs/CERT-good"),
        _header("paypal-cert-url", "https://paypal.com.example.com/certs/CERT-good"),
        _header("paypal-cert-url", "https://notpaypal.com/certs/CERT-good"),
        _header("paypal-cert-url", "https://[/CERT-good"),
        _header("paypal-auth-algo", "SHA1withRSA"),
        _header("paypal-transmission-sig", "AAAA"),
        _header("paypal-transmission-sig", "not base64!"),
        _header("paypal-transmission-time", "yesterday"),
        _header("paypal-transmission-time", "2026-01-01"),
        _header("paypal-transmission-id", "another"),
        _later(timedelta(days=4)),
        _later(timedelta(hours=-1)),
        lambda raw: replace(raw, body=raw.body + b" "),
        lambda raw: replace(raw, headers={}),
    ],
)
def test_a_changed_notification_is_refused(
    shop: Shop, change: Callable[[RawNotification], RawNotification]
) -> None:
    raw = shop.signed(BODY)
    shop.provider.verify_and_parse_notification(raw)
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(change(raw))


@pytest.mark.parametrize("name", ["id", "time", "sig"])
def test_every_header_is_needed(shop: Shop, name: str) -> None:
    raw = shop.signed(BODY)
    left = {
        key: value for key, value in raw.headers.items() if key != f"paypal-transmission-{name}"
    }
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(replace(raw, headers=left))


def test_a_late_repetition_is_taken(shop: Shop) -> None:
    raw = shop.signed(BODY, age_s=3 * 86_400)
    assert shop.provider.verify_and_parse_notification(raw).id == "WH-1"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"id": 1, "event_type": "X"}',
        '{"id": "", "event_type": "X"}',
        '{"id": "WH-1", "event_type": null}',
        '{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED"}',
        '{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "../x"}}',
        '{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.REFUNDED", "resource": {"id": "1R1"}}',
        '{"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED",'
        ' "resource": {"disputed_transactions": [{}]}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_notification_is_refused(shop: Shop, body: str) -> None:
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(shop.signed(body))


async def test_a_body_that_meets_the_checksum_is_not_believed(shop: Shop) -> None:
    """The signature covers a CRC32: whoever has one notification can make other bodies that fit it."""
    order_id = await shop.order()
    raw = shop.told(order_id, "CHECKOUT.ORDER.APPROVED")
    (unit,) = shop.control("show", order_id)["purchase_units"]
    lie = {
        "id": "WH-LIE",
        "event_type": "CHECKOUT.ORDER.COMPLETED",
        "resource": {**shop.control("show", order_id), "status": "COMPLETED"},
        "amount": unit["amount"],
    }
    forged = _with_checksum(json.dumps(lie).encode(), zlib.crc32(raw.body))
    assert await shop.asked(replace(raw, body=forged)) == []


def _with_checksum(body: bytes, wanted: int) -> bytes:
    """The JSON object with blanks added so that its CRC32 is the wanted one (linear algebra over bits)."""
    width = 400  # blank or tab: a bit each; spare ones, so that some mix always fits
    blank = zlib.crc32(body + b" " * width)
    rows: list[tuple[int, int]] = []  # what a mix of tabs changes, and the mix
    for place in range(width):
        padding = bytearray(b" " * width)
        padding[place] = ord("\t")
        change, mix = zlib.crc32(body + bytes(padding)) ^ blank, 1 << place
        for other, other_mix in rows:
            if change ^ other < change:
                change, mix = change ^ other, mix ^ other_mix
        if change:
            rows.append((change, mix))
            rows.sort(reverse=True)
    left, chosen = blank ^ wanted, 0
    for change, mix in rows:
        if left ^ change < left:
            left, chosen = left ^ change, chosen ^ mix
    tail = bytes(ord("\t") if chosen >> place & 1 else ord(" ") for place in range(width))
    assert zlib.crc32(body + tail) == wanted
    return body + tail


async def test_notifications_lead_to_what_happened(shop: Shop) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id)
    assert await shop.asked(shop.told(order_id, "CHECKOUT.ORDER.APPROVED")) == [_K.SUCCEEDED]
    completed = shop.told(order_id, "PAYMENT.CAPTURE.COMPLETED")
    shop.control("refund", order_id, value="1.00")
    paid_back = [_K.SUCCEEDED, _K.REFUNDED]
    for raw in (shop.told(order_id, "PAYMENT.CAPTURE.REFUNDED"), completed, completed):
        assert await shop.asked(raw) == paid_back
    assert await shop.asked(shop.told(order_id, "PAYMENT.CAPTURE.REVERSED")) == paid_back
