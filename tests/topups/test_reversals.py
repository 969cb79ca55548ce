"""Refunds and disputes as providers tell them: parts, failed and won ones, in any order."""

from itertools import permutations

import pytest

from largesse.ledger import WalletFrozen
from largesse.topups import payments
from largesse.topups.providers import PaymentEventKind, ProviderError
from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.states import OrderState
from tests.ledger.world import World
from tests.topups.shop import Shop, reasons

SUCCEEDED = PaymentEventKind.SUCCEEDED
REFUNDED = PaymentEventKind.REFUNDED
DISPUTED = PaymentEventKind.DISPUTED
WON = PaymentEventKind.DISPUTE_WON


async def test_parts_given_back_take_their_coins_until_all_is_given_back(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    part = {"amount_minor": 185, "reversal_id": "re_1"}
    assert await shop.tell(shop.notice(payment, REFUNDED, **part)) == "applied"
    assert await shop.tell(shop.notice(payment, REFUNDED, **part)) == "no_change"
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.CREDITED, "partial_reversal")
    assert (await shop.wallet()).coins_paid == 175
    await shop.tell(shop.notice(payment, REFUNDED, **{**part, "reversal_id": "re_2"}))
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.REFUNDED, "payment_refunded")
    assert (await shop.wallet()).coins_paid == 0
    failed = shop.notice(payment, PaymentEventKind.REFUND_FAILED, **part)
    assert await shop.tell(failed) == "applied"
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.CREDITED, "refund_failed")
    assert (await shop.wallet()).coins_paid == 175


@pytest.mark.parametrize("told", [*permutations((SUCCEEDED, DISPUTED, WON))])
@pytest.mark.parametrize("amount_minor", [370, 111])
async def test_a_won_dispute_ends_credited_whenever_it_is_heard_of(
    shop: Shop, told: tuple[PaymentEventKind, ...], amount_minor: int
) -> None:
    """Of a part that comes first, the provider is asked whether the payment was made."""
    order = await shop.order()
    payment = await shop.paid(order)
    for kind in (*told, *told):
        amount = {} if kind is SUCCEEDED else {"amount_minor": amount_minor}
        await shop.tell(shop.notice(payment, kind, **amount))
    after = await shop.show(order)
    assert after.state == "credited"
    assert {"payment_disputed", "dispute_won"} <= set(reasons(after))
    assert (await shop.wallet()).coins_paid == 350
    (state,) = await shop.column("SELECT state FROM provider_transaction")
    assert state == "credited"


async def test_a_part_of_a_payment_that_its_provider_does_not_know_waits(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    other = {"amount_minor": 10, "transaction_id": "sbx_other"}
    notification_id = await shop.receive(shop.notice(payment, REFUNDED, **other))
    with pytest.raises(ProviderError):
        await payments.process_notification(shop.services, "sandbox", notification_id)
    assert (await shop.show(order)).state == "pending"
    assert await shop.column("SELECT processed_at FROM provider_notification") == [None]


@pytest.mark.parametrize("change", [{"currency": "JPY"}, {"amount_minor": 0}])
async def test_a_reversal_of_other_money_moves_nothing_and_says_so(
    shop: Shop, change: dict[str, object]
) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    assert await shop.tell(shop.notice(payment, REFUNDED, **change)) == "mismatch"
    after = await shop.show(order)
    assert (after.state, reasons(after)[-1]) == (OrderState.CREDITED, "payment_mismatch")
    assert (await shop.wallet()).coins_paid == 350


async def test_a_dispute_after_coins_were_given_takes_the_creators_pending_diamonds(
    shop: Shop,
) -> None:
    payment = await shop.paid(await shop.order(350))
    await shop.tell(shop.notice(payment, SUCCEEDED))
    await shop.spend(200)
    await shop.tell(shop.notice(payment, DISPUTED))
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 0, False)
    assert await shop.column("SELECT amount FROM balance WHERE code = 10") == [0]
    await shop.tell(shop.notice(payment, WON))
    assert (await shop.wallet()).coins_paid == 150
    assert await shop.column("SELECT amount FROM balance WHERE code = 10") == [100_000]


async def test_a_dispute_after_coins_were_spent_leaves_a_debt_and_freezes_the_wallet(
    shop: Shop,
) -> None:
    await World(shop.services.db).set_steps("owe")
    order = await shop.order(350)
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    await shop.spend(200)
    await shop.tell(shop.notice(payment, DISPUTED))
    assert (await shop.show(order)).state == "disputed"
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 200, True)


async def test_a_frozen_wallet_may_not_order_but_what_was_ordered_still_credits(
    shop: Shop,
) -> None:
    waiting = await shop.order(350)
    await shop.tell(shop.notice(await shop.paid(await shop.order(70)), SUCCEEDED))
    await shop.execute("UPDATE balance SET frozen = true WHERE code = 1")
    with pytest.raises(WalletFrozen):
        await shop.order(70)
    await shop.tell(shop.notice(await shop.paid(waiting), SUCCEEDED))
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.frozen) == (420, True)


async def test_a_wallet_that_owes_may_order_and_pays_back_from_what_comes(shop: Shop) -> None:
    await World(shop.services.db).set_steps("owe")
    order = await shop.order(350)
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    await shop.spend(100)
    await shop.move(order, PaymentState.DISPUTED)
    await shop.tell(shop.notice(payment, DISPUTED))
    with pytest.raises(WalletFrozen):
        await shop.spend(1)
    small = await shop.order(70)
    await shop.tell(shop.notice(await shop.paid(small), SUCCEEDED))
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 30, True)
    await shop.tell(shop.notice(await shop.paid(await shop.order(350)), SUCCEEDED))
    wallet = await shop.wallet()
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (320, 0, False)
    await shop.spend(1)
