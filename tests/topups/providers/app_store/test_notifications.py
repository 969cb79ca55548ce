"""Who may tell us something, and what each type of notification comes to."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from largesse.topups.providers import PaymentReference, RawNotification, SignatureError
from largesse.topups.providers.app_store import app_store_provider
from largesse.types import now
from tests.topups.providers.app_store.conftest import Shop, said
from tests.topups.providers.app_store.test_proofs import CHAINS

DAY_S = 86_400


def test_a_charge_is_a_success(shop: Shop) -> None:
    told = shop.provider.verify_and_parse_notification(shop.told("ONE_TIME_CHARGE", shop.bought()))
    assert (said(told.events), told.ask_first) == ([("succeeded", 499)], ())


@pytest.mark.parametrize(("percentage", "amount_minor"), [(100_000, 499), (40_000, 200)])
def test_a_refund_says_what_it_is_of(shop: Shop, percentage: int, amount_minor: int) -> None:
    order_id = shop.bought()
    shop.control("refund", order_id, percentage=percentage)
    told = shop.provider.verify_and_parse_notification(shop.told("REFUND", order_id))
    assert said(told.events) == [("succeeded", 499), ("refunded", amount_minor)]
    assert told.events[0].transaction_id == told.events[1].transaction_id


def test_a_reversed_refund_takes_the_same_refund_back(shop: Shop) -> None:
    order_id = shop.bought()
    shop.control("refund", order_id)
    refunded = shop.provider.verify_and_parse_notification(shop.told("REFUND", order_id)).events[1]
    shop.control("reverse_refund", order_id)
    told = shop.provider.verify_and_parse_notification(shop.told("REFUND_REVERSED", order_id))
    assert said(told.events) == [("succeeded", 499), ("refund_failed", 499)]
    assert told.events[1].reversal_id == refunded.reversal_id


def test_a_declined_refund_takes_nothing_back(shop: Shop) -> None:
    raw = shop.told("REFUND_DECLINED", shop.bought())
    told = shop.provider.verify_and_parse_notification(raw)
    assert said(told.events) == [("succeeded", 499)]


def test_a_question_about_consumption_names_the_purchase(shop: Shop) -> None:
    order_id = shop.bought()
    told = shop.provider.verify_and_parse_notification(shop.told("CONSUMPTION_REQUEST", order_id))
    name = shop.transaction_id(order_id)
    assert told.consumption_asked == (PaymentReference(order_id, transaction_id=name),)
    assert said(told.events) == [("succeeded", 499)]


@pytest.mark.parametrize("kind", ["REVOKE", "DID_RENEW", "SUBSCRIBED", "SOMETHING_NEW"])
def test_types_that_are_not_for_us_say_nothing(shop: Shop, kind: str) -> None:
    told = shop.provider.verify_and_parse_notification(shop.told(kind, shop.bought()))
    assert (told.events, told.ask_first, told.consumption_asked) == ((), (), ())


def test_a_test_says_nothing(shop: Shop) -> None:
    assert shop.provider.verify_and_parse_notification(shop.told("TEST")).events == ()


def test_a_purchase_without_our_token_says_nothing(shop: Shop) -> None:
    for kind in ("ONE_TIME_CHARGE", "REFUND", "REFUND_REVERSED", "CONSUMPTION_REQUEST"):
        raw = shop.told(kind, shop.bought(appAccountToken=None))
        told = shop.provider.verify_and_parse_notification(raw)
        assert (told.events, told.consumption_asked) == ((), ())


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("where", ["chain", "transaction_chain"])
def test_other_signers_are_refused(shop: Shop, chain: str, where: str) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought(), **{where: chain})
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(raw)


@pytest.mark.parametrize(
    "wish",
    [
        {"data": {"environment": "Sandbox"}},
        {"data": {"environment": "Xcode"}},
        {"data": {"bundleId": "com.example.other"}},
        {"data": {"appAppleId": 7}},
        {"data": {"appAppleId": None}},
        {"transaction": {"environment": "Sandbox"}},
        {"transaction": {"bundleId": "com.example.other"}},
        {"transaction": {"price": None}},
        {"data": {"signedTransactionInfo": 7}},
        {"payload": {"data": None}},
        {"payload": {"data": "text"}},
        {"payload": {"notificationUUID": None}},
        {"payload": {"notificationUUID": "../etc"}},
        {"payload": {"notificationType": None}},
        {"payload": {"signedDate": None}},
        {"payload": {"signedDate": "now"}},
        {"payload": {"signedDate": 10**40}},
    ],
)
def test_what_is_of_another_app_or_makes_no_sense_is_refused(
    shop: Shop, wish: dict[str, Any]
) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought(), **wish)
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(raw)


def test_a_sandbox_server_takes_the_sandbox_only(shop: Shop) -> None:
    sandbox = app_store_provider(shop.settings.model_copy(update={"environment": "Sandbox"}))
    test = {"data": {"environment": "Sandbox"}, "transaction": {"environment": "Sandbox"}}
    order_id = shop.bought()
    raw = shop.told("ONE_TIME_CHARGE", order_id, **test)
    assert said(sandbox.verify_and_parse_notification(raw).events) == [("succeeded", 499)]
    with pytest.raises(SignatureError):
        sandbox.verify_and_parse_notification(shop.told("ONE_TIME_CHARGE", order_id))


@pytest.mark.parametrize("age_s", [0, 3_600, 157 * 3_600, 7 * DAY_S - 60, -240])
def test_every_repetition_is_taken(shop: Shop, age_s: float) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought(), age_s=age_s)
    assert shop.provider.verify_and_parse_notification(raw).events


@pytest.mark.parametrize("age_s", [7 * DAY_S + 60, 400 * DAY_S, -400])
def test_an_old_one_and_one_of_the_future_are_refused(shop: Shop, age_s: float) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought(), age_s=age_s)
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(raw)


def test_an_old_one_is_still_read_from_what_was_kept(shop: Shop) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought())
    told = shop.provider.verify_and_parse_notification(raw)
    late = replace(raw, received_at=now() + timedelta(days=30))
    assert shop.provider.parse_stored_notification(late.body) == told


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b'{"signedPayload": 7}', b'{"signedPayload": "a.b.c"}',
     b'{"signedPayload": ""}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_notification_is_refused(shop: Shop, body: bytes) -> None:
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(RawNotification({}, body, now()))


def test_a_proof_is_no_notification(shop: Shop) -> None:
    """Both are signed by Apple; one must not pass for the other."""
    proof = shop.proof(shop.bought())
    body = json.dumps({"signedPayload": proof.token}).encode()
    with pytest.raises(SignatureError):
        shop.provider.verify_and_parse_notification(RawNotification({}, body, now()))


async def test_a_notification_is_no_proof(shop: Shop) -> None:
    raw = shop.told("ONE_TIME_CHARGE", shop.bought())
    proof = shop.proof(shop.bought())
    with pytest.raises(SignatureError):
        await shop.provider.verify_purchase(
            replace(proof, token=json.loads(raw.body)["signedPayload"])
        )
