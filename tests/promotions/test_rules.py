"""Which promotions apply and how they add up: tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from largesse.errors import AppError
from largesse.promotions.model import Case, Promotion, PromotionKind, Purchase
from largesse.promotions.rules import best_awards, misfit, refusal

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BUYER = Case("US", "web")
PURCHASE = Purchase(350, 399, "USD")
BASE = Promotion(
    slug="base", title="Base", description="", kind=PromotionKind.BONUS, code=None, bp=0, coins=0, coins_max=None,
    first_recharge=False, starts_at=AT - DAY, ends_at=AT + DAY, countries=None, channels=None, coins_min=0, budget=None,
    currency=None, uses_max=None, per_person_max=None, daily=False, bonus_expires_days=None, priority=100, stacks=False,
    id=UUID(int=1), created_at=AT,
)  # fmt: skip


def bonus(slug: str, **change: Any) -> Promotion:
    return replace(BASE, slug=slug, **change)


def discount(slug: str, bp: int, **change: Any) -> Promotion:
    return replace(BASE, slug=slug, kind=PromotionKind.DISCOUNT, bp=bp, **change)


@pytest.mark.parametrize(
    ("change", "case", "code"),
    [
        ({}, BUYER, None),
        ({"starts_at": AT}, BUYER, None),
        ({"starts_at": AT + DAY}, BUYER, "promotion_not_yet"),
        ({"ends_at": AT}, BUYER, "promotion_ended"),
        ({"countries": ["US", "CA"]}, BUYER, None),
        ({"countries": ["CA"]}, BUYER, "promotion_not_for_you country"),
        ({"countries": ["CA"]}, Case(None, None), None),
        ({"channels": ["app_store"]}, BUYER, "promotion_not_for_you channel"),
        ({"channels": ["web"]}, BUYER, None),
        ({"kind": PromotionKind.DISCOUNT}, BUYER, None),
        ({"kind": PromotionKind.DISCOUNT}, Case("US", "app_store"), "promotion_not_for_you channel"),
        ({"kind": PromotionKind.DISCOUNT}, Case("US", "google_play"), "promotion_not_for_you channel"),
        ({}, Case("US", "app_store"), None),
        ({"first_recharge": True}, BUYER, None),
        ({"first_recharge": True}, Case("US", "web", has_bought=True), "promotion_not_for_you first_recharge"),
        ({"first_recharge": True}, Case("US", "web", uses={BASE.id: 1}), "promotion_already_used"),
        ({"first_recharge": True, "per_person_max": 3}, Case("US", "web", uses={BASE.id: 1}), "promotion_already_used"),
        ({"per_person_max": 2}, Case("US", "web", uses={BASE.id: 1}), None),
        ({"per_person_max": 2}, Case("US", "web", uses={BASE.id: 2}), "promotion_already_used"),
        ({}, Case("US", "web", uses={BASE.id: 9}), None),
        ({"uses_max": 5, "uses": 4}, BUYER, None),
        ({"uses_max": 5, "uses": 5}, BUYER, "promotion_used_up"),
        ({"budget": 5, "spent": 7}, BUYER, "promotion_used_up"),
    ],
)  # fmt: skip
def test_who_a_promotion_is_for(change: dict[str, Any], case: Case, code: str | None) -> None:
    assert told(refusal(replace(BASE, **change), case, AT)) == code


@pytest.mark.parametrize(
    ("promotion", "code"),
    [
        (bonus("b", coins=10, coins_min=350), None),
        (bonus("b", coins=10, coins_min=351), "promotion_not_for_you amount"),
        (bonus("b", coins=10, budget=10), None),
        (bonus("b", coins=10, budget=10, spent=1), "promotion_used_up"),
        (discount("d", 1000, budget=39, currency="USD"), None),
        (discount("d", 1000, budget=38, currency="USD"), "promotion_used_up"),
        (discount("d", 1000, budget=10**6, currency="EUR"), "promotion_not_for_you currency"),
    ],
)
def test_which_purchase_it_fits(promotion: Promotion, code: str | None) -> None:
    assert told(misfit(promotion, PURCHASE)) == code


def told(error: AppError | None) -> str | None:
    if error is None:
        return None
    return " ".join(
        [error.code, *(str(value) for key, value in error.fields.items() if key == "reason")]
    )


TEN_PERCENT, FIVE_PERCENT = discount("ten", 1000), discount("five", 500)
MORE = bonus("more", bp=2000)  # 70 coins of 350
S_TEN, S_FIVE = discount("s-ten", 1000, stacks=True), discount("s-five", 500, stacks=True)
S_MORE, S_SOME = bonus("s-more", bp=2000, stacks=True), bonus("s-some", coins=5, stacks=True)


@pytest.mark.parametrize(
    ("promotions", "expected"),
    [
        ([], []),
        ([TEN_PERCENT], [("ten", 0, 39)]),
        ([MORE], [("more", 70, 0)]),
        # The best single one: 70 coins are worth 79 cents, 10 % of the price 39.
        ([TEN_PERCENT, MORE, FIVE_PERCENT], [("more", 70, 0)]),
        ([TEN_PERCENT, FIVE_PERCENT], [("ten", 0, 39)]),
        # Those that stack add up, each off the shown price; discounts first.
        ([S_MORE, S_TEN, S_FIVE, S_SOME], [("s-five", 0, 19), ("s-ten", 0, 39), ("s-more", 70, 0), ("s-some", 5, 0)]),
        # Alone or together, whichever is worth more.
        ([MORE, S_TEN], [("more", 70, 0)]),
        ([MORE, S_TEN, S_FIVE, S_SOME, S_MORE],
         [("s-five", 0, 19), ("s-ten", 0, 39), ("s-more", 70, 0), ("s-some", 5, 0)]),
        # A code counts like the others, and comes first of equals; then priority, then the slug.
        ([discount("auto", 1000), discount("typed", 1000, code="TEN")], [("typed", 0, 39)]),
        ([discount("typed", 500, code="FIVE"), TEN_PERCENT], [("ten", 0, 39)]),
        ([discount("b", 1000), discount("a", 1000)], [("a", 0, 39)]),
        ([discount("b", 1000, priority=1), discount("a", 1000)], [("b", 0, 39)]),
        ([S_SOME, bonus("s-typed", coins=7, stacks=True, code="X")], [("s-typed", 7, 0), ("s-some", 5, 0)]),
        # Caps.
        ([bonus("capped", bp=2000, coins_max=50)], [("capped", 50, 0)]),
        ([bonus("both", bp=2000, coins=3)], [("both", 73, 0)]),
        ([discount("free", 10_000)], [("free", 0, 398)]),
        ([discount("x", 9_000, stacks=True), discount("y", 9_000, stacks=True)], [("x", 0, 359), ("y", 0, 39)]),
        ([discount("x", 10_000, stacks=True), S_TEN], [("s-ten", 0, 39), ("x", 0, 359)]),
        ([bonus("nothing", bp=1)], []),
    ],
)  # fmt: skip
def test_how_they_add_up(promotions: list[Promotion], expected: list[tuple[str, int, int]]) -> None:
    for order in (promotions, promotions[::-1]):
        awards = best_awards(order, PURCHASE)
        assert [(each.promotion.slug, each.coins, each.off_minor) for each in awards] == expected


def test_a_price_of_one_minor_unit_stays() -> None:
    assert best_awards([discount("half", 5_000)], Purchase(1, 1, "JPY")) == []
