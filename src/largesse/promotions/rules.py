"""Which promotions apply, and what they come to: pure code, no input or output.

A promotion that does not stack stands alone; those that stack add up. The buyer gets whichever is worth more to him:
the best single one, or all stacking ones together. Discounts are each taken off the shown price, then extra coins are
counted on the coins bought. Coins are compared with money at the purchase's own price per coin. Everything is rounded
down.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from largesse.errors import AppError
from largesse.promotions.errors import (
    PromotionAlreadyUsed,
    PromotionEnded,
    PromotionNotForYou,
    PromotionNotYet,
    PromotionUsedUp,
)
from largesse.promotions.model import Award, Case, Promotion, PromotionKind, Purchase

BASIS_POINTS = 10_000
PRICE_MIN_MINOR = 1
"""No discount takes a price below it."""


class NotForYou(StrEnum):
    """Which of a promotion's conditions does not hold."""

    COUNTRY = "country"
    CHANNEL = "channel"
    FIRST_RECHARGE = "first_recharge"
    AMOUNT = "amount"
    CURRENCY = "currency"


_TEXTS = {
    NotForYou.COUNTRY: "This promotion is not offered in this country.",
    NotForYou.CHANNEL: "This promotion is not offered where you buy.",
    NotForYou.FIRST_RECHARGE: "This promotion is for the first purchase only.",
    NotForYou.AMOUNT: "This purchase is too small for the promotion.",
    NotForYou.CURRENCY: "This promotion is not offered in this currency.",
}


def refusal(promotion: Promotion, case: Case, at: datetime) -> AppError | None:
    """Why a promotion is not for somebody, whatever he buys; None: it is."""
    if at < promotion.starts_at:
        return PromotionNotYet(starts_at=promotion.starts_at.isoformat())
    if at >= promotion.ends_at:
        return PromotionEnded()
    mismatch = _mismatch(promotion, case)
    if mismatch is not None:
        return _not_for_you(mismatch)
    per_person_max = promotion.per_person_max
    if promotion.first_recharge:
        per_person_max = min(1, per_person_max or 1)
    if per_person_max is not None and case.uses.get(promotion.id, 0) >= per_person_max:
        return PromotionAlreadyUsed()
    if promotion.uses_max is not None and promotion.uses >= promotion.uses_max:
        return PromotionUsedUp()
    if promotion.budget_left == 0:
        return PromotionUsedUp()
    return None


def _mismatch(promotion: Promotion, case: Case) -> NotForYou | None:
    if promotion.countries is not None and case.country not in (None, *promotion.countries):
        return NotForYou.COUNTRY
    if promotion.channels is not None and case.channel not in (None, *promotion.channels):
        return NotForYou.CHANNEL
    if promotion.kind is PromotionKind.DISCOUNT and case.channel not in (None, "web"):
        return NotForYou.CHANNEL  # the stores set their prices
    if promotion.first_recharge and case.has_bought:
        return NotForYou.FIRST_RECHARGE
    return None


def misfit(promotion: Promotion, purchase: Purchase) -> AppError | None:
    """Why a promotion does not fit a purchase; None: it does."""
    if purchase.coins < promotion.coins_min:
        return _not_for_you(NotForYou.AMOUNT, coins_min=promotion.coins_min)
    if promotion.currency is not None and promotion.currency != purchase.currency:
        return _not_for_you(NotForYou.CURRENCY)
    award = award_of(promotion, purchase, off_max_minor=purchase.price_minor - PRICE_MIN_MINOR)
    if promotion.budget_left is not None and award.budget_taken > promotion.budget_left:
        return PromotionUsedUp()
    return None


def award_of(promotion: Promotion, purchase: Purchase, *, off_max_minor: int) -> Award:
    """What one promotion gives with a purchase, rounded down."""
    if promotion.kind is PromotionKind.DISCOUNT:
        off_minor = purchase.price_minor * promotion.bp // BASIS_POINTS
        return Award(promotion, off_minor=max(0, min(off_minor, off_max_minor)))
    coins = purchase.coins * promotion.bp // BASIS_POINTS + promotion.coins
    return Award(promotion, coins=min(coins, promotion.coins_max or coins))


def best_awards(promotions: Iterable[Promotion], purchase: Purchase) -> list[Award]:
    """What applies to a purchase, of promotions that fit it, in the order in which it is applied."""
    ranked = sorted(promotions, key=_rank)
    choices = [_together([promotion], purchase) for promotion in ranked if not promotion.stacks]
    choices.append(_together([each for each in ranked if each.stacks], purchase))
    return max(choices, key=lambda awards: _worth(awards, purchase))  # of equals, the first


def _rank(promotion: Promotion) -> tuple[bool, int, str]:
    """A code that was typed comes before what applies by itself; then the operator's priority."""
    return promotion.code is None, promotion.priority, promotion.slug


def _together(promotions: Sequence[Promotion], purchase: Purchase) -> list[Award]:
    discounts = [each for each in promotions if each.kind is PromotionKind.DISCOUNT]
    bonuses = [each for each in promotions if each.kind is PromotionKind.BONUS]
    awards: list[Award] = []
    off_max_minor = purchase.price_minor - PRICE_MIN_MINOR
    for promotion in discounts + bonuses:
        award = award_of(promotion, purchase, off_max_minor=off_max_minor)
        off_max_minor -= award.off_minor
        if award.coins or award.off_minor:
            awards.append(award)
    return awards


def _worth(awards: Sequence[Award], purchase: Purchase) -> int:
    """To the buyer: money, and coins at the purchase's price per coin; times its coins, so that nothing is rounded."""
    coins = sum(award.coins for award in awards)
    off_minor = sum(award.off_minor for award in awards)
    return off_minor * purchase.coins + coins * purchase.price_minor


def _not_for_you(reason: NotForYou, **fields: int) -> PromotionNotForYou:
    return PromotionNotForYou(_TEXTS[reason], reason=reason, **fields)
