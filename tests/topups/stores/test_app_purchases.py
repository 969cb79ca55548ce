"""Purchases of an app, from its order to its coins."""

import asyncio

import httpx
import pytest

from largesse.topups import app_purchases, jobs
from largesse.topups.errors import (
    ProductUnknown,
    ReceiptInvalid,
    ReceiptNotBound,
    ReceiptOfAnother,
    TooManyPurchases,
)
from largesse.topups.finishing import FINISH_TASK, finish_purchase
from largesse.topups.providers import AppPurchase
from tests.fixtures_identity import MakeUser, SignedIn
from tests.topups.stores.phone import COINS, Phone, reasons


async def test_crediting_queues_one_job_that_finishes(phone: Phone) -> None:
    order = await phone.order()
    proof = await phone.buy(order)
    for _ in range(2):
        await phone.hand_in(proof)
    (told,) = await phone.jobs(FINISH_TASK)
    name = phone.store.control("buy", order.id)
    assert told == {"provider": "app_store", "order_id": str(order.id), "transaction_id": name}
    await finish_purchase(phone.services, "app_store", order.id, name)


async def test_everybody_telling_at_once_credits_once(phone: Phone) -> None:
    order = await phone.order()
    proof = await phone.buy(order)
    told = (phone.tell("ONE_TIME_CHARGE", order.id) for _ in range(3))
    await asyncio.gather(*told, *(phone.hand_in(proof) for _ in range(3)))
    assert ((await phone.show(order)).state, (await phone.wallet()).coins_paid) == (
        "credited",
        COINS,
    )
    assert len(await phone.jobs(FINISH_TASK)) == 1


async def test_a_held_purchase_is_shown_as_held_and_not_finished(phone: Phone) -> None:
    order = await phone.order()
    async with phone.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET held = true")
    shown = await phone.hand_in(await phone.buy(order))
    assert (shown.state, shown.held, (await phone.wallet()).coins_paid) == ("paid", True, 0)
    assert await phone.jobs(FINISH_TASK) == []


async def test_the_order_remembers_the_transaction(phone: Phone) -> None:
    order = await phone.credited()
    name = phone.store.control("buy", order.id)
    assert await phone.rows("SELECT provider_ref FROM top_up_order") == [(name,)]


async def test_an_app_that_died_is_credited_by_the_notification(phone: Phone) -> None:
    order = await phone.order()
    await phone.buy(order)
    await phone.tell("ONE_TIME_CHARGE", order.id)
    assert ((await phone.show(order)).state, (await phone.wallet()).coins_paid) == (
        "credited",
        COINS,
    )


async def test_a_late_purchase_of_an_expired_order_credits(phone: Phone) -> None:
    order = await phone.order()
    async with phone.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET expires_at = now()")
    await jobs.expire_orders(phone.services)
    assert (await phone.show(order)).state == "expired"
    shown = await phone.hand_in(await phone.buy(order))
    assert (shown.state, (await phone.wallet()).coins_paid) == ("credited", COINS)


async def test_a_purchase_without_our_token_is_refused(phone: Phone) -> None:
    order = await phone.order()
    with pytest.raises(ReceiptNotBound):
        await phone.hand_in(await phone.buy(order, appAccountToken=None))
    await phone.tell("ONE_TIME_CHARGE", order.id)
    assert (await phone.show(order)).state == "pending"


async def test_several_pieces_credit_nothing(phone: Phone) -> None:
    order = await phone.order()
    with pytest.raises(ProductUnknown) as refused:
        await phone.hand_in(await phone.buy(order, quantity=2, price=9980))
    assert refused.value.fields == {"order_id": str(order.id)}
    assert reasons(await phone.show(order)) == [
        "order_created",
        "checkout_opened",
        "payment_mismatch",
    ]


async def test_an_order_of_another_way_to_pay_is_not_credited(phone: Phone) -> None:
    order = await phone.order()
    proof = await phone.buy(order)
    async with phone.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET provider = 'sandbox'")
    with pytest.raises(ReceiptOfAnother):
        await phone.hand_in(proof)
    assert (await phone.wallet()).coins_paid == 0


