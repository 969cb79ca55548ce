"""The review of held payments: released or returned, once, whoever presses, and whatever was told meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from largesse.db import ReadConnection
from largesse.errors import AppError
from largesse.ledger import CursorInvalid
from largesse.topups import queries
from largesse.topups.errors import HoldDecided, HoldNotFound, PaymentNotReturnable
from largesse.topups.guards.model import Measure, Subject
from largesse.topups.holds.model import Decision
from largesse.topups.holds.schemas import Hold
from largesse.topups.holds.service import decide, list_holds, show_hold
from largesse.topups.holds.settling import release
from largesse.topups.jobs import sweep
from largesse.topups.payments import apply_event
from largesse.topups.providers import Payer, PaymentEvent, PaymentReference, ProviderError
from largesse.topups.providers.sandbox import PaymentState, SandboxProvider
from largesse.topups.refunds import sweep_refunds
from largesse.topups.releasing import settle_released
from largesse.topups.schemas import Order
from largesse.types import new_id, now
from tests.topups.guards.desk import Desk, holding
from tests.topups.shop import reasons

OLU = UUID(int=7)
RELEASED, RETURNED = Decision.RELEASED, Decision.RETURNED


async def held_order(desk: Desk, coins: int = 350) -> Order:
    await desk.rules(holding(Measure.ORDER_COINS, 0, name="any_order"))
    order = await desk.order(coins)
    assert await desk.pay(order) == "paid"
    return order


async def audit(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.shop.rows(
        "SELECT actor_id, action, object_id FROM audit WHERE action LIKE 'hold.%%'"
    )


async def give_back(desk: Desk) -> None:
    """The jobs of refunds, with the time they wait for gone by."""
    await desk.shop.execute("UPDATE refund SET try_at = now() - interval '1 minute'")
    await sweep_refunds(desk.services, apply_event)


async def test_the_list_is_oldest_first_with_reasons_in_words(desk: Desk) -> None:
    await desk.rules(holding(Measure.BUYERS, 0, subject=Subject.CARD, name="card_buyers"))
    orders = [await desk.order(coins) for coins in (70, 350, 700)]
    for order in orders:
        await desk.pay(order, Payer(country="US", fingerprint="fp_1"))
    page = await list_holds(desk.services.db, limit=2, cursor=None)
    rest = await list_holds(desk.services.db, limit=2, cursor=page.next_cursor)
    assert [hold.order_id for hold in page.items + rest.items] == [order.id for order in orders]
    assert rest.next_cursor is None
    first = page.items[0]
    assert first.buyer is not None
    assert (first.buyer.display_name, first.coins, first.total.amount_minor) == ("Vera", 70, 74)
    (reason,) = first.reasons
    assert reason.text == "This card or account paid for 1 buyer within 24 hours; the limit is 0."
    assert (first.overdue, first.due_at - first.held_at) == (False, timedelta(hours=24))
    await desk.shop.execute("UPDATE order_hold SET created_at = created_at - interval '25 hours'")
    late = await list_holds(desk.services.db, limit=5, cursor=None)
    assert all(hold.overdue for hold in late.items)


async def test_the_orders_of_a_list_are_read_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held_order(desk)

    async def one_by_one(conn: ReadConnection, order_id: UUID) -> None:
        raise AssertionError("an order was read alone")

    monkeypatch.setattr(queries, "find_order", one_by_one)
    assert len((await list_holds(desk.services.db, limit=2, cursor=None)).items) == 1


async def test_a_bad_cursor_is_refused(desk: Desk) -> None:
    for cursor in ("", "x", "eA==", "MjAyNi0xMS0yMg==", "\x00", "é"):
        with pytest.raises(CursorInvalid):
            await list_holds(desk.services.db, limit=5, cursor=cursor)


async def test_released_is_credited_at_once(desk: Desk) -> None:
    order = await held_order(desk)
    hold = await release(desk.services, OLU, order.id)
    assert (hold.decision, hold.decided_by, hold.order_state) == (RELEASED, OLU, "credited")
    assert (await desk.shop.wallet()).coins_paid == 350
    shown = await desk.shop.show(order)
    assert not shown.held
    assert reasons(shown)[-3:] == ["held_for_review", "released", "coins_credited"]
    assert await audit(desk) == [(OLU, "hold.released", order.id)]
    assert (await list_holds(desk.services.db, limit=5, cursor=None)).items == []


async def test_a_release_that_crashed_is_finished_by_its_job_or_the_sweep(desk: Desk) -> None:
    order = await held_order(desk)
    await decide(desk.services.db, OLU, order.id, RELEASED)  # and nothing after it
    jobs = await desk.shop.rows(
        "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'topups.settle_released'"
    )
    assert jobs == [({"order_id": str(order.id)},)]
    await desk.shop.execute("UPDATE top_up_order SET updated_at = updated_at - interval '1 hour'")
    await sweep(desk.services)
    for _ in range(2):
        await settle_released(desk.services, order.id)
    assert await desk.state(order) == "credited"
    assert (await desk.shop.wallet()).coins_paid == 350


async def test_a_refund_told_while_it_was_held_is_applied_on_release(desk: Desk) -> None:
    order = await held_order(desk)
    await desk.refund(order)
    assert await desk.state(order) == "paid"
    assert (await desk.shop.wallet()).coins_paid == 0
    await release(desk.services, OLU, order.id)
    assert await desk.state(order) == "refunded"
    assert (await desk.shop.wallet()).coins_paid == 0


async def test_a_dispute_told_while_it_was_held_is_applied_on_release(desk: Desk) -> None:
    order = await held_order(desk)
    await desk.dispute(order)
    await release(desk.services, OLU, order.id)
    assert await desk.state(order) == "disputed"
    assert (await desk.shop.wallet()).coins_paid == 0


async def test_a_release_while_the_provider_is_down_credits_and_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await held_order(desk)
    await desk.refund(order)

    async def down(_: SandboxProvider, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        raise ProviderError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxProvider, "look_up", down)
        hold = await release(desk.services, OLU, order.id)
        assert hold.order_state == "credited"
        with pytest.raises(ProviderError):  # so that the job is tried again
            await settle_released(desk.services, order.id)
    await settle_released(desk.services, order.id)
    assert await desk.state(order) == "refunded"


async def test_returned_gives_the_money_back_and_never_credits(desk: Desk) -> None:
    order = await held_order(desk)
    hold = await decide(desk.services.db, OLU, order.id, RETURNED)
    assert (hold.decision, hold.order_state) == (RETURNED, "paid")
    await settle_released(desk.services, order.id)
    await give_back(desk)
    assert await desk.state(order) == "refunded"
    states = await desk.shop.column("SELECT state FROM sandbox_payment")
    assert states == [PaymentState.REFUNDED]
    assert (await desk.shop.wallet()).coins_paid == 0
    assert await audit(desk) == [(OLU, "hold.returned", order.id)]


async def test_deciding_again_changes_nothing_and_otherwise_is_refused(desk: Desk) -> None:
    released, returned = await held_order(desk), await held_order(desk, 700)
    for _ in range(2):
        await release(desk.services, OLU, released.id)
        await decide(desk.services.db, OLU, returned.id, RETURNED)
    for order, other in ((released, RETURNED), (returned, RELEASED)):
        with pytest.raises(HoldDecided) as caught:
            await decide(desk.services.db, OLU, order.id, other)
        assert caught.value.fields["decision"] != other
    await give_back(desk)
    assert (await desk.shop.wallet()).coins_paid == 350
    assert len(await audit(desk)) == 2
    assert await desk.shop.column("SELECT count(*) FROM refund") == [1]


async def test_two_operators_at_once_decide_once(desk: Desk) -> None:
    order = await held_order(desk)

    async def press(decision: Decision) -> Hold | AppError:
        try:
            return await decide(desk.services.db, new_id(), order.id, decision)
        except AppError as error:
            return error

    answers = await asyncio.gather(*(press(each) for each in (RELEASED, RETURNED) * 4))
    assert sum(isinstance(answer, HoldDecided) for answer in answers) == 4
    done = {answer.decision for answer in answers if isinstance(answer, Hold)}
    assert len(done) == 1
    assert len(await audit(desk)) == 1


async def test_what_was_never_held_is_no_hold(desk: Desk) -> None:
    await desk.rules()
    order = await desk.order()
    for order_id in (order.id, new_id()):
        with pytest.raises(HoldNotFound):
            await decide(desk.services.db, OLU, order_id, RELEASED)
        async with desk.services.db.read() as conn:
            with pytest.raises(HoldNotFound):
                await show_hold(conn, order_id)


async def test_a_store_that_refunds_by_itself_is_left_to_do_so(desk: Desk) -> None:
    order = await held_order(desk)
    await desk.shop.execute("UPDATE top_up_order SET channel = 'app_store'")
    with pytest.raises(PaymentNotReturnable, match="App Store"):
        await decide(desk.services.db, OLU, order.id, RETURNED)
    assert await desk.held(order)
    hold = await decide(desk.services.db, OLU, order.id, RELEASED)
    assert hold.decided_at is not None
    assert hold.decided_at <= now()
