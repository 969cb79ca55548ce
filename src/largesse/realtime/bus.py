"""The port between the processes that serve one database."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from largesse.realtime.notices import Notice


class Listener(Protocol):
    """Who hears what other processes tell."""

    def heard(self, origin: UUID, notices: Sequence[Notice]) -> None:
        """Another process told this. Notices may come late, twice, or not at all."""
        ...

    def resumed(self) -> None:
        """Listening again after a break: what was told in between is lost."""
        ...


class Bus(Protocol):
    """Carries notices; the log in the database stays the truth, so a lost one costs a moment and never an event."""

    @property
    def connected(self) -> bool:
        """Notices of others arrive here."""
        ...

    async def start(self, listener: Listener) -> None:
        """Begin; on return nothing that others tell is missed. Raises when the way is closed."""
        ...

    async def stop(self) -> None:
        """Tell what waits, then end."""
        ...

    def tell(self, notice: Notice) -> None:
        """Tell the other processes soon. Never waits; notices about the same thing are told as one."""
        ...

    def touch(self) -> None:
        """Tell at least that this process lives."""
        ...
