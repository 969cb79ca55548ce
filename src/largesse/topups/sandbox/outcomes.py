"""What can be made to happen at the sandbox."""

from enum import StrEnum


class Outcome(StrEnum):
    SUCCEED = "succeed"
    DECLINE = "decline"
    ABANDON = "abandon"
    SUCCEED_LATE = "succeed_late"  # the order has expired before we hear of it
    SUCCEED_TWICE = "succeed_twice"  # two notifications of one transaction, and one of them again
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"  # disputed, if it is not yet, and then won
    REFUND = "refund"
    REFUND_PART = "refund_part"  # half of what was paid, or what is left of it
