"""The sandbox's hosted page, and the outcomes one can ask for.

It changes the sandbox's books first, commits, and then tells the shop by signed notifications, as any provider would.
"""

import json
from functools import cache
from importlib.resources import files
from uuid import UUID

from largesse.identity import User
from largesse.services import Services
from largesse.topups import queries
from largesse.topups import schemas as order_schemas
from largesse.topups.errors import CheckoutNotFound, OrderNotPayable
from largesse.topups.payments import process_notification, receive_notification
from largesse.topups.providers import PaymentEventKind, RawNotification, RefundRequest, RefundState
from largesse.topups.providers.sandbox import (
    NAME,
    PAID_STATES,
    Payment,
    PaymentState,
    SandboxProvider,
    payment_by_id,
    payment_of_order,
    sandbox_provider,
)
from largesse.topups.sandbox.cards import CardInput, check_card, known_cards
from largesse.topups.sandbox.outcomes import Outcome
from largesse.topups.sandbox.schemas import SandboxCheckout, SandboxTestCard
from largesse.topups.service import expire_order, show_order
from largesse.types import Money, new_id, now


@cache
def _merchant() -> str:
    data = json.loads((files(__package__) / "data" / "test_cards.json").read_text("utf-8"))
    return str(data["merchant"])


async def show_checkout(services: Services, checkout_id: UUID) -> SandboxCheckout:
    """The page of a checkout. Its id is the secret that opens it, as with any hosted checkout."""
    return _view(await _payment(services, checkout_id))


async def pay_checkout(services: Services, checkout_id: UUID, card: CardInput) -> SandboxCheckout:
    """Pay with a test card. What is paid stays paid once: the earlier answer comes again."""
    payment = await _payment(services, checkout_id)
    if payment.state not in PAID_STATES:
        known = check_card(card, now().date())
        payer = known.payer(card.holder, payment.country)
        await sandbox_provider(services).set_payer(payment.id, payer)
        await _happen(services, payment, known.outcome)
    return await show_checkout(services, checkout_id)


async def cancel_checkout(services: Services, checkout_id: UUID) -> SandboxCheckout:
    """Leave the page without paying."""
    await _happen(services, await _payment(services, checkout_id), Outcome.ABANDON)
    return await show_checkout(services, checkout_id)


async def pay_order(
    services: Services, user: User, order_id: UUID, outcome: Outcome
) -> order_schemas.Order:
    """Make an outcome happen to one's own order, and answer with the order after it."""
    order = await show_order(services, user, order_id)
    async with services.db.read() as conn:
        payment = await payment_of_order(conn, order.id)
    if payment is None:
        raise OrderNotPayable
    await _happen(services, payment, outcome)
    return await show_order(services, user, order_id)


async def _payment(services: Services, checkout_id: UUID) -> Payment:
    async with services.db.read() as conn:
        payment = await payment_by_id(conn, checkout_id)
    if payment is None:
        raise CheckoutNotFound
    return payment


async def _happen(services: Services, payment: Payment, outcome: Outcome) -> None:
    """Play an outcome. A refund or dispute of what is not paid yet is played from the payment on."""
    provider = sandbox_provider(services)
    if outcome is Outcome.DECLINE:
        declined = await _move(provider, payment, PaymentState.DECLINED)
        await _tell(services, provider.notification_of(declined, PaymentEventKind.DECLINED))
    elif outcome is Outcome.ABANDON:
        abandoned = await _move(provider, payment, PaymentState.ABANDONED)
        await _tell(services, provider.notification_of(abandoned, PaymentEventKind.ABANDONED))
    elif outcome in (Outcome.DISPUTE, Outcome.DISPUTE_WON):
        await _dispute(services, provider, payment, won=outcome is Outcome.DISPUTE_WON)
    elif outcome in (Outcome.REFUND, Outcome.REFUND_PART):
        await _refund(services, provider, payment, whole=outcome is Outcome.REFUND)
    else:
        await _succeed(services, provider, payment, outcome)


async def _move(provider: SandboxProvider, payment: Payment, target: PaymentState) -> Payment:
    moved = await provider.move(payment.id, target)
    if moved is None:
        raise OrderNotPayable
    return moved


async def _succeed(
    services: Services, provider: SandboxProvider, payment: Payment, outcome: Outcome
) -> None:
    paid = await _move(provider, payment, PaymentState.SUCCEEDED)
    told = provider.notification_of(paid, PaymentEventKind.SUCCEEDED)
    if outcome is Outcome.SUCCEED_LATE:
        await _let_expire(services, paid)
    await _tell(services, told)
    if outcome is Outcome.SUCCEED_TWICE:
        await _tell(services, provider.notification_of(paid, PaymentEventKind.SUCCEEDED))
        await _tell(services, told)


async def _dispute(
    services: Services, provider: SandboxProvider, payment: Payment, *, won: bool
) -> None:
    if payment.state not in PAID_STATES:
        await _succeed(services, provider, payment, Outcome.SUCCEED)
    if not won or payment.state not in (PaymentState.DISPUTED, PaymentState.WON):
        disputed = await _move(provider, payment, PaymentState.DISPUTED)
        await _tell(services, provider.notification_of(disputed, PaymentEventKind.DISPUTED))
    if won:
        after = await _move(provider, payment, PaymentState.WON)
        await _tell(services, provider.notification_of(after, PaymentEventKind.DISPUTE_WON))


async def _refund(
    services: Services, provider: SandboxProvider, payment: Payment, *, whole: bool
) -> None:
    """Give back what is left, or half of the payment; what is left is given back once."""
    if payment.state not in PAID_STATES:
        await _succeed(services, provider, payment, Outcome.SUCCEED)
    paid = await _payment(services, payment.id)
    assert paid.transaction_id is not None, "it is paid"
    done = await provider.refunds(paid)
    left_minor = paid.amount_minor - sum(refund.amount_minor for refund in done)
    part_minor = left_minor if whole else min(left_minor, (paid.amount_minor + 1) // 2)
    key = f"refund-{paid.id}" if whole else f"refund-{new_id()}"
    state = await provider.refund(
        RefundRequest(
            idempotency_key=key,
            order_id=paid.order_id,
            transaction_id=paid.transaction_id,
            amount_minor=part_minor,
            currency=paid.currency,
        )
    )
    if state is not RefundState.DONE:
        raise OrderNotPayable
    (refund,) = (each for each in await provider.refunds(paid) if each.id == key)
    await _tell(services, provider.notification_of(paid, PaymentEventKind.REFUNDED, refund))


async def _let_expire(services: Services, payment: Payment) -> None:
    """Turn the order's clock forward."""
    at = now()
    async with services.db.transaction() as conn:
        if await expire_order(conn, payment.order_id, at):
            await queries.set_expiry(conn, payment.order_id, at)


async def _tell(services: Services, raw: RawNotification) -> None:
    """Deliver a notification like an outside provider; then work it off at once, so that the page shows the result.

    The queued job does the same and finds nothing left to do, or does it if we stop here.
    """
    notification_id = await receive_notification(services, NAME, raw)
    await process_notification(services, NAME, notification_id)


def _view(payment: Payment) -> SandboxCheckout:
    return SandboxCheckout(
        id=payment.id,
        state=payment.state,
        merchant=_merchant(),
        description=payment.description,
        amount=Money(amount_minor=payment.amount_minor, currency=payment.currency),
        order_id=payment.order_id,
        return_url=payment.return_url,
        test_cards=[
            SandboxTestCard(number=card.number, label=card.label, outcome=card.outcome)
            for card in known_cards()
        ],
    )
