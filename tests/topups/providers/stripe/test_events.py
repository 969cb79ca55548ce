"""What events of several API versions say. Written after Stripe's documentation, not captured from Stripe."""

import json
from typing import Any
from uuid import UUID

import pytest

from largesse.topups.providers import (
    Payer,
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    SignatureError,
)
from largesse.topups.providers.stripe.events import parse

ORDER = UUID("019b76da-a800-7002-bd41-5ffb4c3ef459")
OURS = {"largesse_order_id": str(ORDER)}
ASK = (PaymentReference(transaction_id="pi_1"),)
K = PaymentEventKind
VERSIONS = ("2020-08-27", "2023-10-16", "2025-03-31.basil", "2025-09-30.clover")


def event(type: str, item: dict[str, Any], version: str = VERSIONS[-1], **more: Any) -> bytes:
    whole = {"id": "evt_1", "object": "event", "api_version": version, "livemode": False}
    return json.dumps({**whole, "type": type, "data": {"object": item}, **more}).encode()


def fact(kind: K, amount_minor: int = 370, reversal_id: str | None = None) -> PaymentEvent:
    transaction_id = None if kind in (K.DECLINED, K.ABANDONED) else "pi_1"
    return PaymentEvent(kind, ORDER, transaction_id, amount_minor, "USD", reversal_id)


def session(version: str, **change: Any) -> dict[str, Any]:
    """2020-08-27 has no `status` and lists the methods; later ones have what adaptive pricing and others added."""
    item = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 370,
        "currency": "usd",
        "client_reference_id": str(ORDER),
        "metadata": OURS,
        "payment_intent": "pi_1",
        "payment_status": "paid",
    }
    if version == "2020-08-27":
        item |= {"payment_method_types": ["card"], "setup_intent": None}
    else:
        item |= {"status": "complete", "payment_method_configuration_details": None}
    if version.startswith("2025"):
        item |= {"adaptive_pricing": {"enabled": False}, "presentment_details": None}
    return {**item, **change}


def refund(version: str, **change: Any) -> dict[str, Any]:
    item = {
        "id": "re_1",
        "object": "refund",
        "amount": 100,
        "currency": "usd",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "status": "succeeded",
        "metadata": {},
    }
    if version.startswith("2025"):
        item |= {"destination_details": {"type": "card", "card": {"type": "refund"}}}
    return {**item, **change}


def charge(version: str) -> dict[str, Any]:
    """The list of refunds left with 2022-11-15."""
    item: dict[str, Any] = {
        "id": "ch_1",
        "object": "charge",
        "amount_refunded": 100,
        "currency": "usd",
    }
    if version == "2020-08-27":
        item |= {"refunds": {"object": "list", "data": [refund(version)]}}
    return {**item, "payment_intent": "pi_1", "metadata": {}, "refunded": False}


def dispute(version: str, **change: Any) -> dict[str, Any]:
    """The charge and the payment intent are ids in events, unless somebody expanded them."""
    item: dict[str, Any] = {
        "id": "du_1",
        "object": "dispute",
        "amount": 370,
        "currency": "usd",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "status": "needs_response",
        "metadata": {},
        "balance_transactions": [{"id": "txn_1", "amount": -370, "created": 1}],
    }
    if version != "2020-08-27":
        item |= {"payment_method_details": {"type": "card", "card": {"brand": "visa"}}}
    return {**item, **change}


@pytest.mark.parametrize("version", VERSIONS)
def test_pages(version: str) -> None:
    unpaid = session(version, payment_status="unpaid")
    for type, item, said in (
        ("checkout.session.completed", session(version), (fact(K.SUCCEEDED),)),
        ("checkout.session.completed", unpaid, ()),
        ("checkout.session.async_payment_succeeded", session(version), (fact(K.SUCCEEDED),)),
        ("checkout.session.async_payment_failed", unpaid, (fact(K.DECLINED),)),
        ("checkout.session.expired", unpaid, (fact(K.ABANDONED),)),
        ("checkout.session.completed", session(version, metadata={}), ()),
        ("checkout.session.completed", session(version, metadata=None), ()),
    ):
        told = parse(event(type, item, version), live=False)
        assert (told.id, told.events, told.ask_first) == ("evt_1", said, ())


@pytest.mark.parametrize("version", VERSIONS)
def test_the_payment_of_a_page_may_be_an_object(version: str) -> None:
    item = session(version, payment_intent={"id": "pi_1", "object": "payment_intent"})
    told = parse(event("checkout.session.completed", item, version), live=False)
    assert told.events == (fact(K.SUCCEEDED),)


@pytest.mark.parametrize(
    ("version", "shape"),
    [
        ("2020-08-27", {"charges": {"object": "list", "data": [{"id": "ch_1"}]}}),
        ("2023-10-16", {"latest_charge": "ch_1"}),
        ("2025-03-31.basil", {"latest_charge": "ch_1", "presentment_details": None}),
    ],
)
def test_payment_intents(version: str, shape: dict[str, Any]) -> None:
    item = {"id": "pi_1", "amount_received": 370, "currency": "usd", "metadata": OURS, **shape}
    paid = event("payment_intent.succeeded", {**item, "status": "succeeded"}, version)
    assert parse(paid, live=False).events == (fact(K.SUCCEEDED),)
    other = event("payment_intent.succeeded", {**item, "status": "succeeded", "metadata": {}})
    assert parse(other, live=False).events == ()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("succeeded", K.REFUNDED),
        ("pending", None),
        ("requires_action", None),
        ("failed", K.REFUND_FAILED),
        ("canceled", K.REFUND_FAILED),
    ],
)
def test_refunds_we_asked_for_speak_for_themselves(
    version: str, status: str, kind: K | None
) -> None:
    said = () if kind is None else (fact(kind, 100, "re_1"),)
    item = refund(version, status=status, metadata=OURS)
    for type in ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated"):
        told = parse(event(type, item, version), live=False)
        assert (told.events, told.ask_first) == (said, ())


