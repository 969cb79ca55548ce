"""Support's desk: any order, found and looked into, and what the audit log keeps of it."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from largesse import cli
from largesse.identity import Role
from largesse.topups import payments
from largesse.topups.errors import OrderNotFound
from largesse.topups.guards import queries as guard_queries
from largesse.topups.guards.model import HoldReason, Measure, OrderHold, Subject
from largesse.topups.providers import PaymentEventKind
from largesse.topups.support import desk
from largesse.topups.support.findings import Asked
from largesse.types import PLATFORM_ID, now
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop
from tests.topups.till import Till

SUCCEEDED = PaymentEventKind.SUCCEEDED


async def test_support_sees_what_a_finding_was_made_of(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    told = await shop.receive(shop.notice(payment, SUCCEEDED, amount_minor=1))
    await payments.process_notification(shop.services, "sandbox", told)
    waiting = await shop.receive(shop.notice(payment, SUCCEEDED, transaction_id="sbx_x"))
    found = await desk.check_any_order(shop.services, PLATFORM_ID, order.id)
    assert found.mended
    assert [each.code.value for each in found.findings] == ["credited", "amount_differs"]
    assert [(each.id, each.outcome) for each in found.notifications] == [
        (told, "mismatch"),
        (waiting, "applied"),
    ]
    assert [(each.transaction_id, each.state.value) for each in found.transactions] == [
        ("sbx_x", "credited")
    ]
    assert (found.asked, found.outcomes) == (Asked.NOT_NEEDED, [])
    audit = await shop.rows(
        "SELECT actor_id, object_id, data->>'mended' FROM audit WHERE action = 'order.check'"
    )
    assert audit == [(PLATFORM_ID, order.id, "true")]


async def test_support_sees_holds_and_refunds(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    async with shop.services.db.transaction() as conn:
        reason = HoldReason("large", Subject.PERSON, Measure.ORDER_COINS, 350, 100, None, None)
        hold = OrderHold(order.id, shop.buyer.id, (reason,), now())
        await guard_queries.insert_hold(conn, hold)
        await guard_queries.set_held(conn, shop.buyer.id, order.id, True)
    for transaction_id in (payment.transaction_id, "sbx_second"):
        await shop.tell(shop.notice(payment, SUCCEEDED, transaction_id=transaction_id))
    found = await desk.check_any_order(shop.services, PLATFORM_ID, order.id)
    assert [each.code.value for each in found.findings] == ["held", "paid_twice"]
    assert found.hold is not None
    assert [each.text for each in found.hold.reasons]
    assert [each.reason for each in found.refunds] == ["second_payment"]
    assert (await shop.wallet()).coins_paid == 0


async def test_support_is_told_what_the_provider_answered(shop: Shop) -> None:
    order = await shop.order()
    await shop.paid(order)
    found = await desk.check_any_order(shop.services, PLATFORM_ID, order.id)
    assert (found.asked, [each.value for each in found.outcomes]) == (Asked.ANSWERED, ["applied"])
    with pytest.raises(OrderNotFound):
        await desk.check_any_order(shop.services, PLATFORM_ID, shop.stranger())


async def test_support_finds_orders_by_what_a_buyer_can_tell(shop: Shop, users: MakeUser) -> None:
    other = await users("Ünal")
    first, second = await shop.order(), await shop.order()
    payment = await shop.paid(first)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    (email,) = await shop.column("SELECT email FROM login WHERE user_id = %s", shop.buyer.id)
    for q, wanted in (
        (str(first.id), [first.id]),
        (f" {str(first.id).upper()} ", [first.id]),
        (email.upper(), [second.id, first.id]),
        (str(payment.transaction_id), [first.id]),
        (other.email, []),
        ("nobody@example.com", []),
        ("sbx_none", []),
        (str(shop.stranger()), []),
    ):
        found = await desk.search(shop.services, PLATFORM_ID, q)
        assert [each.order.id for each in found.items] == wanted, q
        assert {each.buyer.email for each in found.items} <= {email}
    audit = await shop.rows("SELECT object_id, data FROM audit WHERE action = 'order.search'")
    assert len(audit) == 8
    assert email not in str(audit)
    assert sum(object_id == shop.buyer.id for object_id, _ in audit) == 4


async def test_an_address_is_found_however_it_is_written(shop: Shop) -> None:
    await shop.execute(
        "UPDATE login SET email = 'jürgen@beispiel.example' WHERE user_id = %s", shop.buyer.id
    )
    order = await shop.order()
    for q in ("JÜRGEN@Beispiel.example", "jürgen@beispiel.example"):
        found = await desk.search(shop.services, PLATFORM_ID, q)
        assert [each.order.id for each in found.items] == [order.id], q


async def test_over_http(till: Till, users: MakeUser, client: httpx.AsyncClient) -> None:
    order = await till.order()
    address = f"/v1/orders/{order['id']}/check"
    answer = await client.post(address, headers=till.buyer.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["findings"][0]["code"] == "waiting_for_payment"
    assert answer.json()["order"]["id"] == order["id"]

    operator = await users("Opal", roles={Role.OPERATOR})
    seen = await client.post(f"/v1/operator{address[3:]}", headers=operator.headers)
    assert (seen.status_code, seen.json()["asked"]) == (200, "answered")
    found = await client.get(
        "/v1/operator/orders", params={"q": till.buyer.email}, headers=operator.headers
    )
    assert [each["order"]["id"] for each in found.json()["items"]] == [order["id"]]

    for method, path in (
        ("POST", f"/v1/operator{address[3:]}"),
        ("GET", "/v1/operator/orders?q=x"),
    ):
        refused = await client.request(method, path, headers=till.buyer.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert (await client.post(address)).status_code == 401
    bad = await client.get("/v1/operator/orders?q=a%00b", headers=operator.headers)
    assert bad.status_code == 422


async def test_the_command_mends_and_prints(
    shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = await shop.order()
    await shop.paid(order)
    environment = {"DATABASE_URL": database_url, "LARGESSE_DEMO": "1"}
    for name, value in {**environment, "LARGESSE_DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    done = await asyncio.to_thread(CliRunner().invoke, cli.app, ["orders", "check", str(order.id)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["findings"][0]["code"], told["mended"]) == ("credited", True)
    assert await shop.column("SELECT actor_id FROM audit") == [PLATFORM_ID]
    none = [*("orders", "check"), str(shop.stranger())]
    unknown = await asyncio.to_thread(CliRunner().invoke, cli.app, none)
    assert isinstance(unknown.exception, OrderNotFound)
