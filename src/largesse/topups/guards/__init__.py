"""Guards at the till: limits before an order is made, and reasons to look at a payment before it is credited.

Rules are rows with effective dates. Amounts are in coins, which compare over currencies: a limit in money would need
one figure for every currency, and exchange rates to add up what one card paid in two of them.
"""

from largesse.topups.guards.defaults import load_defaults
from largesse.topups.guards.jobs import register_guards
from largesse.topups.guards.service import check, judge, keep_payer

__all__ = ["check", "judge", "keep_payer", "load_defaults", "register_guards"]
