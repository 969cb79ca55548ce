"""Live rooms as tests/rooms has them."""

from tests.rooms.conftest import (
    address,
    creator,
    demo_template,
    open_socket,
    services_hub,
    settings,
    stream,
    viewer,
)

__all__ = [
    "address",
    "creator",
    "demo_template",
    "open_socket",
    "services_hub",
    "settings",
    "stream",
    "viewer",
]
