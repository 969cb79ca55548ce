"""Where are my coins? What a check finds, what it mends, and what support sees."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from largesse import cli, ledger
from largesse.identity import Role
from largesse.topups import jobs, payments
from largesse.topups.errors import OrderNotFound, TooManyChecks
from largesse.topups.providers import PaymentEventKind, ProviderError
from largesse.topups.providers.sandbox import PaymentState, SandboxProvider
from largesse.topups.schemas import Order
from largesse.topups.service import expire_order
from largesse.topups.states import OrderState, Reason
from largesse.topups.support import desk, service
from largesse.topups.support.findings import Asked, Facts, FindingCode, findings_of
from largesse.topups.support.schemas import Inquiry
from largesse.types import PLATFORM_ID, now
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop, reasons
from tests.topups.till import Till

SUCCEEDED = PaymentEventKind.SUCCEEDED
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def _facts(
    state: OrderState,
    *noted: Reason,
    held: bool = False,
    has_page: bool = True,
    asked: Asked = Asked.ANSWERED,
) -> Facts:
    return Facts(state, held, has_page, asked, dict.fromkeys(noted, AT))


_S, _R = OrderState, Reason


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (_facts(_S.CREDITED, _R.COINS_CREDITED), ["credited"]),
        (_facts(_S.CREDITED, _R.SECOND_PAYMENT), ["credited", "paid_twice"]),
        (_facts(_S.CREDITED, _R.PARTIAL_REVERSAL), ["credited", "partly_refunded"]),
        (_facts(_S.CREDITED, _R.PAYMENT_MISMATCH), ["credited", "amount_differs"]),
        (_facts(_S.REFUNDED, _R.PARTIAL_REVERSAL), ["refunded"]),
        (_facts(_S.DISPUTED), ["disputed"]),
        (_facts(_S.PAID), ["being_credited"]),
        (_facts(_S.PAID, held=True), ["held"]),
        (_facts(_S.PENDING), ["waiting_for_payment"]),
        (_facts(_S.PENDING, _R.PAYMENT_MISMATCH), ["amount_differs"]),
        (_facts(_S.PENDING, asked=Asked.UNREACHABLE), ["provider_unreachable"]),
        (_facts(_S.EXPIRED, asked=Asked.UNREACHABLE), ["provider_unreachable"]),
        (_facts(_S.PENDING, asked=Asked.OFF), ["provider_off"]),
        (_facts(_S.PENDING, has_page=False, asked=Asked.NOT_POSSIBLE), ["open_app"]),
        (_facts(_S.CREATED, has_page=False), ["payment_unknown"]),
        (_facts(_S.FAILED, _R.PAYMENT_DECLINED), ["declined"]),
        (_facts(_S.FAILED, _R.PAYMENT_ABANDONED), ["abandoned"]),
        (_facts(_S.EXPIRED, _R.ORDER_EXPIRED), ["expired"]),
    ],
)
def test_what_is_found(facts: Facts, codes: list[str]) -> None:
    assert [each.code.value for each in findings_of(facts)] == codes


def test_every_finding_can_be_found_and_is_a_sentence() -> None:
    found = {
        each.code: each.text
        for state in OrderState
        for held in (False, True)
        for has_page in (False, True)
        for asked in Asked
        for noted in (None, *Reason)
        for each in findings_of(
            _facts(state, *([noted] if noted else []), held=held, has_page=has_page, asked=asked)
        )
    }
    assert set(found) == set(FindingCode)
    assert all(text.endswith(".") and len(text) > 40 for text in found.values())


async def _check(shop: Shop, order: Order) -> Inquiry:
    return await service.check_own_order(shop.services, shop.buyer, order.id)


def _codes(inquiry: Inquiry) -> list[str]:
    return [each.code.value for each in inquiry.findings]


async def test_a_payment_never_told_is_found_at_the_provider(shop: Shop) -> None:
    order = await shop.order()
    assert _codes(await _check(shop, order)) == ["waiting_for_payment"]
    await shop.paid(order)
    inquiry = await _check(shop, order)
    assert (_codes(inquiry), inquiry.mended) == (["credited"], True)
    assert inquiry.order.state == "credited"
    assert inquiry.findings[0].at == inquiry.order.history[-1].at
    assert (await shop.wallet()).coins_paid == 350
    again = await _check(shop, order)
    assert (_codes(again), again.mended) == (["credited"], False)
    assert (await shop.wallet()).coins_paid == 350


async def test_a_notification_that_waits_is_worked_off_though_the_provider_is_down(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, other = await shop.order(), await shop.order()
    notification_id = await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    others_id = await shop.receive(shop.notice(await shop.paid(other), SUCCEEDED))
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    inquiry = await _check(shop, order)
    assert (_codes(inquiry), inquiry.mended) == (["credited"], True)
    outcomes = dict(await shop.rows("SELECT id, outcome FROM provider_notification"))
    assert outcomes == {notification_id: "applied", others_id: None}


async def _paid_not_credited(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order of a process that died between its payment and its coins."""
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)

    async def die(*_: Any, **__: Any) -> None:
        raise ConnectionError("the process died here")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "credit_top_up", die)
        with pytest.raises(ConnectionError):
            await shop.tell(raw)
    assert (await shop.show(order)).state == "paid"
    return order


