"""Purchases that start in an app: the app's proof and the store's notification come to the same."""

import pytest

from largesse.identity import User
from largesse.topups.app_purchases import hand_in
from largesse.topups.errors import ProductUnknown, ReceiptInvalid, ReceiptOfAnother
from largesse.topups.finishing import finish_purchase
from largesse.topups.providers import (
    AppPurchase,
    CheckoutNotOffered,
    PaymentEventKind,
)
from largesse.topups.schemas import Order
from largesse.types import new_id
from tests.conformance.abilities import Ability, needs
from tests.conformance.behaviours import behaviour
from tests.conformance.harness import Harness, open_order, request_for, store_of, told_facts
from tests.conformance.till import SUCCEEDED, Till
from tests.fixtures_identity import MakeUser

REFUNDED = PaymentEventKind.REFUNDED


async def _bought(till: Till) -> tuple[Order, AppPurchase]:
    """An order whose buyer bought in the app."""
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    return order, await store_of(till.harness)[0].proof(order.id)


async def _hand_in(till: Till, purchase: AppPurchase, user: User | None = None) -> Order:
    return await hand_in(till.services, user or till.buyer, till.harness.provider.name, purchase)


@needs(Ability.APPS)
async def test_a_store_opens_no_page(harness: Harness) -> None:
    with pytest.raises(CheckoutNotOffered):
        await harness.provider.create_checkout(request_for(new_id()))


@needs(Ability.APPS)
async def test_an_order_of_a_store_waits_without_a_page(till: Till) -> None:
    order = await till.order()
    assert (order.state, order.checkout_url) == ("pending", None)
    assert order.product_id is not None


@needs(Ability.APPS)
async def test_a_proof_says_what_its_notification_says(harness: Harness) -> None:
    store, provider = store_of(harness)
    order_id = new_id()
    await open_order(harness, order_id)
    await harness.happen(order_id, SUCCEEDED)
    (event,) = await provider.verify_purchase(await store.proof(order_id))
    assert (event.amount_minor, event.currency, event.product_id) == (370, "USD", "coins_350")
    assert (await told_facts(provider, await harness.notify(order_id, SUCCEEDED)))[-1] == event


@behaviour("missing")
@needs(Ability.APPS)
async def test_a_proof_handed_in_credits_once(till: Till) -> None:
    order, proof = await _bought(till)
    for _ in range(3):
        assert (await _hand_in(till, proof)).state == "credited"
    assert await till.coins() == till.package_coins
    await finish_purchase(till.services, order.provider, order.id, await _transaction(till, order))


async def _transaction(till: Till, order: Order) -> str:
    async with till.services.db.read() as conn:
        cursor = await conn.execute(
            "SELECT transaction_id FROM provider_transaction WHERE order_id = %s", (order.id,)
        )
        ((name,),) = await cursor.fetchall()
    return str(name)


@behaviour("duplicate")
@needs(Ability.APPS)
@pytest.mark.parametrize("app_first", [True, False])
async def test_a_proof_and_its_notification_credit_once(till: Till, app_first: bool) -> None:
    order, proof = await _bought(till)
    if app_first:
        await _hand_in(till, proof)
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    assert (await _hand_in(till, proof)).state == "credited"
    assert await till.coins() == till.package_coins


@behaviour("another person's receipt")
@needs(Ability.APPS)
async def test_the_proof_of_another_person_moves_nothing(till: Till, users: MakeUser) -> None:
    order, proof = await _bought(till)
    with pytest.raises(ReceiptOfAnother) as refused:
        await _hand_in(till, proof, (await users("Olga")).user)
    assert str(order.id) not in str(refused.value.problem())
    assert ((await till.show(order.id)).state, await till.coins()) == ("pending", 0)


@behaviour("another person's receipt")
@needs(Ability.APPS)
async def test_a_proof_for_no_order_of_ours_moves_nothing(till: Till) -> None:
    order_id = new_id()
    await open_order(till.harness, order_id)
    await till.harness.happen(order_id, SUCCEEDED)
    with pytest.raises(ReceiptOfAnother):
        await _hand_in(till, await store_of(till.harness)[0].proof(order_id))
    await till.receive(await till.harness.notify(order_id, SUCCEEDED))
    assert await till.coins() == 0


@behaviour("unknown product")
@needs(Ability.APPS)
async def test_another_product_credits_nothing(till: Till) -> None:
    order = await till.order()
    store, _ = store_of(till.harness)
    store.offer(order.id, "coins_9999", order.total.amount_minor, "USD")
    await till.harness.happen(order.id, SUCCEEDED)
    with pytest.raises(ProductUnknown):
        await _hand_in(till, await store.proof(order.id))
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    shown = await till.show(order.id)
    assert (shown.state, await till.coins()) == ("pending", 0)
    assert [line.reason for line in shown.history][-1] == "payment_mismatch"


@needs(Ability.APPS)
async def test_a_proof_that_is_none_is_refused(till: Till) -> None:
    for token in ("x", "a.b.c", "\ud83d", "é" * 300):
        with pytest.raises(ReceiptInvalid):
            await _hand_in(till, AppPurchase(token, "coins_330"))


@needs(Ability.APPS)
async def test_a_price_of_the_stores_own_is_taken_over(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify_other_amount(order.id, 777))
    shown = await till.show(order.id)
    assert (shown.state, await till.coins()) == ("credited", till.package_coins)
    assert (shown.total.amount_minor, shown.net.amount_minor + shown.tax.amount_minor) == (777, 777)
    assert "repriced_by_store" in [line.reason for line in shown.history]


@needs(Ability.APPS)
async def test_a_refund_told_first_after_another_price_takes_it_all(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    await till.harness.notify_other_amount(order.id, 777)
    await till.receive(await till.harness.notify(order.id, REFUNDED))
    shown = await till.show(order.id)
    assert (shown.state, shown.total.amount_minor, await till.coins()) == ("refunded", 777, 0)
