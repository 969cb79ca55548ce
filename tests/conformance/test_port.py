"""The port, provider by provider: values in, values out."""

from dataclasses import replace

from largesse.topups.providers import (
    PaymentEventKind,
    PaymentReference,
    RefundRequest,
    RefundState,
)
from largesse.types import new_id
from tests.conformance.abilities import Ability, kinds, needs
from tests.conformance.harness import (
    Harness,
    open_order,
    payment_of,
    request_for,
    told_facts,
)

SUCCEEDED = PaymentEventKind.SUCCEEDED
NO_MONEY_MOVED = (PaymentEventKind.DECLINED, PaymentEventKind.ABANDONED)


def test_it_says_who_it_is(harness: Harness) -> None:
    provider = harness.provider
    assert provider.name.isidentifier()
    assert provider.label
    assert provider.channel in ("web", "app_store", "google_play")
    assert provider.hold_source in ("card", "paypal", "app_store", "google_play")
    assert provider.methods("US")
    assert all(name == name.lower() for name in provider.signature_headers)


@needs(Ability.PAGE)
async def test_the_same_key_opens_the_same_checkout(harness: Harness) -> None:
    request = request_for(new_id())
    first = await harness.provider.create_checkout(request)
    second = await harness.provider.create_checkout(request)
    assert first == second
    assert first.url.startswith("http")
    other = await harness.provider.create_checkout(request_for(new_id()))
    assert other.reference != first.reference


@kinds(*PaymentEventKind)
async def test_a_notification_says_what_happened_to_which_order(
    harness: Harness, kind: PaymentEventKind
) -> None:
    order_id = new_id()
    await open_order(harness, order_id)
    if kind not in NO_MONEY_MOVED:
        await harness.happen(order_id, SUCCEEDED)
    raw = await harness.notify(order_id, kind)
    told = harness.provider.verify_and_parse_notification(raw)
    event = (await told_facts(harness.provider, raw))[-1]
    assert (event.kind, event.order_id) == (kind, order_id)
    assert (event.amount_minor, event.currency) == (370, "USD")
    assert (event.transaction_id is None) == (kind in NO_MONEY_MOVED)
    assert harness.provider.parse_stored_notification(raw.body) == told


async def test_notifications_have_ids_of_their_own(harness: Harness) -> None:
    order_id = new_id()
    await open_order(harness, order_id)
    await harness.happen(order_id, SUCCEEDED)
    first, second = [
        harness.provider.verify_and_parse_notification(await harness.notify(order_id, SUCCEEDED))
        for _ in range(2)
    ]
    assert first.id != second.id
    assert (first.events, first.ask_first) == (second.events, second.ask_first)


async def test_a_look_up_tells_what_a_notification_told(harness: Harness) -> None:
    order_id = new_id()
    await open_order(harness, order_id)
    await harness.happen(order_id, SUCCEEDED)
    paid = (await told_facts(harness.provider, await harness.notify(order_id, SUCCEEDED)))[-1]
    reference = PaymentReference(order_id=order_id, transaction_id=paid.transaction_id)
    (asked,) = await harness.provider.look_up(reference)
    assert payment_of(asked) == payment_of(paid)
    await harness.happen(order_id, PaymentEventKind.REFUNDED)
    (same, refunded) = await harness.provider.look_up(reference)
    assert same == asked
    assert (refunded.kind, refunded.amount_minor) == (PaymentEventKind.REFUNDED, 370)


@needs(
    Ability.ASKED_BY_ORDER,
    PaymentEventKind.DECLINED,
    PaymentEventKind.DISPUTED,
    PaymentEventKind.DISPUTE_WON,
)
async def test_a_look_up_tells_all_that_happened_in_order(harness: Harness) -> None:
    order_id = new_id()
    await open_order(harness, order_id)
    reference = PaymentReference(order_id=order_id)
    assert await harness.provider.look_up(reference) == ()
    await harness.happen(order_id, PaymentEventKind.DECLINED)
    (declined,) = await harness.provider.look_up(reference)
    assert declined.kind is PaymentEventKind.DECLINED
    await harness.happen(order_id, SUCCEEDED)
    paid = (await harness.provider.look_up(reference))[-1]
    told = await told_facts(harness.provider, await harness.notify(order_id, SUCCEEDED))
    assert payment_of(told[-1]) == payment_of(paid)
    await harness.happen(order_id, PaymentEventKind.DISPUTED)
    kinds = [event.kind for event in await harness.provider.look_up(reference)]
    assert kinds[-2:] == [SUCCEEDED, PaymentEventKind.DISPUTED]
    await harness.happen(order_id, PaymentEventKind.DISPUTE_WON)
    kinds = [event.kind for event in await harness.provider.look_up(reference)]
    assert kinds[-2:] == [PaymentEventKind.DISPUTED, PaymentEventKind.DISPUTE_WON]


async def test_an_unknown_payment_has_no_events(harness: Harness) -> None:
    assert await harness.provider.look_up(PaymentReference(order_id=new_id())) == ()


async def _refund_request(harness: Harness) -> RefundRequest:
    order_id = new_id()
    await open_order(harness, order_id)
    await harness.happen(order_id, SUCCEEDED)
    paid = (await told_facts(harness.provider, await harness.notify(order_id, SUCCEEDED)))[-1]
    assert paid.transaction_id is not None
    return RefundRequest(f"refund-{order_id}", order_id, paid.transaction_id, 370, "USD")


@needs(Ability.REFUNDS)
async def test_a_refund_is_made_once(harness: Harness) -> None:
    request = await _refund_request(harness)
    for _ in range(2):
        assert await harness.provider.refund(request) is RefundState.DONE
    events = await harness.provider.look_up(PaymentReference(order_id=request.order_id))
    assert [event.kind for event in events] == [SUCCEEDED, PaymentEventKind.REFUNDED]


@needs(Ability.PARTIAL_REFUNDS)
async def test_parts_are_refunded_each_once_up_to_what_was_paid(harness: Harness) -> None:
    request = await _refund_request(harness)
    parts = [
        replace(request, idempotency_key=f"part-{number}", amount_minor=amount_minor)
        for number, amount_minor in enumerate((100, 270, 1))
    ]
    states = [await harness.provider.refund(part) for part in (parts[0], *parts)]
    assert states == [RefundState.DONE, RefundState.DONE, RefundState.DONE, RefundState.FAILED]
    events = await harness.provider.look_up(PaymentReference(order_id=request.order_id))
    assert [event.amount_minor for event in events] == [370, 100, 270]
    assert len({event.reversal_id for event in events}) == 3


@needs(Ability.REFUNDS)
async def test_a_refund_of_what_was_not_paid_fails(harness: Harness) -> None:
    request = await _refund_request(harness)
    for wrong in (
        replace(request, idempotency_key="w-1", transaction_id="other"),
        replace(request, idempotency_key="w-2", order_id=new_id()),
        replace(request, idempotency_key="w-3", amount_minor=371),
    ):
        assert await harness.provider.refund(wrong) is RefundState.FAILED
