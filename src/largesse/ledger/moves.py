"""Short ways to write transfers."""

from uuid import UUID

from largesse.ledger.model import Code, Transfer
from largesse.types import PLATFORM_ID

Leg = tuple[UUID, Code]


def platform(code: Code) -> Leg:
    """An account of the platform."""
    return PLATFORM_ID, code


def moves(asset: str, amount: int, source: Leg, target: Leg) -> list[Transfer]:
    """One transfer, backwards when the amount is below zero, none when there is nothing to move."""
    if amount < 0:
        source, target, amount = target, source, -amount
    return [Transfer(asset, *source, *target, amount)] if amount else []


def repayment(owner_id: UUID, coins: int) -> list[Transfer]:
    """Paid coins settle what is owed (below zero: they come back); the receivable is gone, they count as refunded."""
    paid, owed = (owner_id, Code.COINS_PAID), (owner_id, Code.COINS_OWED)
    return [
        *moves("COIN", coins, paid, platform(Code.COINS_RECEIVABLE)),
        *moves("COIN", coins, owed, platform(Code.COINS_REFUNDED)),
    ]


def discount(currency: str, amount_minor: int) -> list[Transfer]:
    """What a promotion took off a price, without tax: revenue that it cost to have (below zero: taken back)."""
    return moves(currency, amount_minor, platform(Code.REVENUE), platform(Code.PROMOTION_COST))


def recovery(currency: str, amount_minor: int) -> list[Transfer]:
    """What repaid coins had cost is no longer owed in coins and makes up for a loss (below zero: they came back)."""
    return moves(
        currency, amount_minor, platform(Code.CHARGEBACK_LOSS), platform(Code.DEFERRED_REVENUE)
    )
