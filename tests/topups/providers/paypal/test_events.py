"""What PayPal's objects come to, as a table."""

from typing import Any

import pytest

from largesse.topups.providers import PaymentEventKind
from largesse.topups.providers.paypal.events import dispute_kinds, events_of, our_order
from largesse.types import new_id

_K = PaymentEventKind
ORDER_ID = new_id()
PRICE = {"currency_code": "USD", "value": "3.70"}
UP = [{"rel": "up", "href": "https://api-m.paypal.com/v2/payments/captures/3C1", "method": "GET"}]


def order(
    captures: list[str], refunds: list[str] | None = None, status: str = "COMPLETED"
) -> dict[str, Any]:
    payments: dict[str, Any] = {
        "captures": [
            {"id": f"3C{n}", "status": state, "amount": PRICE} for n, state in enumerate(captures)
        ]
    }
    if refunds is not None:
        payments["refunds"] = [
            {"id": f"1R{n}", "status": state, "amount": PRICE, "links": UP}
            for n, state in enumerate(refunds)
        ]
    unit = {
        "custom_id": str(ORDER_ID),
        "invoice_id": str(ORDER_ID),
        "amount": PRICE,
        "payments": payments,
    }
    return {"id": "5O1", "status": status, "purchase_units": [unit]}


@pytest.mark.parametrize(
    ("captures", "refunds", "kinds"),
    [
        ([], None, []),
        (["PENDING"], None, []),
        (["DECLINED"], None, [_K.DECLINED]),
        (["FAILED"], None, [_K.DECLINED]),
        (["COMPLETED"], None, [_K.SUCCEEDED]),
        (["COMPLETED", "DECLINED"], None, [_K.DECLINED, _K.SUCCEEDED]),
        (["PARTIALLY_REFUNDED"], ["COMPLETED"], [_K.SUCCEEDED, _K.REFUNDED]),
        (["REFUNDED"], ["COMPLETED"], [_K.SUCCEEDED, _K.REFUNDED]),
        (["REFUNDED"], None, [_K.SUCCEEDED, _K.REFUNDED]),
        (["COMPLETED"], ["PENDING"], [_K.SUCCEEDED]),
        (["COMPLETED"], ["FAILED"], [_K.SUCCEEDED, _K.REFUND_FAILED]),
        (["COMPLETED"], ["CANCELLED"], [_K.SUCCEEDED, _K.REFUND_FAILED]),
        (["COMPLETED", "COMPLETED"], None, [_K.SUCCEEDED, _K.SUCCEEDED]),
    ],
)
def test_captures_and_refunds(
    captures: list[str], refunds: list[str] | None, kinds: list[PaymentEventKind]
) -> None:
    told = events_of(order(captures, refunds), ())
    assert [event.kind for event in told] == kinds
    assert {event.order_id for event in told} <= {ORDER_ID}
    assert {(event.amount_minor, event.currency) for event in told} <= {(370, "USD")}


def test_an_order_that_was_voided_is_abandoned() -> None:
    (event,) = events_of(order([], status="VOIDED"), ())
    assert (event.kind, event.transaction_id) == (_K.ABANDONED, None)


@pytest.mark.parametrize("state", ["NEW_STATE", "", None])
def test_states_that_are_not_known_are_not_guessed(state: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        events_of(order([state]), ())
    with pytest.raises((ValueError, KeyError, TypeError)):
        events_of(order(["COMPLETED"], [state]), ())


@pytest.mark.parametrize(
    "change",
    [{"custom_id": "a shirt"}, {"custom_id": None}, {"invoice_id": "INV-1"}, {"invoice_id": None}],
)
def test_orders_of_other_shops_are_not_ours(change: dict[str, Any]) -> None:
    other = order(["COMPLETED"])
    assert our_order(other) == ORDER_ID
    other["purchase_units"][0].update(change)
    assert our_order(other) is None


DISPUTED = [_K.DISPUTED]
BACK = [_K.DISPUTED, _K.DISPUTE_WON]


@pytest.mark.parametrize(
    ("stage", "outcome", "kinds"),
    [
        ("INQUIRY", None, []),
        ("CHARGEBACK", None, DISPUTED),
        ("PRE_ARBITRATION", None, DISPUTED),
        ("ARBITRATION", None, DISPUTED),
        ("INQUIRY", "CANCELED_BY_BUYER", []),
        ("INQUIRY", "RESOLVED_SELLER_FAVOUR", []),
        ("INQUIRY", "RESOLVED_BUYER_FAVOUR", DISPUTED),
        ("CHARGEBACK", "RESOLVED_BUYER_FAVOUR", DISPUTED),
        ("CHARGEBACK", "ACCEPTED", DISPUTED),
        ("CHARGEBACK", "RESOLVED_SELLER_FAVOUR", BACK),
        ("CHARGEBACK", "RESOLVED_WITH_PAYOUT", BACK),
        ("CHARGEBACK", "CANCELED_BY_BUYER", BACK),
        ("ARBITRATION", "DENIED", BACK),
        ("ARBITRATION", "NONE", BACK),
    ],
)
def test_disputes(stage: str, outcome: str | None, kinds: list[PaymentEventKind]) -> None:
    dispute: dict[str, Any] = {"dispute_life_cycle_stage": stage, "status": "UNDER_REVIEW"}
    if outcome is not None:
        dispute |= {"status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}
    assert list(dispute_kinds(dispute)) == kinds


@pytest.mark.parametrize(
    "dispute",
    [
        {},
        {"dispute_life_cycle_stage": "NEW", "status": "OPEN"},
        {"dispute_life_cycle_stage": "CHARGEBACK", "status": "RESOLVED"},
        {
            "dispute_life_cycle_stage": "CHARGEBACK",
            "status": "RESOLVED",
            "dispute_outcome": {"outcome_code": "NEW"},
        },
    ],
)
def test_disputes_that_are_not_understood_are_not_guessed(dispute: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        dispute_kinds(dispute)
