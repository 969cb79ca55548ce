"""Google's list of voided purchases against our books: each counts once, whatever fails meanwhile."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest

from largesse.db import Database
from largesse.main import start_services
from largesse.settings import Settings
from largesse.topups.app_purchases import hand_in
from largesse.topups.errors import ProductUnknown
from largesse.topups.finishing import finish_purchase
from largesse.topups.providers import AppPurchase, PaymentEventKind
from largesse.topups.voided_purchases import read_voided_purchases
from largesse.types import now
from tests.conformance.harnesses.google_play import GooglePlayHarness, settings_for
from tests.conformance.till import Till
from tests.fakes.google_play.process import FakePlay
from tests.fixtures_identity import MakeUser
from tests.topups.providers.google_play.conftest import Shop

SUCCEEDED = PaymentEventKind.SUCCEEDED


@pytest.fixture
async def till(
    running: FakePlay, settings: Settings, db: Database, users: MakeUser
) -> AsyncIterator[Till]:
    """A buyer in an app, without a worker."""
    running.fake.control("trouble", count=0)
    running.fake.control("forget_voided")
    own = settings.model_copy(update={"google_play": settings_for(running)})
    async with start_services(own, url=db.url) as services:
        harness = GooglePlayHarness(running.fake, own.google_play)
        yield Till(services, harness, (await users("Vera")).user)


async def _credited(till: Till) -> UUID:
    order_id = await _bought(till)
    assert isinstance(till.harness, GooglePlayHarness)
    proof = await till.harness.proof(order_id)
    assert (await hand_in(till.services, till.buyer, "google_play", proof)).state == "credited"
    return order_id


async def _bought(till: Till) -> UUID:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    return order.id


async def _listed_until(till: Till) -> datetime | None:
    async with till.services.db.read() as conn:
        cursor = await conn.execute("SELECT listed_until FROM store_cursor")
        row = await cursor.fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(("act", "state"), [("refund", "refunded"), ("dispute", "disputed")])
async def test_what_google_gave_back_is_taken_back_once(
    till: Till, running: FakePlay, act: str, state: str
) -> None:
    order_id = await _credited(till)
    running.fake.control(act, order_id=str(order_id))
    for _ in range(2):
        assert await read_voided_purchases(till.services) == 1
    shown = await till.show(order_id)
    assert (shown.state, await till.coins()) == (state, 0)
    reasons = [line.reason.value for line in shown.history]
    assert reasons.count(f"payment_{state}") == 1


async def test_what_google_gave_back_before_anybody_told_us_ends_refunded(
    till: Till, running: FakePlay
) -> None:
    order_id = await _bought(till)
    running.fake.control("refund", order_id=str(order_id))
    await read_voided_purchases(till.services)
    assert ((await till.show(order_id)).state, await till.coins()) == ("refunded", 0)


async def test_the_next_list_starts_where_the_last_one_ended(till: Till, running: FakePlay) -> None:
    assert await _listed_until(till) is None
    await read_voided_purchases(till.services)
    first = await _listed_until(till)
    assert first is not None
    assert first < now()
    await read_voided_purchases(till.services)
    second = await _listed_until(till)
    assert second is not None
    assert second > first


async def test_one_that_fails_is_read_again_and_holds_up_no_other(
    till: Till, running: FakePlay
) -> None:
    orders = [await _credited(till) for _ in range(2)]
    for order_id in orders:
        running.fake.control("refund", order_id=str(order_id))
    running.fake.control("trouble", status=500, only="/productsv2/")
    await read_voided_purchases(till.services)
    states = sorted([(await till.show(order_id)).state for order_id in orders])
    assert (states, await _listed_until(till)) == (["credited", "refunded"], None)
    await read_voided_purchases(till.services)
    assert [(await till.show(order_id)).state for order_id in orders] == ["refunded"] * 2
    assert await _listed_until(till) is not None


async def test_a_list_that_cannot_be_read_changes_nothing(till: Till, running: FakePlay) -> None:
    running.fake.control("trouble", status=503, only="voidedpurchases")
    assert await read_voided_purchases(till.services) == 0
    assert await _listed_until(till) is None


async def test_where_google_play_is_off_nothing_is_asked(
    settings: Settings, db: Database, shop: Shop
) -> None:
    async with start_services(settings, url=db.url) as services:
        assert await read_voided_purchases(services) == 0
    assert shop.fake.control("calls") == []


async def test_a_credited_purchase_is_consumed(till: Till, running: FakePlay) -> None:
    order_id = await _credited(till)
    async with till.services.db.read() as conn:
        cursor = await conn.execute(
            "SELECT transaction_id FROM provider_transaction WHERE order_id = %s", (order_id,)
        )
        ((name,),) = await cursor.fetchall()
    for _ in range(2):
        await finish_purchase(till.services, "google_play", order_id, name)
    assert running.fake.control("consumed", order_id=str(order_id))["times"] == 1


async def test_several_pieces_credit_nothing(till: Till, running: FakePlay) -> None:
    order = await till.order()
    wish = {"product": order.product_id, "quantity": 2, "amount_minor": order.total.amount_minor}
    token = running.fake.control("buy", order_id=str(order.id), **wish)
    running.fake.control("pay", token=token)
    with pytest.raises(ProductUnknown):
        await hand_in(till.services, till.buyer, "google_play", AppPurchase(token))
    shown = await till.show(order.id)
    assert (shown.state, await till.coins()) == ("pending", 0)
    assert shown.history[-1].reason == "payment_mismatch"
