"""What can be made to happen at the sandbox."""

from enum import StrEnum


class Outcome(StrEnum):
    SUCCEED = "succeed"
    DECLINE = "decline"
    ABANDON = "abandon"
    SUCCEED_LATE = "succeed_late"  # the order has expired before we hear of it
    SUCCEED_TWICE = "succeed_twice"  # two notifications of one transaction, and one of them again
    DISPUTE = "dispute"
    REFUND = "refund"
