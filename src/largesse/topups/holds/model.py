"""What an operator decides on a held payment."""

from enum import StrEnum


class Decision(StrEnum):
    RELEASED = "released"  # credited
    RETURNED = "returned"  # given back