async def test_what_was_paid_but_not_credited_is_credited(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await _paid_not_credited(shop, monkeypatch)
    assert (await _check(shop, order)).mended
    assert (await shop.wallet()).coins_paid == 350


async def _away(*_: Any) -> None:
    raise ProviderError("no answer")


async def test_a_provider_that_does_not_answer_is_a_finding(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.paid(order)
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    inquiry = await _check(shop, order)
    assert _codes(inquiry) == ["provider_unreachable"]
    assert inquiry.order.state == "pending"


async def test_a_notification_nobody_can_work_off_keeps_no_one_from_an_answer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))

    def fail(*_: Any) -> None:
        raise ProviderError("makes no sense")

    monkeypatch.setattr(SandboxProvider, "parse_stored_notification", fail)
    assert _codes(await _check(shop, order)) == ["credited"]  # the provider was asked instead


async def test_many_checks_at_once_credit_once(shop: Shop) -> None:
    order = await shop.order()
    await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    found = await asyncio.gather(*(_check(shop, order) for _ in range(service.CHECKS_MAX)))
    assert {code for each in found for code in _codes(each)} == {"credited"}
    assert reasons(await shop.show(order)).count("coins_credited") == 1
    assert (await shop.wallet()).coins_paid == 350
    with pytest.raises(TooManyChecks) as refused:
        await _check(shop, order)
    assert refused.value.fields["retry_after_s"] > 0
    assert _codes(await _check(shop, await shop.order())) == ["waiting_for_payment"]


@pytest.mark.parametrize(
    ("target", "code"),
    [(PaymentState.DECLINED, "declined"), (PaymentState.ABANDONED, "abandoned")],
)
async def test_a_payment_that_failed_says_how(shop: Shop, target: PaymentState, code: str) -> None:
    order = await shop.order()
    await shop.move(order, target)
    assert _codes(await _check(shop, order)) == [code]
    assert (await shop.wallet()).coins_paid == 0


async def test_an_expired_order_says_so_and_a_late_payment_of_it_is_found(shop: Shop) -> None:
    order = await shop.order()
    async with shop.services.db.transaction() as conn:
        assert await expire_order(conn, order.id, now())
    assert _codes(await _check(shop, order)) == ["expired"]
    await shop.paid(order)
    assert _codes(await _check(shop, order)) == ["credited"]
    assert "paid_after_expiry" in reasons(await shop.show(order))


async def test_another_amount_is_left_to_support(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.execute("UPDATE sandbox_payment SET amount_minor = 1 WHERE id = %s", payment.id)
    inquiry = await _check(shop, order)
    assert _codes(inquiry) == ["amount_differs"]
    assert inquiry.findings[0].todo == "contact_support"
    assert (await shop.wallet()).coins_paid == 0


async def test_a_second_payment_and_a_refund_are_told(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    await shop.tell(shop.notice(payment, SUCCEEDED, transaction_id="sbx_second"))
    assert _codes(await _check(shop, order)) == ["credited", "paid_twice"]
    await shop.tell(shop.notice(payment, PaymentEventKind.REFUNDED))
    assert _codes(await _check(shop, order))[0] == "refunded"


async def test_an_order_whose_page_never_opened_has_no_payment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SandboxProvider, "create_checkout", _away)
        with pytest.raises(Exception, match="did not answer"):
            await shop.order()
    (order_id,) = await shop.column("SELECT id FROM top_up_order")
    inquiry = await service.check_own_order(shop.services, shop.buyer, order_id)
    assert _codes(inquiry) == ["payment_unknown"]


async def test_a_held_order_stays_held(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await _paid_not_credited(shop, monkeypatch)
    await shop.execute("UPDATE top_up_order SET held = true")
    await shop.execute("DELETE FROM provider_notification")
    assert _codes(await _check(shop, order)) == ["held"]
    assert (await shop.wallet()).coins_paid == 0


async def test_an_order_of_a_store_is_answered_by_its_app(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.execute("UPDATE top_up_order SET channel = 'app_store', provider = 'app_store'")
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    assert _codes(await _check(shop, order)) == ["open_app"]


async def test_a_way_to_pay_that_was_switched_off_is_told(shop: Shop) -> None:
    order = await shop.order()
    await shop.execute("UPDATE top_up_order SET provider = 'gone'")
    assert _codes(await _check(shop, order)) == ["provider_off"]


async def test_orders_of_others_are_none(shop: Shop, users: MakeUser) -> None:
    order = await shop.order()
    with pytest.raises(OrderNotFound):
        await service.check_own_order(shop.services, (await users("Olga")).user, order.id)


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


async def test_the_job_and_the_check_at_once_credit_once(shop: Shop) -> None:
    order = await shop.order()
    await shop.paid(order)
    await shop.execute("UPDATE top_up_order SET poll_at = now()")
    await asyncio.gather(_check(shop, order), jobs.poll_open_orders(shop.services))
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350


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
