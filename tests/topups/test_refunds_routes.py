"""Refunds over HTTP, with the worker at work: offers, requests, lists, and what operators see."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from largesse.identity import Role
from largesse.services import Services
from largesse.topups.payments import apply_event
from largesse.topups.providers import PaymentEvent, PaymentEventKind, RefundState
from largesse.topups.providers.sandbox import sandbox_provider
from tests.fixtures_identity import MakeUser, SignedIn
from tests.topups.refund_desk import answering
from tests.topups.till import Till, reasons

DEADLINE_S = 15.0


@pytest.fixture
def runs_jobs() -> bool:
    """Refunds and released payments are carried out by jobs."""
    return True


async def _get(till: Till, path: str, person: SignedIn | None = None) -> httpx.Response:
    return await till.client.get(path, headers=(person or till.buyer).headers)


async def _request(
    till: Till, order: dict[str, Any], body: Any, key: str | None = None
) -> httpx.Response:
    headers = dict(till.buyer.headers)
    if key is not None:
        headers["Idempotency-Key"] = key
    return await till.client.post(f"/v1/orders/{order['id']}/refund", json=body, headers=headers)


async def _settled(till: Till, order: dict[str, Any]) -> dict[str, Any]:
    """The order's last refund, once the worker is through with it."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        items = (await _get(till, f"/v1/orders/{order['id']}/refunds")).json()["items"]
        if items and items[-1]["state"] in ("done", "failed"):
            return dict(items[-1])
        await asyncio.sleep(0.05)
    raise AssertionError("the worker never settled the refund")


async def test_a_buyer_sees_asks_for_and_gets_the_money(till: Till) -> None:
    order = await till.pay(await till.order())
    offer = (await _get(till, f"/v1/orders/{order['id']}/refund")).json()
    assert offer["possible"] is True
    assert offer["reason"] is None
    assert (offer["coins"], offer["amount"]) == (350, order["total"])
    body = {"coins": offer["coins"]}
    made = await _request(till, order, body, "tap")
    again = await _request(till, order, body, "tap")
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    refund = await _settled(till, order)
    assert (refund["state"], refund["reason"], refund["coins"]) == ("done", "requested", 350)
    after = await till.show(order)
    assert (after["state"], reasons(after)[-1]) == ("refunded", "money_returned")
    assert (await till.wallet())["coins_total"] == 0
    refused = await _request(till, order, body)
    assert refused.status_code == 409
    assert refused.json()["code"] == "refund_not_possible"
    assert refused.json()["reason"] == "already_refunded"


async def test_an_order_that_is_not_paid_has_nothing_to_give_back(till: Till) -> None:
    order = await till.order()
    offer = (await _get(till, f"/v1/orders/{order['id']}/refund")).json()
    assert (offer["possible"], offer["reason"], offer["coins"]) == (False, "not_credited", 0)
    assert (await _get(till, f"/v1/orders/{order['id']}/refunds")).json()["items"] == []


_WRONG: list[tuple[Any, str | None, int, str]] = [
    ({"coins": 349}, None, 409, "refund_changed"),
    ({"coins": 0}, None, 422, "validation_failed"),
    ({"coins": -(2**70)}, None, 422, "validation_failed"),
    ({"coins": 2**70}, None, 422, "validation_failed"),
    ({"coins": "x"}, None, 422, "validation_failed"),
    ({}, None, 422, "validation_failed"),
    ({"coins": 350, "amount": 9}, None, 422, "validation_failed"),
    ({"coins": 350}, "a b", 422, "idempotency_key_invalid"),
    ({"coins": 350}, "x" * 201, 422, "idempotency_key_invalid"),
]


async def test_wrong_requests_are_refused_and_take_no_coins(till: Till) -> None:
    order = await till.pay(await till.order())
    for body, key, status, code in _WRONG:
        answer = await _request(till, order, body, key)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await till.wallet())["coins_total"] == 350


async def test_another_persons_order_is_not_there(till: Till, users: MakeUser) -> None:
    order = await till.pay(await till.order())
    stranger = Till(till.client, await users("Sam"))
    for path in ("refund", "refunds"):
        answer = await _get(stranger, f"/v1/orders/{order['id']}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
    answer = await _request(stranger, order, {"coins": 350})
    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
    assert (await till.wallet())["coins_total"] == 350
    for path in (f"/v1/orders/{order['id']}/refund", "/v1/operator/refunds"):
        assert (await till.client.get(path)).status_code == 401


async def test_operators_see_what_failed_and_try_a_return_again(
    till: Till, users: MakeUser, services: Services
) -> None:
    operator = await users("Olga", roles={Role.OPERATOR})
    order = await till.pay(await till.order())
    with answering(RefundState.FAILED):
        await _second_payment(services, order)
        failed = await _settled(till, order)
    assert (failed["state"], failed["failure"]) == ("failed", "refused")
    assert reasons(await till.show(order))[-1] == "return_failed"
    assert (await _get(till, "/v1/operator/refunds")).status_code == 403
    seen = (await _get(till, "/v1/operator/refunds", operator)).json()
    assert [item["id"] for item in seen["items"]] == [failed["id"]]
    path = f"/v1/operator/refunds/{failed['id']}/repeat"
    assert (await till.client.post(path, headers=till.buyer.headers)).status_code == 403
    with answering(RefundState.DONE):
        pressed = await asyncio.gather(
            *(till.client.post(path, headers=operator.headers) for _ in range(2))
        )
        again = await _settled(till, order)
    assert {answer.status_code for answer in pressed} <= {200, 409}
    assert again["id"] in {answer.json().get("id") for answer in pressed}
    assert (again["state"], again["id"] != failed["id"]) == ("done", True)
    items = (await _get(till, f"/v1/orders/{order['id']}/refunds")).json()["items"]
    assert [item["state"] for item in items] == ["failed", "done"]
    answer = await till.client.post(path, headers=operator.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_not_repeatable")
    async with services.db.read() as conn:
        cursor = await conn.execute(
            "SELECT object_id::text FROM audit WHERE action = 'refund.repeat'"
        )
        assert [row[0] for row in await cursor.fetchall()] == [failed["id"]]


async def _second_payment(services: Services, order: dict[str, Any]) -> None:
    """A second payment of an order, by a transaction that the sandbox does not know."""
    event = PaymentEvent(
        PaymentEventKind.SUCCEEDED,
        UUID(order["id"]),
        "sbx_second",
        order["total"]["amount_minor"],
        order["total"]["currency"],
    )
    await apply_event(services, sandbox_provider(services), event)


async def test_unknown_refunds_and_bad_cursors_are_refused(till: Till, users: MakeUser) -> None:
    operator = await users("Olga", roles={Role.OPERATOR})
    unknown = await till.client.post(
        f"/v1/operator/refunds/{uuid4()}/repeat", headers=operator.headers
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "refund_not_found")
    bad = await _get(till, "/v1/operator/refunds?cursor=x", operator)
    assert bad.status_code == 422


async def test_a_requested_refund_that_failed_is_not_repeated_by_operators(
    till: Till, users: MakeUser
) -> None:
    operator = await users("Olga", roles={Role.OPERATOR})
    order = await till.pay(await till.order())
    with answering(RefundState.FAILED):
        await _request(till, order, {"coins": 350})
        failed = await _settled(till, order)
    assert (await till.wallet())["coins_total"] == 350
    answer = await till.client.post(
        f"/v1/operator/refunds/{failed['id']}/repeat", headers=operator.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_not_repeatable")
