"""Why a promotion is refused.

AppError
├── NotFound         PromotionUnknown, GrantReceiverUnknown
├── Conflict         PromotionUsedUp, PromotionAlreadyUsed, PromotionExists, NothingToClaim
├── Unprocessable    PromotionNotYet, PromotionEnded, PromotionNotForYou, PromotionInvalid, GrantKeyMissing
└── TooManyRequests  TooManyCodes
"""

from largesse.errors import Conflict, NotFound, TooManyRequests, Unprocessable


class PromotionUnknown(NotFound):
    """There is no such promotion or code."""

    code = "promotion_unknown"


class PromotionNotYet(Unprocessable):
    """This promotion has not begun; `starts_at` says when it does."""

    code = "promotion_not_yet"


class PromotionEnded(Unprocessable):
    """This promotion is over."""

    code = "promotion_ended"


class PromotionUsedUp(Conflict):
    """All of this promotion is given out."""

    code = "promotion_used_up"


class PromotionAlreadyUsed(Conflict):
    """You have used this promotion as often as you can."""

    code = "promotion_already_used"


class PromotionNotForYou(Unprocessable):
    """This promotion does not apply here; `reason` says why."""

    code = "promotion_not_for_you"


class NothingToClaim(Conflict):
    """This promotion comes with a purchase; there is nothing to claim."""

    code = "nothing_to_claim"


class PromotionExists(Conflict):
    """There is another promotion with this slug or code."""

    code = "promotion_exists"


class PromotionInvalid(Unprocessable):
    """A promotion like this makes no sense; the detail says why."""

    code = "promotion_invalid"


class GrantReceiverUnknown(NotFound):
    """There is nobody with this id to give coins to."""

    code = "grant_receiver_unknown"


class GrantKeyMissing(Unprocessable):
    """Giving coins needs an Idempotency-Key of 1 to 200 printable ASCII characters."""

    code = "grant_key_missing"


class TooManyCodes(TooManyRequests):
    """You tried too many codes; wait a little."""

    code = "too_many_codes"
