"""What PayPal's order, its captures and refunds, and their disputes come to. Pure: objects in, events out."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from largesse.topups.providers import Payer, PaymentEvent, PaymentEventKind
from largesse.topups.providers.calling import mapping
from largesse.topups.providers.paypal.money import to_minor
from largesse.topups.providers.paypal.objects import (
    capture_above,
    id_of,
    is_id,
    list_of,
    text,
)

_K = PaymentEventKind
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_PAID = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_DECLINED = frozenset({"DECLINED", "FAILED"})
_CAPTURES = _PAID | _DECLINED | {"PENDING"}
_REFUNDS: dict[str, PaymentEventKind | None] = {
    "COMPLETED": _K.REFUNDED,
    "PENDING": None,
    "FAILED": _K.REFUND_FAILED,
    "CANCELLED": _K.REFUND_FAILED,
}
_CLAIM_STAGES = frozenset({"CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION"})
"""Stages in which PayPal holds or has taken the money; in the one before them, INQUIRY, it does not."""
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
_WON = frozenset(
    {"RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED", "NONE"}
)
"""The seller has the money (back); with a payout it is PayPal that pays the buyer."""


def our_order(order: Mapping[str, Any]) -> UUID | None:
    """The order of ours that a PayPal order was opened for; None: another shop of the same account opened it."""
    unit = _unit(order)
    try:
        order_id = UUID(text(unit, "custom_id"))
    except (KeyError, ValueError, TypeError):
        return None
    return order_id if unit.get("invoice_id") == str(order_id) else None


def captures(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every attempt to take the money, oldest first."""
    return [mapping(one) for one in list_of(_payments(order), "captures")]


def payer_of(order: Mapping[str, Any]) -> Payer:
    """Whose account paid, and where its address is. It decides nothing about money: what cannot be read is not told."""
    payer: Any = order.get("payer")
    if not isinstance(payer, Mapping):
        return Payer()
    name, address = payer.get("payer_id"), payer.get("address")
    country = address.get("country_code") if isinstance(address, Mapping) else None
    known = isinstance(country, str) and _COUNTRY.fullmatch(country)
    return Payer(
        country=str(country) if known else None, fingerprint=str(name) if is_id(name) else None
    )


def paid_captures(order: Mapping[str, Any]) -> list[str]:
    """Ids of the captures that took money."""
    return [id_of(one["id"]) for one in captures(order) if one["status"] in _PAID]


def declined(order: Mapping[str, Any]) -> PaymentEvent:
    """The buyer's way to pay was refused when the money was to be taken."""
    return _no_money(order, _K.DECLINED)


def events_of(
    order: Mapping[str, Any], disputes: Sequence[dict[str, Any]]
) -> tuple[PaymentEvent, ...]:
    """All that happened to an order of ours: refusals, the payment, its refunds, its disputes.

    Raises ValueError, KeyError or TypeError for what cannot be understood: then nothing of it is believed.
    """
    order_id = our_order(order)
    assert order_id is not None, "asked of our own orders only"
    events: list[PaymentEvent] = []
    for capture in sorted(captures(order), key=lambda one: one["status"] in _PAID):
        events += _capture_events(order_id, order, capture)
    for refund in list_of(_payments(order), "refunds"):
        events += _refund_events(order_id, mapping(refund))
    for dispute in disputes:
        events += _dispute_events(order_id, dispute, paid_captures(order))
    if order.get("status") == "VOIDED":
        events.append(_no_money(order, _K.ABANDONED))
    return tuple(events)


def _unit(order: Mapping[str, Any]) -> dict[str, Any]:
    (unit,) = list_of(dict(order), "purchase_units")
    return mapping(unit)


def _payments(order: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(_unit(order).get("payments", {}))


def _no_money(order: Mapping[str, Any], kind: PaymentEventKind) -> PaymentEvent:
    order_id = our_order(order)
    assert order_id is not None, "asked of our own orders only"
    amount_minor, currency = to_minor(_unit(order)["amount"])
    return PaymentEvent(kind, order_id, None, amount_minor, currency)


def _capture_events(
    order_id: UUID, order: Mapping[str, Any], capture: dict[str, Any]
) -> list[PaymentEvent]:
    status, name = text(capture, "status"), id_of(capture["id"])
    if status not in _CAPTURES:
        raise ValueError(f"unknown state of a capture: {status[:40]}")
    amount_minor, currency = to_minor(capture["amount"])
    if status in _DECLINED:
        return [PaymentEvent(_K.DECLINED, order_id, None, amount_minor, currency)]
    if status not in _PAID:
        return []
    paid = PaymentEvent(_K.SUCCEEDED, order_id, name, amount_minor, currency, payer=payer_of(order))
    if status == "REFUNDED" and not list_of(_payments(order), "refunds"):
        # Reversed without a refund of its own: all of it, under the payment's one name.
        return [paid, PaymentEvent(_K.REFUNDED, order_id, name, amount_minor, currency)]
    return [paid]


def _refund_events(order_id: UUID, refund: dict[str, Any]) -> list[PaymentEvent]:
    status = text(refund, "status")
    kind = _REFUNDS[status]
    if kind is None:
        return []
    amount_minor, currency = to_minor(refund["amount"])
    name = id_of(refund["id"])
    return [PaymentEvent(kind, order_id, capture_above(refund), amount_minor, currency, name)]


def _dispute_events(
    order_id: UUID, dispute: dict[str, Any], paid: Sequence[str]
) -> list[PaymentEvent]:
    disputed = [
        mapping(one)["seller_transaction_id"] for one in list_of(dispute, "disputed_transactions")
    ]
    ours = [name for name in paid if name in disputed]
    if not ours:
        raise ValueError("the dispute is of another payment")
    kinds = dispute_kinds(dispute)
    amount_minor, currency = to_minor(dispute["dispute_amount"])
    name = id_of(dispute["dispute_id"])
    return [PaymentEvent(kind, order_id, ours[0], amount_minor, currency, name) for kind in kinds]


def dispute_kinds(dispute: dict[str, Any]) -> tuple[PaymentEventKind, ...]:
    """What a dispute did to the money so far, from its stage, state and outcome. Raises ValueError for unknown ones."""
    stage, status = text(dispute, "dispute_life_cycle_stage"), text(dispute, "status")
    if stage != "INQUIRY" and stage not in _CLAIM_STAGES:
        raise ValueError(f"unknown stage of a dispute: {stage[:40]}")
    if status != "RESOLVED":
        return (_K.DISPUTED,) if stage in _CLAIM_STAGES else ()
    outcome = text(mapping(dispute["dispute_outcome"]), "outcome_code")
    if outcome in _LOST:
        return (_K.DISPUTED,)
    if outcome not in _WON:
        raise ValueError(f"unknown outcome of a dispute: {outcome[:40]}")
    return (_K.DISPUTED, _K.DISPUTE_WON) if stage in _CLAIM_STAGES else ()
