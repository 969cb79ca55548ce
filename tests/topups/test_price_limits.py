"""Prices at their limits: what no column holds, and what no card can be charged."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from largesse.promotions import service as promotions
from largesse.topups.errors import CustomAmountInvalid
from largesse.topups.placing import place_order
from largesse.topups.price_books.rules import Known, problems, warnings
from largesse.topups.price_books.schemas import PRICE_MINOR_MAX, BookDraft
from largesse.topups.pricing import Tier, charged_in_minor, custom_price
from largesse.topups.providers.stripe.amounts import to_stripe
from largesse.topups.schemas import Order, OrderRequest
from largesse.types import PLATFORM_ID
from tests.fixtures_identity import MakeUser
from tests.promotions.stand import body
from tests.topups.shop import Shop

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
KNOWN = Known(currency="KWD", taxed=True, prices_minor={})


def _draft(coins: int, price_minor: int, coins_max: int) -> BookDraft:
    return BookDraft.model_validate(
        {
            "country": "KW",
            "channel": "web",
            "currency": "KWD",
            "fee_bp": 290,
            "valid_from": AT + timedelta(days=1),
            "custom": {"coins_min": coins, "coins_max": coins_max, "coins_step": 1},
            "packages": [{"coins": coins, "price_minor": price_minor}],
        }
    )


@pytest.mark.parametrize(("coins_max", "wrong"), [(10**6, False), (10**6 + 1, True), (10**9, True)])
def test_no_custom_amount_costs_more_than_an_order_may(coins_max: int, wrong: bool) -> None:
    found = problems(_draft(1, PRICE_MINOR_MAX // 10**6, coins_max), KNOWN, AT)
    assert [one.field for one in found] == (["custom.coins_max"] if wrong else [])


def test_a_price_that_cards_cannot_be_charged_is_odd() -> None:
    assert warnings(_draft(70, 230, 100), KNOWN) == []
    (odd,) = warnings(_draft(70, 231, 100), KNOWN)
    assert "multiple of 10 minor units" in odd


def test_a_chosen_amount_is_rounded_up_to_what_can_be_charged() -> None:
    tiers = [Tier(70, 230), Tier(350, 1_145)]
    prices = [custom_price(coins, tiers, multiple_minor=10) for coins in range(70, 900)]
    assert prices == sorted(prices)
    assert all(price % 10 == 0 for price in prices if price != 1_145)
    assert prices[80 - 70] == 270  # 262.86
    assert [charged_in_minor(currency) for currency in ("KWD", "JPY", "USD")] == [10, 1, 1]


async def _order(shop: Shop, **choice: object) -> Order:
    request = OrderRequest.model_validate({"provider": "sandbox", "country": "KW", **choice})
    placed = await place_order(shop.services, shop.buyer, request, key=None, origin="http://test")
    return placed.order


async def test_every_price_in_dinars_can_be_charged(shop: Shop, users: MakeUser) -> None:
    """Kuwait's dinar has three digits, of which cards are charged two."""
    kuwait = Shop(shop.services, (await users("Kim", country="KW")).user)
    for bp, code in ((777, "SOME"), (10_000, "ALL")):
        discount = body(code.lower(), "discount", code=code, bp=bp, budget=10**6, currency="KWD")
        await promotions.add(shop.services.db, PLATFORM_ID, discount)
    (package_id,) = await shop.column(
        "SELECT p.id FROM coin_package p JOIN price_book b ON b.id = p.price_book_id"
        " WHERE b.country = 'KW' AND b.channel = 'web' AND p.coins = 350"
    )
    plain = [await _order(kuwait, coins=coins) for coins in (80, 90, 49_990)]
    reduced = [
        await _order(kuwait, package_id=UUID(str(package_id)), code=code)
        for code in ("SOME", "ALL")
    ]
    for order in plain + reduced:
        total = order.total.amount_minor
        assert to_stripe(total, "KWD") == total
    assert [order.total.amount_minor for order in reduced] == [1_060, 10]  # 88 and 1,139 off
    spent = await shop.column("SELECT spent FROM promotion ORDER BY slug")
    assert spent == [1_130, 80]
    with pytest.raises(CustomAmountInvalid):
        await _order(kuwait, coins=50_010)
