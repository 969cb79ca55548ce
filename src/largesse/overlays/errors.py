"""Why overlays refuse.

AppError
├── NotFound         OverlayNotFound, AlertNotFound
├── Conflict         TooManyOverlays, AlertDecided
├── Unprocessable    OverlayKindFixed
└── TooManyRequests  TestedTooOften
"""

from largesse.errors import Conflict, NotFound, TooManyRequests, Unprocessable


class OverlayNotFound(NotFound):
    """This overlay address is not valid (any more)."""

    code = "overlay_not_found"


class AlertNotFound(NotFound):
    """No alert waits under this number."""

    code = "alert_not_found"


class TooManyOverlays(Conflict):
    """You have as many overlays as one creator may; delete one first."""

    code = "too_many_overlays"


class AlertDecided(Conflict):
    """It was decided otherwise about this alert already."""

    code = "alert_decided"


class OverlayKindFixed(Unprocessable):
    """An overlay keeps its kind; these settings belong to another one."""

    code = "overlay_kind_fixed"


class TestedTooOften(TooManyRequests):
    """You are testing too fast; wait a moment."""

    code = "too_fast"
