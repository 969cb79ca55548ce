"""The gift writer."""

from collections.abc import Callable, Sequence
from datetime import datetime

from largesse.db import Database
from largesse.ledger.model import GiftEntry, GiftRequest
from largesse.types import now


class GiftWriter:
    """One lane of the journal: groups gifts into batches and commits each in one transaction."""

    def __init__(
        self,
        db: Database,
        *,
        batch_size_max: int,
        on_commit: Callable[[Sequence[GiftEntry]], None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError

    async def submit(self, request: GiftRequest) -> GiftEntry:
        raise NotImplementedError
