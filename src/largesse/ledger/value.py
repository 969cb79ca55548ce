"""What coins of a lot are worth, by where they lie in it.

The first `k` coins of a lot are worth `floor(amount x k / coins_bought)`; what lies between two places is the difference.
So the parts of a lot add up to it exactly, and no part depends on one that is not known yet.
"""


def value_between(amount_minor: int, coins_bought: int, first: int, last: int) -> int:
    """The part of a lot's amount (net, tax, fee ...) that falls on its coins [first, last), in minor units."""
    return amount_minor * last // coins_bought - amount_minor * first // coins_bought
