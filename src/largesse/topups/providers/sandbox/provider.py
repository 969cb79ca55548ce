"""The sandbox as a payment provider."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from largesse.db import Connection, Database
from largesse.services import Services
from largesse.topups.providers import (
    Checkout,
    CheckoutRequest,
    Notification,
    Payer,
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    ProviderError,
    RawNotification,
    RefundRequest,
    RefundState,
    SignatureError,
)
from largesse.topups.providers.sandbox import queries
from largesse.topups.providers.sandbox.books import (
    PAID_STATES,
    REFUNDABLE_STATES,
    Payment,
    PaymentState,
    Refund,
)
from largesse.topups.providers.sandbox.signature import HEADER, sign, verify
from largesse.types import new_id, now

NAME = "sandbox"
_CHECKOUTS = UUID("6f1d3a5e-8a0b-5c52-9b0e-0f6a3c1d7e21")
"""Namespace: a checkout's id follows from the idempotency key, so that asking twice gives one checkout."""
_KINDS = {
    PaymentState.SUCCEEDED: PaymentEventKind.SUCCEEDED,
    PaymentState.DECLINED: PaymentEventKind.DECLINED,
    PaymentState.ABANDONED: PaymentEventKind.ABANDONED,
    PaymentState.REFUNDED: PaymentEventKind.REFUNDED,
    PaymentState.DISPUTED: PaymentEventKind.DISPUTED,
    PaymentState.WON: PaymentEventKind.DISPUTE_WON,
}


def sandbox_provider(services: Services) -> "SandboxProvider":
    """The sandbox of a server."""
    return SandboxProvider(
        services.db, services.settings.sandbox_secret.get_secret_value().encode()
    )


