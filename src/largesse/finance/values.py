"""What diamonds are worth, and how amounts are shown."""

from largesse.ledger import RedemptionRate
from largesse.topups import minor_digits

_MICRO_DIGITS = 6
_MILLI = 1000


def diamonds_minor(milli_diamonds: int, rate: RedemptionRate) -> int:
    """Minor units of the rate's currency, rounded down: nothing is promised that is not paid."""
    micro = milli_diamonds * rate.micro_per_diamond
    micro_per_minor: int = 10 ** (_MICRO_DIGITS - minor_digits(rate.currency))
    return micro // (_MILLI * micro_per_minor)


def amount_text(amount_minor: int, currency: str) -> str:
    """An amount with the digits of its currency: -1,234.50."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount_minor), 10**digits)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}}" if digits else "")
