"""Bans and their liftings, heard by every process of one database as soon as they are committed."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from largesse.realtime.notices import BanChanged, Notice

BanListener = Callable[[UUID, UUID, UUID, bool, datetime], None]
"""The creator, whom it is about, who did it, whether he is banned now, and since when."""


class BanNews:
    """Part of a hub. What is told late or twice is known by its moment; what is lost is read from the database soon."""

    def __init__(self, tell: Callable[[Notice], None]) -> None:
        """`tell` applies a notice in every process, in this one too."""
        self._tell = tell
        self._listener: BanListener | None = None

    def listen(self, listener: BanListener) -> None:
        """Who acts on it in this process."""
        self._listener = listener

    def changed(
        self, creator_id: UUID, user_id: UUID, by_id: UUID, banned: bool, changed_at: datetime
    ) -> None:
        """After the commit."""
        at = changed_at.isoformat()
        self._tell(BanChanged(uuid4(), str(creator_id), str(user_id), str(by_id), banned, at))

    def apply(self, notice: BanChanged) -> None:
        """Do here what a notice says."""
        if self._listener is not None:
            self._listener(
                UUID(notice.creator_id),
                UUID(notice.user_id),
                UUID(notice.by_id),
                notice.banned,
                datetime.fromisoformat(notice.changed_at),
            )