async def test_a_second_purchase_for_an_order_credits_nothing_more(phone: Phone) -> None:
    order = await phone.credited()
    phone.store.control("buy_again", order.id)
    shown = await phone.hand_in(await phone.store.proof(order.id))
    assert (shown.state, (await phone.wallet()).coins_paid) == ("credited", COINS)
    assert "second_payment" in reasons(shown)


async def test_one_transaction_pays_one_order(phone: Phone) -> None:
    """Apple lets an app change the token of a purchase: it must not pay twice."""
    first = await phone.credited()
    second = await phone.order()
    name = phone.store.control("buy", first.id)
    with pytest.raises(ReceiptOfAnother):
        await phone.hand_in(await phone.buy(second, transactionId=name, originalTransactionId=name))
    assert ((await phone.show(second)).state, (await phone.wallet()).coins_paid) == (
        "pending",
        COINS,
    )


async def test_a_refund_and_its_reversal_in_any_order(phone: Phone) -> None:
    for kinds in (("REFUND", "REFUND_REVERSED"), ("REFUND_REVERSED", "REFUND")):
        order = await phone.credited()
        before = (await phone.wallet()).coins_paid
        for kind in kinds:
            phone.store.control("refund", order.id)
            if kind == "REFUND_REVERSED":
                phone.store.control("reverse_refund", order.id)
            await phone.tell(kind, order.id)
        assert ((await phone.show(order)).state, (await phone.wallet()).coins_paid) == (
            "credited",
            before,
        )


async def test_a_refund_takes_unused_coins_back(phone: Phone) -> None:
    order = await phone.credited()
    await phone.spend(100)
    phone.store.control("refund", order.id)
    await phone.tell("REFUND", order.id)
    assert ((await phone.show(order)).state, (await phone.wallet()).coins_paid) == ("refunded", 0)


async def test_proofs_are_not_tried_without_end(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_purchases, "PURCHASES_MAX", 2)
    for _ in range(2):
        with pytest.raises(ReceiptInvalid):
            await phone.hand_in(AppPurchase("x"))
    with pytest.raises(TooManyPurchases) as refused:
        await phone.hand_in(AppPurchase("x"))
    assert refused.value.fields["retry_after_s"] > 0


async def test_over_http(phone: Phone, http: httpx.AsyncClient, users: MakeUser) -> None:
    buyer: SignedIn = await users("Bea")
    phone.buyer = buyer.user
    order = await phone.order()
    body = {"token": (await phone.buy(order)).token}
    address = "/v1/providers/app_store/transactions"
    assert (await http.post(address, json=body)).status_code == 401
    for _ in range(2):
        answer = await http.post(address, json=body, headers=buyer.headers)
        assert (answer.status_code, answer.json()["state"]) == (200, "credited"), answer.text
    stranger = await users("Olga")
    refused = await http.post(address, json=body, headers=stranger.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "receipt_of_another")
    assert str(order.id) not in refused.text


WRONG: list[tuple[str, dict[str, str], int, str | None]] = [
    ("app_store", {"token": "x"}, 422, "receipt_invalid"),
    ("app_store", {"token": "é.b.c", "product_id": "é"}, 422, "receipt_invalid"),
    ("app_store", {"token": "a\x00b"}, 422, None),
    ("app_store", {"token": ""}, 422, None),
    ("app_store", {"token": "x" * 20_001}, 422, None),
    ("app_store", {"token": "x", "product_id": ""}, 422, None),
    ("app_store", {}, 422, None),
    ("sandbox", {"token": "x"}, 404, "provider_not_found"),
    ("nobody", {"token": "x"}, 404, "provider_not_found"),
]


async def test_what_is_wrong_is_said(http: httpx.AsyncClient, users: MakeUser) -> None:
    headers = (await users("Vera")).headers
    for provider, body, status, code in WRONG:
        address = f"/v1/providers/{provider}/transactions"
        answer = await http.post(address, json=body, headers=headers)
        assert answer.status_code == status, (provider, body)
        assert code is None or answer.json()["code"] == code
