"""Whether unused coins may be given back, and what for: pure decisions. docs/howto/refunds.md explains them.

The last coins of a purchase are the unused ones. The first `k` of `n` coins cost `floor(gross x k / n)`
(docs/money.md), so the last `u` cost `ceil(gross x u / n)`, tax included: parts given back one after the other add up
to the price.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from largesse.ledger import PurchaseStanding
from largesse.topups.refunds.model import RefundPolicy
from largesse.topups.states import OrderState


class Refusal(StrEnum):
    """Why coins cannot be given back. Stable: the pages explain each of them."""

    NOT_CREDITED = "not_credited"
    ALREADY_REFUNDED = "already_refunded"
    DISPUTED = "disputed"
    REFUND_AT_STORE = "refund_at_store"  # the store alone gives money back
    NOT_OFFERED = "not_offered"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    TOO_LATE = "too_late"
    WALLET_OWING = "wallet_owing"
    WALLET_FROZEN = "wallet_frozen"
    COINS_SPENT = "coins_spent"  # all, or some where only a whole purchase is taken back
    TOO_FEW_UNUSED = "too_few_unused"
    BONUS_SPENT = "bonus_spent"  # the free coins that came with them were given away


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of an order when its refund is asked for. `purchase` is None until its coins are credited."""

    state: OrderState
    channel: str
    purchase: PurchaseStanding | None
    bought_at: datetime
    policy: RefundPolicy | None
    provider_on: bool
    frozen: bool
    coins_owed: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What is taken and given back; all 0 with a refusal. `amount_minor` is with tax, `tax_minor` the tax in it."""

    refusal: Refusal | None
    coins: int = 0
    coins_bonus: int = 0
    amount_minor: int = 0
    tax_minor: int = 0
    until: datetime | None = None
    """Until when the country's policy would allow it."""


def offer_of(case: Case, at: datetime) -> Offer:
    """What can be given back of an order at a moment."""
    policy, purchase = case.policy, case.purchase
    until = None
    if policy is not None and policy.days is not None:
        until = case.bought_at + timedelta(days=policy.days)
    refusal = _refusal(case, at, until)
    if refusal is not None:
        return Offer(refusal, until=until)
    assert purchase is not None, "what was credited is a purchase"
    return _priced(purchase, until)


def _refusal(case: Case, at: datetime, until: datetime | None) -> Refusal | None:
    if case.state is not OrderState.CREDITED or case.purchase is None:
        return _OF_STATES.get(case.state, Refusal.NOT_CREDITED)
    if case.policy is None or until is None:
        return Refusal.NOT_OFFERED if case.channel == "web" else Refusal.REFUND_AT_STORE
    if not case.provider_on:
        return Refusal.PROVIDER_UNAVAILABLE
    if at > until:
        return Refusal.TOO_LATE
    if case.coins_owed:
        return Refusal.WALLET_OWING
    if case.frozen:
        return Refusal.WALLET_FROZEN
    return _refusal_of_coins(case.policy, case.purchase)


_OF_STATES = {
    OrderState.REFUNDED: Refusal.ALREADY_REFUNDED,
    OrderState.DISPUTED: Refusal.DISPUTED,
}


def _refusal_of_coins(policy: RefundPolicy, purchase: PurchaseStanding) -> Refusal | None:
    if purchase.coins_left == 0:
        return Refusal.COINS_SPENT
    if not policy.part and purchase.coins_left < purchase.coins_bought:
        return Refusal.COINS_SPENT
    return Refusal.TOO_FEW_UNUSED if purchase.coins_left < policy.coins_unused_min else None


def _priced(purchase: PurchaseStanding, until: datetime | None) -> Offer:
    """All unused coins; where a minor unit buys more than one coin, as many as whole minor units pay for."""
    bought, gross = purchase.coins_bought, purchase.gross_minor
    before = purchase.reversed_minor
    if gross == 0:
        return Offer(Refusal.TOO_FEW_UNUSED, until=until)
    taken = bought * before // gross
    wanted = min(bought, taken + purchase.coins_left)
    after = min(-(-gross * wanted // bought), ((wanted + 1) * gross - 1) // bought, gross)
    coins = bought * after // gross - taken
    if coins <= 0:
        return Offer(Refusal.TOO_FEW_UNUSED, until=until)
    bonus = purchase.coins_bonus * after // gross - purchase.bonus_removed
    if bonus > purchase.bonus_left + purchase.bonus_lapsed:
        return Offer(Refusal.BONUS_SPENT, until=until)
    return Offer(
        None,
        coins=coins,
        coins_bonus=max(0, min(bonus, purchase.bonus_left)),
        amount_minor=after - before,
        tax_minor=purchase.tax_minor * after // gross - purchase.tax_minor * before // gross,
        until=until,
    )