class SandboxProvider:
    """Implements `PaymentProvider` on the sandbox's own books."""

    name = NAME
    label = "Sandbox (test cards)"
    channel = "web"
    hold_source = "card"
    signature_headers = frozenset({HEADER})

    def __init__(self, db: Database, secret: bytes) -> None:
        self._db = db
        self._secret = secret

    def methods(self, country: str | None) -> tuple[str, ...]:
        return ("card",)

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        payment = Payment(
            id=uuid5(_CHECKOUTS, request.idempotency_key),
            order_id=request.order_id,
            amount_minor=request.amount_minor,
            currency=request.currency,
            description=request.description,
            return_url=request.return_url,
            state=PaymentState.OPEN,
            transaction_id=None,
            country=request.country,
        )
        async with self._db.transaction() as conn:
            await queries.insert_payment(conn, payment, now())
        site = urlsplit(request.return_url)  # the shop's own server also serves the sandbox's page
        url = f"{site.scheme}://{site.netloc}/sandbox/checkout/{payment.id}"
        return Checkout(reference=str(payment.id), url=url)

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        verify(self._secret, raw.headers.get(HEADER), raw.body, raw.received_at)
        return self.parse_stored_notification(raw.body)

    def parse_stored_notification(self, body: bytes) -> Notification:
        try:
            return _parse(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise SignatureError("this is no notification of the sandbox") from error

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        if reference.order_id is None:
            raise ProviderError("the sandbox knows its payments by order")
        async with self._db.read() as conn:
            payments = await queries.payments_of_order(conn, reference.order_id)
            events = [
                event
                for payment in payments
                for event in _events_of(payment, await queries.refunds(conn, payment.id))
            ]
        return tuple(events)

    async def refund(self, request: RefundRequest) -> RefundState:
        async with self._db.transaction() as conn:
            payments = await queries.payments_of_order(conn, request.order_id)
            named = [each for each in payments if each.transaction_id == request.transaction_id]
            if not named:
                return RefundState.FAILED
            (payment,) = named
            await queries.lock_payment(conn, payment.id)
            locked = await queries.payment_by_id(conn, payment.id)
            assert locked is not None, "payments are never deleted"
            payment = locked
            done = await queries.refunds(conn, payment.id)
            if any(refund.id == request.idempotency_key for refund in done):
                return RefundState.DONE
            left_minor = payment.amount_minor - sum(refund.amount_minor for refund in done)
            refundable = payment.state in REFUNDABLE_STATES
            if not refundable or not 0 < request.amount_minor <= left_minor:
                return RefundState.FAILED
            refund = Refund(request.idempotency_key, request.amount_minor)
            await queries.insert_refund(conn, payment.id, refund, now())
            if request.amount_minor == left_minor:
                await self._move(conn, payment.id, PaymentState.REFUNDED)
        return RefundState.DONE

    async def refunds(self, payment: Payment) -> list[Refund]:
        """What was given back of a payment, oldest first."""
        async with self._db.read() as conn:
            return await queries.refunds(conn, payment.id)

    async def move(self, payment_id: UUID, target: PaymentState) -> Payment | None:
        """Let something happen to a payment in the sandbox's books; None when its state does not allow it."""
        async with self._db.transaction() as conn:
            return await self._move(conn, payment_id, target)

    async def _move(
        self, conn: Connection, payment_id: UUID, target: PaymentState
    ) -> Payment | None:
        transaction_id = f"sbx_{new_id().hex}"
        return await queries.move_payment(
            conn, payment_id, target, transaction_id=transaction_id, at=now()
        )

    async def set_payer(self, payment_id: UUID, payer: Payer) -> None:
        """Whose card is about to pay."""
        async with self._db.transaction() as conn:
            await queries.set_payer(conn, payment_id, payer)

    def notification_of(
        self, payment: Payment, kind: PaymentEventKind, refund: Refund | None = None
    ) -> RawNotification:
        """A new notification about a payment (or a refund of it), signed, as the sandbox sends it."""
        body = {
            "id": f"evt_{new_id().hex}",
            "kind": kind,
            "order_id": str(payment.order_id),
            "transaction_id": payment.transaction_id,
            "amount_minor": payment.amount_minor if refund is None else refund.amount_minor,
            "currency": payment.currency,
            "reversal_id": None if refund is None else refund.id,
            "payer": asdict(payment.payer),
        }
        return self.signed(json.dumps(body).encode())

    def signed(self, body: bytes) -> RawNotification:
        """A body as the sandbox sends it now."""
        at = now()
        return RawNotification({HEADER: sign(self._secret, body, at)}, body, at)


def _parse(body: dict[str, Any]) -> Notification:
    kind = PaymentEventKind(body["kind"])
    transaction_id = body["transaction_id"]
    paid = kind not in (PaymentEventKind.DECLINED, PaymentEventKind.ABANDONED)
    if paid and not isinstance(transaction_id, str):
        raise ValueError("money moved without a transaction")
    amount_minor = body["amount_minor"]
    if not isinstance(amount_minor, int):
        raise TypeError("an amount is a whole number of minor units")
    reversal_id = body.get("reversal_id")
    event = PaymentEvent(
        kind=kind,
        order_id=UUID(str(body["order_id"])),
        transaction_id=transaction_id,
        amount_minor=amount_minor,
        currency=str(body["currency"]),
        reversal_id=None if reversal_id is None else str(reversal_id),
        payer=Payer(**body.get("payer", {})),
    )
    return Notification(id=str(body["id"]), events=(event,))


def _events_of(payment: Payment, refunds: Sequence[Refund]) -> tuple[PaymentEvent, ...]:
    """What happened to a payment: the success before all refunds, and these before a dispute."""
    if payment.state == PaymentState.OPEN:
        return ()
    state = PaymentState(payment.state)
    if state not in PAID_STATES:
        return (_event(payment, _KINDS[state]),)
    events = [_event(payment, PaymentEventKind.SUCCEEDED)]
    events += [_event(payment, PaymentEventKind.REFUNDED, refund) for refund in refunds]
    if state is PaymentState.WON:
        events.append(_event(payment, PaymentEventKind.DISPUTED))
    if state is not PaymentState.SUCCEEDED and not (state is PaymentState.REFUNDED and refunds):
        events.append(_event(payment, _KINDS[state]))
    return tuple(events)


def _event(payment: Payment, kind: PaymentEventKind, refund: Refund | None = None) -> PaymentEvent:
    return PaymentEvent(
        kind,
        payment.order_id,
        payment.transaction_id,
        payment.amount_minor if refund is None else refund.amount_minor,
        payment.currency,
        None if refund is None else refund.id,
        payment.payer,
    )
