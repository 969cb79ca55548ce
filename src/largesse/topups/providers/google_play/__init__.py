"""Google Play: purchases in apps, verified with the Play Developer API; notifications come by Pub/Sub."""

from largesse.topups.providers.google_play.provider import (
    NAME,
    GooglePlayProvider,
    google_play_provider,
)
from largesse.topups.providers.google_play.voided import Void

__all__ = ["NAME", "GooglePlayProvider", "Void", "google_play_provider"]
