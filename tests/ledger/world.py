"""People, rooms and gifts for the ledger's tests."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql

from largesse import ledger
from largesse.db import Database
from largesse.errors import AppError
from largesse.types import new_id, now

TOP_UP = ledger.TopUp(
    owner_id=UUID(int=1),
    order_id=UUID(int=1),
    coins=100,
    coins_bonus=0,
    currency="USD",
    gross_minor=1_100,
    tax_minor=100,
    fee_minor=33,
    provider="sandbox",
    channel="web",
    hold_days=21,
)


@dataclass(frozen=True, slots=True)
class Room:
    id: UUID
    recipient_id: UUID


@dataclass(slots=True)
class World:
    db: Database
    published: list[ledger.GiftEntry] = field(default_factory=list)

    async def top_up(self, owner_id: UUID, coins: int, coins_bonus: int = 0, **other: Any) -> UUID:
        """Credit an order; answers with its id."""
        order_id = new_id()
        top_up = replace(
            TOP_UP,
            owner_id=owner_id,
            order_id=order_id,
            coins=coins,
            coins_bonus=coins_bonus,
            **other,
        )
        async with self.db.transaction() as conn:
            await ledger.credit_top_up(conn, top_up)
        return order_id

    async def take_back(
        self,
        owner_id: UUID,
        order_id: UUID,
        kind: ledger.ReversalKind = "chargeback",
        amount_minor: int | None = None,
        cause_id: str | None = None,
    ) -> ledger.Reversed:
        """A refund or dispute, of the whole order unless an amount is given."""
        async with self.db.transaction() as conn:
            return await ledger.record_reversal(
                conn,
                owner_id=owner_id,
                order_id=order_id,
                cause_id=cause_id or kind,
                kind=kind,
                amount_minor=amount_minor,
            )

    async def cancel(
        self, owner_id: UUID, order_id: UUID, cause_id: str = "chargeback"
    ) -> ledger.Reversed:
        """The dispute was won, or the refund failed."""
        async with self.db.transaction() as conn:
            return await ledger.cancel_reversal(
                conn, owner_id=owner_id, order_id=order_id, cause_id=cause_id
            )

    async def set_steps(self, *steps: str) -> None:
        """The rule, for both kinds, of orders bought from now on."""
        async with self.db.transaction() as conn:
            for kind in ("refund", "chargeback"):
                await conn.execute(
                    "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
                    " SELECT max(id) + 1, %s, %s, %s FROM reversal_rule",
                    (kind, list(steps), now()),
                )

    async def viewer(self, coins: int = 0, coins_bonus: int = 0, **other: Any) -> UUID:
        """A viewer with one lot, or without a wallet."""
        owner_id = new_id()
        if coins:
            await self.top_up(owner_id, coins, coins_bonus, **other)
        return owner_id

    async def room(self, *, gifting: bool = True, recipient_id: UUID | None = None) -> Room:
        room = Room(new_id(), recipient_id or new_id())
        async with self.db.transaction() as conn:
            await ledger.open_room(conn, room.id, room.recipient_id, gifting)
        return room

    async def wallet(self, owner_id: UUID) -> ledger.WalletState:
        async with self.db.read() as conn:
            return await ledger.wallet_state(conn, owner_id)

    async def balances(self, owner_id: UUID) -> dict[ledger.Code, int]:
        async with self.db.read() as conn:
            return await ledger.balances(conn, owner_id)

    async def set_budget(
        self, owner_id: UUID, coins: int | None, at: datetime
    ) -> ledger.WalletState:
        async with self.db.transaction() as conn:
            return await ledger.set_budget(conn, owner_id, coins, at)

    async def count(self, table: str) -> int:
        async with self.db.read() as conn:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            cursor = await conn.execute(query)
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    @asynccontextmanager
    async def writer(
        self, *, batch_size_max: int = 512, clock: Callable[[], datetime] = now
    ) -> AsyncIterator[ledger.GiftWriter]:
        """A started writer whose commits are collected in `published`."""
        writer = ledger.GiftWriter(
            self.db, batch_size_max=batch_size_max, on_commit=self.published.extend, clock=clock
        )
        await writer.start()
        yield writer
        await writer.stop()


def gift(sender_id: UUID, room: Room, coins: int = 1, **other: Any) -> ledger.GiftRequest:
    """A gift of one piece that costs so many coins."""
    request = ledger.GiftRequest(
        id=new_id(),
        sender_id=sender_id,
        recipient_id=room.recipient_id,
        room_id=room.id,
        gift_type_no=1,
        count=1,
        coins=coins,
        share_id=1,
        milli_diamonds=coins * 500,
        hold_min_days=7,
        bonus_hold_days=0,
    )
    return replace(request, **other)


async def send_together(
    writer: ledger.GiftWriter, requests: Sequence[ledger.GiftRequest]
) -> list[ledger.GiftEntry | AppError]:
    """Submit all at once, so that they fall into one batch; answers with entries and refusals."""
    futures = [writer.submit_nowait(request) for request in requests]
    outcomes: list[ledger.GiftEntry | AppError] = []
    for future in futures:
        try:
            outcomes.append(await future)
        except AppError as error:
            outcomes.append(error)
    return outcomes


def entries_of(outcomes: Sequence[ledger.GiftEntry | AppError]) -> list[ledger.GiftEntry]:
    """All of them, which must be entries."""
    entries = [outcome for outcome in outcomes if isinstance(outcome, ledger.GiftEntry)]
    assert len(entries) == len(outcomes), outcomes
    return entries


@pytest.fixture
def world(db: Database) -> World:
    return World(db)
