"""A past that can be archived."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from largesse import finance, ledger, outbox
from largesse.ledger import partitions
from tests.ledger.world import World, gift, send_together

JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)
AT = datetime(2025, 9, 1, tzinfo=UTC)


def id_at(moment: datetime) -> UUID:
    return UUID(int=ledger.id_from(moment).int | uuid4().int & (1 << 62) - 1 | 7 << 76 | 1 << 63)


class Past:
    """Gifts of January and February 2025, one batch of which lies across the border."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.at = self.first_at = datetime(2025, 1, 2, 12, tzinfo=UTC)
        for module in ("top_ups", "reversals", "queries.rooms"):
            monkeypatch.setattr(f"largesse.ledger.{module}.now", lambda: self.at)

    async def build(self) -> None:
        world = self.world
        async with world.db.transaction() as conn:
            await partitions.add_partitions(conn, [JANUARY, FEBRUARY])
        self.sender, self.other = await world.viewer(), await world.viewer()
        self.room, self.empty = await world.room(), await world.room()
        self.order = await world.top_up(self.sender, 500, 20, hold_days=3)
        self.other_order = await world.top_up(self.other, 300, hold_days=3)
        async with world.writer(clock=lambda: self.at) as writer:
            self.first = await self.give(writer, [self.sender, self.sender, self.other])
            self.at = datetime(2025, 1, 20, 12, tzinfo=UTC)
            await self.give(writer, [self.other, self.sender])
            await self.event()
            self.at = datetime(2025, 2, 1, 0, 0, 1, tzinfo=UTC)
            before = self.at - timedelta(seconds=3)
            requests = [self.request(self.sender, before), self.request(self.other, self.at)]
            await send_together(writer, [*requests, self.request(self.other, self.at)])
            self.at = datetime(2025, 2, 10, tzinfo=UTC)
            await self.give(writer, [self.sender, self.other])
            await self.event()
        self.at = AT

    def request(self, sender: UUID, made_at: datetime) -> ledger.GiftRequest:
        return gift(sender, self.room, 10, id=id_at(made_at), hold_min_days=3, message="hello")

    async def give(self, writer: ledger.GiftWriter, senders: list[UUID]) -> UUID:
        requests = [self.request(sender, self.at) for sender in senders]
        await send_together(writer, requests)
        return requests[0].id

    async def event(self) -> None:
        async with self.world.db.transaction() as conn:
            await ledger.append_event(
                conn, room_id=self.room.id, id=id_at(self.at), type="chat", user_id=None, data={}
            )

    async def settle(self) -> None:
        """Mature every diamond, close every day."""
        await ledger.mature_due(self.world.db, at=AT)
        await finance.close_due(self.world.db, at=AT)

    async def archive(
        self, folder: Path, month: date = JANUARY, *, keep: bool = False, texts: bool = False
    ) -> outbox.ArchivedMonth:
        return await outbox.archive_month(
            self.world.db, month, folder, readers=[], at=AT, keep=keep, texts=texts
        )


@pytest.fixture
async def past(world: World, monkeypatch: pytest.MonkeyPatch) -> Past:
    made = Past(world, monkeypatch)
    await made.build()
    return made
