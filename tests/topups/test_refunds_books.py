"""Refunds and disputes on the balance sheet: closed afterwards, every account agrees with wallets and lots."""

from datetime import timedelta
from uuid import UUID

import pytest

from largesse import finance, ledger
from largesse.finance import BalanceSheet
from largesse.topups.placing import place_order
from largesse.topups.providers import PaymentEventKind, RefundState
from largesse.topups.schemas import Order, OrderRequest
from largesse.types import now
from tests.fixtures_identity import MakeUser
from tests.ledger.world import World
from tests.topups.refund_desk import SUCCEEDED, Desk, answering
from tests.topups.shop import Shop


@pytest.fixture
async def desk(shop: Shop, users: MakeUser) -> Desk:
    """A buyer in Germany, whose price holds a tax."""
    return Desk(Shop(shop.services, (await users("Otto", country="DE")).user))


async def _bought(desk: Desk) -> Order:
    shop = desk.shop
    (package_id,) = await shop.column(
        "SELECT p.id FROM coin_package p JOIN price_book b ON b.id = p.price_book_id"
        " WHERE b.country = 'DE' AND b.channel = 'web' AND p.coins = 350"
    )
    request = OrderRequest(package_id=UUID(str(package_id)), provider="sandbox", country="DE")
    placed = await place_order(shop.services, shop.buyer, request, key=None, origin="http://test")
    await shop.tell(shop.notice(await shop.paid(placed.order), SUCCEEDED))
    return placed.order


async def _sheet(desk: Desk) -> dict[str, int]:
    """Today's accounts in euros, after its close; they must all agree."""
    today = now().date()
    await finance.close_day(desk.shop.services.db, today, at=now() + timedelta(days=2))
    async with desk.shop.services.db.read() as conn:
        sheet: BalanceSheet = await finance.balance_sheet(conn, today)
        assert (await ledger.check(conn)).problems == []
    assert sheet.mismatches() == []
    return {
        line.account: line.balance
        for part in sheet.assets
        if part.asset == "EUR"
        for line in part.accounts
        if line.balance
    }


async def test_a_whole_purchase_given_back_leaves_only_the_fee(desk: Desk) -> None:
    order = await _bought(desk)
    assert order.tax.amount_minor > 0
    offer = await desk.offer(order)
    assert (offer.amount, offer.tax) == (order.total, order.tax)
    await desk.request(order)
    await desk.advance(order)
    accounts = await _sheet(desk)
    fee = accounts.pop("provider_fees")
    assert accounts == {"provider_clearing": -fee}


async def test_a_part_given_back_frees_its_part_of_tax_and_deferred_revenue(desk: Desk) -> None:
    order = await _bought(desk)
    await desk.shop.spend(200)
    offer = await desk.offer(order)
    await desk.request(order)
    await desk.advance(order)
    accounts = await _sheet(desk)
    assert accounts["tax_payable"] == offer.tax.amount_minor - order.tax.amount_minor
    assert "deferred_revenue" not in accounts
    assert accounts.get("chargeback_loss", 0) in (0, 1)  # rounding, for the buyer
    kept = order.total.amount_minor - offer.amount.amount_minor
    assert accounts["provider_clearing"] == kept - accounts["provider_fees"]


async def test_a_refused_refund_leaves_the_books_as_they_were(desk: Desk) -> None:
    order = await _bought(desk)
    await desk.shop.spend(200)
    await desk.request(order)
    with answering(RefundState.FAILED):
        await desk.advance(order)
    accounts = await _sheet(desk)
    assert accounts["tax_payable"] == -order.tax.amount_minor
    assert accounts["provider_clearing"] == order.total.amount_minor - accounts["provider_fees"]
    assert "chargeback_loss" not in accounts


@pytest.mark.parametrize("steps", [("reverse_diamonds", "owe"), ("owe",), ()])
@pytest.mark.parametrize("won", [False, True])
async def test_a_dispute_of_half_spent_coins_agrees_by_every_rule(
    desk: Desk, steps: tuple[str, ...], won: bool
) -> None:
    await World(desk.shop.services.db).set_steps(*steps)
    order = await _bought(desk)
    await desk.shop.spend(175)
    (transaction,) = await desk.shop.rows("SELECT id FROM sandbox_payment")
    payment = await desk.shop.paid(order)
    assert payment.id == transaction[0]
    await desk.shop.tell(desk.shop.notice(payment, PaymentEventKind.DISPUTED))
    if won:
        await desk.shop.tell(desk.shop.notice(payment, PaymentEventKind.DISPUTE_WON))
    accounts = await _sheet(desk)
    paid, fees = order.total.amount_minor, accounts["provider_fees"]
    assert accounts["provider_clearing"] == (paid if won else 0) - fees
    assert accounts.get("tax_payable", 0) == (-order.tax.amount_minor if won else 0)
    assert (accounts.get("deferred_revenue", 0) < 0) == won
    assert (accounts.get("chargeback_loss", 0) > 0) != won
