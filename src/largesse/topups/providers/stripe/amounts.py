"""Amounts between ISO 4217 minor units (ours) and Stripe's, by https://docs.stripe.com/currencies."""

_MORE_DIGITS = frozenset({"ISK", "UGX"})
"""No minor unit in ISO 4217; Stripe writes them with two decimals that are always 00."""
_FEWER_DIGITS = frozenset({"MGA"})
"""Two decimals in ISO 4217; Stripe has none."""
_LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Three decimals on both sides, of which Stripe takes the last one only as 0."""
_UNITS = 100


def to_stripe(amount_minor: int, currency: str) -> int:
    """An amount as Stripe writes it. Raises ValueError when Stripe cannot charge exactly that."""
    if currency in _MORE_DIGITS:
        return amount_minor * _UNITS
    if currency in _FEWER_DIGITS:
        return _divided(amount_minor, _UNITS, currency)
    if currency in _LAST_DIGIT_ZERO:
        _divided(amount_minor, 10, currency)
    return amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """An amount of Stripe's in minor units. Raises ValueError for one that has no such value."""
    if currency in _MORE_DIGITS:
        return _divided(amount, _UNITS, currency)
    if currency in _FEWER_DIGITS:
        return amount * _UNITS
    return amount


def _divided(amount: int, by: int, currency: str) -> int:
    whole, rest = divmod(amount, by)
    if rest:
        raise ValueError(f"{amount} of {currency} is not divisible by {by}")
    return whole