@pytest.mark.parametrize("version", VERSIONS)
def test_what_names_only_the_payment_is_asked_for(version: str) -> None:
    for type, item in (
        ("refund.created", refund(version)),
        ("refund.created", refund(version, payment_intent={"id": "pi_1"})),
        ("refund.updated", refund(version, payment_intent=None, charge=charge(version))),
        ("charge.refunded", charge(version)),
        ("charge.dispute.funds_withdrawn", dispute(version)),
        ("charge.dispute.funds_reinstated", dispute(version)),
        (
            "charge.dispute.funds_withdrawn",
            dispute(version, payment_intent=None, charge=charge(version)),
        ),
    ):
        told = parse(event(type, item, version), live=False)
        assert (told.events, told.ask_first) == ((), ASK)


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("charge.dispute.funds_withdrawn", K.DISPUTED),
        ("charge.dispute.funds_reinstated", K.DISPUTE_WON),
    ],
)
@pytest.mark.parametrize(("disputed", "told_minor"), [(370, 370), (100, 100), (400, 370)])
def test_disputes_of_an_expanded_payment(
    type: str, kind: K, disputed: int, told_minor: int
) -> None:
    intent = {"id": "pi_1", "amount_received": 370, "currency": "usd", "metadata": OURS}
    item = dispute(VERSIONS[-1], amount=disputed, payment_intent=intent)
    told = parse(event(type, item), live=False)
    assert told.events == (fact(kind, told_minor, "du_1"),)


@pytest.mark.parametrize(
    "type",
    [
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "invoice.paid",
        "new.kind",
    ],
)
def test_other_events_say_nothing(type: str) -> None:
    told = parse(event(type, dispute(VERSIONS[-1])), live=False)
    assert (told.id, told.events, told.ask_first) == ("evt_1", (), ())


def test_a_refund_of_a_charge_without_a_payment_is_not_ours() -> None:
    told = parse(event("refund.created", refund(VERSIONS[0], payment_intent=None)), live=False)
    assert (told.events, told.ask_first) == ((), ())


@pytest.mark.parametrize("live", [False, True])
def test_the_mode_must_be_that_of_the_key(live: bool) -> None:
    body = event("checkout.session.completed", session(VERSIONS[-1]), livemode=live)
    assert parse(body, live=live).events
    with pytest.raises(SignatureError, match="mode"):
        parse(body, live=not live)


PAGE = session(VERSIONS[-1])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        event("checkout.session.completed", PAGE, account="acct_other"),
        event("checkout.session.completed", PAGE, livemode=None),
        event("checkout.session.completed", PAGE, id=7),
        event("checkout.session.completed", PAGE, data=[]),
        event("checkout.session.completed", {**PAGE, "amount_total": "370"}),
        event("checkout.session.completed", {**PAGE, "amount_total": True}),
        event("checkout.session.completed", {**PAGE, "amount_total": 3.7}),
        event("checkout.session.completed", {**PAGE, "currency": None}),
        event("checkout.session.completed", {**PAGE, "payment_intent": None}),
        event("refund.created", {**refund(VERSIONS[-1]), "metadata": OURS, "status": "new"}),
        event("refund.created", {**refund(VERSIONS[-1]), "metadata": OURS, "id": ""}),
        event("charge.dispute.funds_withdrawn", dispute(VERSIONS[-1], payment_intent=[1])),
    ],
)
def test_what_makes_no_sense_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureError):
        parse(body, live=False)


CARD = {"type": "card", "card": {"country": "JP", "fingerprint": "fp_1"}}


@pytest.mark.parametrize(
    ("change", "payer"),
    [
        ({"latest_charge": {"payment_method_details": CARD}}, Payer("JP", "fp_1")),
        ({"charges": {"data": [{"payment_method_details": CARD}]}}, Payer("JP", "fp_1")),
        ({"latest_charge": {"payment_method_details": {"type": "ideal", "ideal": {}}}}, Payer()),
        (
            {
                "latest_charge": {
                    "payment_method_details": {"type": "link", "link": {"country": "DE"}}
                }
            },
            Payer("DE"),
        ),
        ({"latest_charge": "ch_1"}, Payer()),
        ({"latest_charge": {"payment_method_details": {"type": "card", "card": 7}}}, Payer()),
        (
            {"latest_charge": {"payment_method_details": {**CARD, "card": {"country": "Japan"}}}},
            Payer(),
        ),
        ({"charges": {"data": 7}}, Payer()),
        ({"charges": []}, Payer()),
    ],
)
def test_who_paid_is_read_where_the_charge_is_shown(change: dict[str, Any], payer: Payer) -> None:
    intent = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount_received": 370,
        "currency": "usd",
        "metadata": OURS,
        "status": "succeeded",
    }
    (told,) = parse(event("payment_intent.succeeded", {**intent, **change}), live=False).events
    assert told.payer == payer
