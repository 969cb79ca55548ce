"""The port between the processes that serve one database."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from largesse.realtime.notices import Notice
from largesse.realtime.told import Told


class Listener(Protocol):
    """Who hears what other processes tell."""

    def heard(self, origin: UUID, notices: Sequence[Notice]) -> None:
        """Another process told this. Notices may come late, twice, or not at all."""
        ...

    def heard_events(self, origin: UUID, room_id: UUID, seq: int, texts: Sequence[str]) -> None:
        """Another process committed these events of a room, as JSON, and the room's log reaches `seq`."""
        ...

    def resumed(self) -> None:
        """Listening again after a break: what was told in between is lost."""
        ...

    def opened(self, room_ids: Collection[UUID]) -> None:
        """Listening to more rooms: what was told of them just before is lost."""
        ...


class Bus(Protocol):
    """Carries notices; the log in the database stays the truth, so a lost one costs a moment and never an event."""

    carries_events: bool
    """Events travel whole. Else only how far which room has come, and others read the log."""

    @property
    def connected(self) -> bool:
        """Notices of others arrive here."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why it is not connected, in a sentence without addresses or secrets; None where nothing is known."""
        ...

    async def start(self, listener: Listener) -> None:
        """Begin; when others are heard only later, `resumed` is called then. Raises when they will never be."""
        ...

    async def stop(self) -> None:
        """Tell what waits, then end."""
        ...

    def open_room(self, room_id: UUID) -> None:
        """Somebody is in the room here: hear its events from now on."""
        ...

    def close_room(self, room_id: UUID) -> None:
        """Nobody is in the room any more."""
        ...

    def publish(self, room_id: UUID, events: Sequence[Told]) -> None:
        """Tell committed events of a room soon. Never waits."""
        ...

    def tell(self, notice: Notice) -> None:
        """Tell the other processes soon. Never waits; notices about the same thing are told as one."""
        ...

    def touch(self) -> None:
        """Tell at least that this process lives."""
        ...
