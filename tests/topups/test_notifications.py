"""What providers tell us: who may, how often, and in which order."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import httpx
import pytest
from fastapi import FastAPI

from largesse.main import create_app
from largesse.settings import Settings
from largesse.topups.errors import BadSignature
from largesse.topups.providers import (
    Notification,
    PaymentEventKind,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.sandbox import SandboxProvider
from largesse.topups.providers.sandbox.signature import AGE_MAX_S, HEADER
from largesse.topups.schemas import Order
from largesse.topups.states import OrderState
from tests.topups.shop import Shop, reasons
from tests.topups.till import Till

SUCCEEDED = PaymentEventKind.SUCCEEDED
DECLINED = PaymentEventKind.DECLINED
REFUNDED = PaymentEventKind.REFUNDED
DISPUTED = PaymentEventKind.DISPUTED


async def test_a_signed_notification_credits(shop: Shop) -> None:
    order = await shop.order()
    assert await shop.tell(shop.notice(await shop.paid(order), SUCCEEDED)) == "applied"
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350


def _forged(raw: RawNotification, how: str) -> RawNotification:
    signature = raw.headers[HEADER]
    changes = {
        "body": replace(raw, body=raw.body.replace(b"370", b"371")),
        "no signature": replace(raw, headers={}),
        "no form": replace(raw, headers={HEADER: "yes"}),
        "other digest": replace(raw, headers={HEADER: signature[:-64] + "0" * 64}),
        "other moment": replace(raw, headers={HEADER: "t=1," + signature.split(",")[1]}),
        "too late": replace(raw, received_at=raw.received_at + timedelta(seconds=AGE_MAX_S + 2)),
        "too early": replace(raw, received_at=raw.received_at - timedelta(seconds=AGE_MAX_S + 2)),
    }
    return changes[how]


@pytest.mark.parametrize(
    "how",
    ["body", "no signature", "no form", "other digest", "other moment", "too late", "too early"],
)
async def test_a_forged_or_stale_notification_is_refused_and_not_kept(shop: Shop, how: str) -> None:
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)
    with pytest.raises(BadSignature):
        await shop.receive(_forged(raw, how))
    assert await shop.column("SELECT id FROM provider_notification") == []
    assert (await shop.show(order)).state == "pending"


async def test_a_body_that_is_no_notification_is_refused_though_signed(shop: Shop) -> None:
    for body in (b"", b"[]", b"{}", b'"x"', b"\xff", b'{"id": 1, "kind": "exploded"}'):
        with pytest.raises(BadSignature):
            await shop.receive(shop.provider.signed(body))


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": float("inf")},
        {"amount_minor": 3.7},
        {"amount_minor": "370"},
        {"order_id": 5},
    ],
)
async def test_a_notification_with_wrong_fields_is_refused_though_signed(
    shop: Shop, change: dict[str, object]
) -> None:
    payment = await shop.paid(await shop.order())
    with pytest.raises(BadSignature):
        await shop.receive(shop.notice(payment, SUCCEEDED, **change))


async def test_the_same_notification_is_kept_and_worked_off_once(shop: Shop) -> None:
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)
    for _ in range(3):
        await shop.tell(raw)
    assert len(await shop.column("SELECT id FROM provider_notification")) == 1
    assert len(await shop.column("SELECT id FROM jobs.procrastinate_jobs")) == 1
    assert (await shop.wallet()).coins_paid == 350


async def test_a_notification_and_its_job_are_stored_together_or_not_at_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no queue")

    raw = shop.notice(await shop.paid(await shop.order()), SUCCEEDED)
    monkeypatch.setattr("largesse.topups.payments.defer", broken)
    with pytest.raises(RuntimeError):
        await shop.receive(raw)
    assert await shop.column("SELECT id FROM provider_notification") == []


async def test_only_the_signature_is_kept_of_the_headers(shop: Shop) -> None:
    raw = shop.notice(await shop.paid(await shop.order()), SUCCEEDED)
    cookie = {"cookie": "largesse_session=secret", "authorization": "Bearer secret"}
    await shop.receive(replace(raw, headers={**raw.headers, **cookie}))
    (headers,) = await shop.column("SELECT headers FROM provider_notification")
    assert set(headers) == {HEADER}


KINDS = (DECLINED, SUCCEEDED, REFUNDED, DISPUTED)


@pytest.mark.parametrize("told", [*permutations(KINDS[:3]), KINDS, KINDS[::-1]])
async def test_notifications_in_any_order_end_in_the_same_state(
    shop: Shop, told: tuple[PaymentEventKind, ...]
) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    for kind in (*told, *told):
        await shop.tell(shop.notice(payment, kind))
    after = await shop.show(order)
    assert after.state == ("disputed" if DISPUTED in told else "refunded")
    assert {"payment_succeeded", "coins_credited"} <= set(reasons(after))
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.coins_owed) == (0, 0)
    assert len(await shop.column("SELECT id FROM lot")) == 1


async def test_a_decline_that_comes_after_the_success_changes_nothing(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    assert await shop.tell(shop.notice(payment, DECLINED)) == "no_change"
    assert (await shop.show(order)).state == "credited"


@pytest.mark.parametrize(
    "change", [{"amount_minor": 369}, {"amount_minor": 371}, {"currency": "JPY"}]
)
async def test_another_amount_or_currency_than_ordered_credits_nothing_and_says_so(
    shop: Shop, change: dict[str, object]
) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    for _ in range(2):
        assert await shop.tell(shop.notice(payment, SUCCEEDED, **change)) == "mismatch"
    after = await shop.show(order)
    assert after.state == "pending"
    assert reasons(after).count("payment_mismatch") == 1
    assert (await shop.wallet()).coins_paid == 0


async def test_a_payment_for_an_unknown_order_is_kept_for_people_to_look_at(shop: Shop) -> None:
    payment = await shop.paid(await shop.order())
    raw = shop.notice(payment, SUCCEEDED, order_id=str(shop.stranger()))
    assert await shop.tell(raw) == "order_unknown"


async def test_one_transaction_credits_one_order(shop: Shop) -> None:
    first, second = await shop.order(), await shop.order()
    payment = await shop.paid(first)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    raw = shop.notice(payment, SUCCEEDED, order_id=str(second.id))
    assert await shop.tell(raw) == "transaction_of_other_order"
    assert (await shop.show(second)).state == "pending"
    assert (await shop.wallet()).coins_paid == 350


async def test_an_order_paid_twice_is_credited_once_and_says_so(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    second = {"transaction_id": "sbx_second"}
    assert await shop.tell(shop.notice(payment, SUCCEEDED, **second)) == "surplus"
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.CREDITED, "second_payment")
    assert await shop.tell(shop.notice(payment, REFUNDED, **second)) == "applied"
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.CREDITED, "second_payment_returned")
    assert (await shop.wallet()).coins_paid == 350


async def test_a_notification_that_only_names_a_payment_is_settled_by_asking(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some providers do not sign what happened, or do not say it: then their answer to a question counts."""
    order = await shop.order()
    payment = await shop.paid(order)
    parse = SandboxProvider.parse_stored_notification

    def only_names(self: SandboxProvider, body: bytes) -> Notification:
        return Notification(parse(self, body).id, (), (PaymentReference(order_id=order.id),))

    monkeypatch.setattr(SandboxProvider, "parse_stored_notification", only_names)
    assert await shop.tell(shop.notice(payment, REFUNDED)) == "applied"
    assert (await shop.show(order)).state == "credited"  # the sandbox knows of no refund


