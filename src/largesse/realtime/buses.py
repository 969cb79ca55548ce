"""Which bus the settings name."""

from largesse.realtime.bus import Bus
from largesse.realtime.postgres_bus import PostgresBus
from largesse.settings import Settings


def open_bus(settings: Settings, *, url: str) -> Bus | None:
    """Not started; `url` is the database's. None where no other process serves it."""
    match settings.bus_kind:
        case "local":
            return None
        case "postgres":
            return PostgresBus(url, interval_s=settings.frame_interval_ms / 1000)
        case "nats":
            # Its client takes a while to load.
            from largesse.realtime.nats_bus import NatsBus

            return NatsBus(
                settings.nats_servers, name=settings.bus_name, access=settings.bus_access
            )
