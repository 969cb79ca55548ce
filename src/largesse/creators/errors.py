"""What can go wrong for creators."""

from largesse.errors import Conflict


class NotEligible(Conflict):
    """You cannot switch gifts on yet; `reasons` say what is missing."""

    code = "not_eligible"