async def test_the_route_takes_a_signed_notification_and_refuses_others(
    till: Till, app: FastAPI
) -> None:
    order = await till.order()
    shop = Shop(app.state.services, till.buyer.user)
    payment = await shop.paid(Order.model_validate(order))
    raw = shop.notice(payment, SUCCEEDED)
    address = "/v1/providers/sandbox/notifications"
    tampered = await till.client.post(address, content=raw.body + b" ", headers=dict(raw.headers))
    assert (tampered.status_code, tampered.json()["code"]) == (400, "bad_signature")
    answer = await till.client.post(address, content=raw.body, headers=dict(raw.headers))
    assert (answer.status_code, answer.json()) == (200, {})


async def test_unknown_providers_are_not_found(client: httpx.AsyncClient) -> None:
    for name in ("stripe", "nobody", "SANDBOX"):
        answer = await client.post(f"/v1/providers/{name}/notifications", content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (404, "provider_not_found")


async def test_outside_demo_mode_there_is_no_sandbox(till: Till, settings: Settings) -> None:
    """The order was made in demo mode; the same database is then served without it."""
    order = await till.order()
    request = await till.request()
    plain = create_app(settings.model_copy(update={"demo": False}), url=_url(settings))
    async with plain.router.lifespan_context(plain):
        transport = httpx.ASGITransport(app=plain, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            served = Till(client, till.buyer)
            assert (await served.play(order, "succeed")).status_code == 404
            checkout = order["checkout_url"].rsplit("/", 1)[1]
            page = await client.get(f"/v1/sandbox/checkouts/{checkout}")
            assert page.status_code == 404
            told = await client.post("/v1/providers/sandbox/notifications", content=b"{}")
            assert told.json()["code"] == "provider_not_found"
            ordered = await served.post_order(request)
            assert ordered.json()["code"] == "provider_unavailable"
            assert (await client.get("/v1/providers")).json()["items"] == []


def _url(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()
