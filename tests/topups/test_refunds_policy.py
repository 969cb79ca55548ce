"""What may be given back, and what for: tables, and amounts for any purchase."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.ledger import PurchaseStanding
from largesse.topups.refunds.model import RefundPolicy
from largesse.topups.refunds.policy import Case, Refusal, offer_of
from largesse.topups.states import OrderState

BOUGHT_AT = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = RefundPolicy("US", "web", BOUGHT_AT, days=14, coins_unused_min=10, part=True)
PURCHASE = PurchaseStanding(
    coins_bought=350,
    coins_left=150,
    coins_removed=0,
    coins_bonus=0,
    bonus_left=0,
    bonus_lapsed=0,
    bonus_removed=0,
    gross_minor=370,
    tax_minor=59,
    created_at=BOUGHT_AT,
    reversed_minor=0,
    disputed=False,
    cause_ids=frozenset(),
)
CASE = Case(
    state=OrderState.CREDITED,
    channel="web",
    purchase=PURCHASE,
    bought_at=BOUGHT_AT,
    policy=POLICY,
    provider_on=True,
    frozen=False,
    coins_owed=0,
)


def _with(**of_purchase: Any) -> Case:
    return replace(CASE, purchase=replace(PURCHASE, **of_purchase))


def test_the_last_coins_cost_what_is_left_of_the_price() -> None:
    offer = offer_of(CASE, BOUGHT_AT)
    assert (offer.refusal, offer.coins, offer.amount_minor, offer.tax_minor) == (None, 150, 159, 25)
    assert offer.until == BOUGHT_AT + timedelta(days=14)


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        (replace(CASE, state=OrderState.PENDING, purchase=None), Refusal.NOT_CREDITED),
        (replace(CASE, state=OrderState.REFUNDED), Refusal.ALREADY_REFUNDED),
        (replace(CASE, state=OrderState.REFUNDED, purchase=None), Refusal.ALREADY_REFUNDED),
        (replace(CASE, state=OrderState.DISPUTED), Refusal.DISPUTED),
        (replace(CASE, policy=None), Refusal.NOT_OFFERED),
        (replace(CASE, policy=replace(POLICY, days=None)), Refusal.NOT_OFFERED),
        (replace(CASE, policy=None, channel="app_store"), Refusal.REFUND_AT_STORE),
        (replace(CASE, provider_on=False), Refusal.PROVIDER_UNAVAILABLE),
        (replace(CASE, frozen=True, coins_owed=3), Refusal.WALLET_OWING),
        (replace(CASE, frozen=True), Refusal.WALLET_FROZEN),
        (_with(coins_left=0), Refusal.COINS_SPENT),
        (_with(coins_left=9), Refusal.TOO_FEW_UNUSED),
        (replace(CASE, policy=replace(POLICY, part=False)), Refusal.COINS_SPENT),
        (_with(coins_bonus=35, bonus_left=14), Refusal.BONUS_SPENT),
        (_with(coins_bonus=35, bonus_left=15), None),
        (_with(coins_bonus=35, bonus_left=2, bonus_lapsed=13), None),
    ],
)
def test_every_reason_why_not(case: Case, refusal: Refusal | None) -> None:
    offer = offer_of(case, BOUGHT_AT)
    assert offer.refusal is refusal
    if refusal:
        assert (offer.coins, offer.coins_bonus, offer.amount_minor, offer.tax_minor) == (0, 0, 0, 0)


@pytest.mark.parametrize(("late_s", "refusal"), [(0, None), (1, Refusal.TOO_LATE)])
def test_the_days_end_to_the_second(late_s: int, refusal: Refusal | None) -> None:
    at = BOUGHT_AT + timedelta(days=14, seconds=late_s)
    assert offer_of(CASE, at).refusal is refusal


def test_where_only_whole_purchases_go_back_an_untouched_one_does() -> None:
    policy = replace(POLICY, part=False)
    case = replace(_with(coins_left=350), policy=policy)
    offer = offer_of(case, BOUGHT_AT)
    assert (offer.coins, offer.amount_minor, offer.tax_minor) == (350, 370, 59)


@given(
    bought=st.integers(1, 10**6),
    gross=st.integers(1, 10**7),
    tax=st.integers(0, 10**6),
    spent=st.integers(0, 10**6),
    before=st.integers(0, 10**7),
)
def test_no_more_than_the_unused_coins_are_taken_and_no_more_than_was_paid_goes_back(
    bought: int, gross: int, tax: int, spent: int, before: int
) -> None:
    """As the ledger reckons: of the coins `floor(bought x R / gross)` are taken for all that is reversed (R)."""
    before, tax = min(before, gross), min(tax, gross)
    taken = bought * before // gross
    left = max(0, bought - taken - min(spent, bought))
    case = _with(
        coins_bought=bought,
        coins_left=left,
        coins_removed=taken,
        gross_minor=gross,
        tax_minor=tax,
        reversed_minor=before,
    )
    case = replace(case, policy=replace(POLICY, coins_unused_min=1))
    offer = offer_of(case, BOUGHT_AT)
    after = before + offer.amount_minor
    assert 0 <= offer.coins <= left
    assert bought * after // gross == taken + offer.coins
    assert after <= gross
    assert 0 <= offer.tax_minor <= offer.amount_minor
    if bought <= gross and left:
        assert offer.refusal is Refusal.TOO_FEW_UNUSED or offer.coins == left
    if left and left + taken == bought:
        assert after == gross
