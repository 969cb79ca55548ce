"""Promotions: codes, extra coins, discounts and free coins, with their limits and what they cost."""

from largesse.promotions.cli import promotions_app
from largesse.promotions.demo import add_demo_promotions
from largesse.promotions.errors import PromotionUsedUp
from largesse.promotions.model import Award, Case, Line, Promotion, PromotionKind, Purchase
from largesse.promotions.orders import (
    Taken,
    awards_for,
    case_of,
    code_of_order,
    count_code_try,
    keep_code,
    release,
    reserve,
    use,
)
from largesse.promotions.schemas import Code, PromotionLine

__all__ = [
    "Award",
    "Case",
    "Code",
    "Line",
    "Promotion",
    "PromotionKind",
    "PromotionLine",
    "PromotionUsedUp",
    "Purchase",
    "Taken",
    "add_demo_promotions",
    "awards_for",
    "case_of",
    "code_of_order",
    "count_code_try",
    "keep_code",
    "promotions_app",
    "release",
    "reserve",
    "use",
]
