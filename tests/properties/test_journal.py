"""Random top-ups, gifts and take-backs against a simple model of one viewer; the ledger is checked when each ends."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from largesse import ledger
from largesse.ledger.lots import Span, paid_by
from tests.ledger.world import Room, World, gift

STEPS = 40


@dataclass(slots=True)
class Lot:
    id: UUID
    left: int
    spent: int = 0
    bonus: int = 0
    taken_back: bool = False


@dataclass(slots=True)
class Oracle:
    """What one viewer holds, kept in the plainest way."""

    lots: list[Lot] = field(default_factory=list)
    bonus: int = 0
    owed: int = 0

    @property
    def paid(self) -> int:
        return sum(lot.left for lot in self.lots)

    def top_up(self, id: UUID, coins: int, bonus: int) -> None:
        self.lots.append(Lot(id, coins, bonus=bonus))
        self.bonus += bonus
        self._settle()

    def give(self, coins: int) -> str:
        if self.owed:
            return "frozen"
        if coins > self.paid + self.bonus:
            return "insufficient"
        bonus = min(coins, self.bonus)
        self.bonus -= bonus
        self._use(coins - bonus)
        return "sent"

    def take_back(self, id: UUID) -> None:
        lot = next(lot for lot in self.lots if lot.id == id)
        if lot.taken_back:
            return
        lot.taken_back, lot.left = True, 0
        self.bonus -= min(lot.bonus, self.bonus)
        self.owed += lot.spent
        self._settle()

    def _settle(self) -> None:
        repaid = min(self.owed, self.paid)
        self.owed -= repaid
        self._use(repaid)

    def _use(self, coins: int) -> None:
        for lot in self.lots:
            used = min(coins, lot.left)
            lot.left -= used
            lot.spent += used
            coins -= used


async def play(world: World, writer: ledger.GiftWriter, room: Room, seed: int) -> None:
    """A random life of one viewer, compared with the oracle after every step."""
    chance, oracle, owner_id = random.Random(seed), Oracle(), await world.viewer()
    for _ in range(STEPS):
        step = chance.choice(["top_up", "give", "give", "give", "take_back"])
        if step == "top_up" or not oracle.lots:
            coins, bonus = chance.randint(1, 30), chance.choice([0, 0, 3])
            oracle.top_up(await world.top_up(owner_id, coins, bonus), coins, bonus)
        elif step == "give":
            coins = chance.randint(1, 20)
            assert await given(writer, gift(owner_id, room, coins)) == oracle.give(coins)
        else:
            lot = chance.choice(oracle.lots)
            await world.take_back(owner_id, lot.id)
            oracle.take_back(lot.id)
        await compare(world, owner_id, oracle)


async def given(writer: ledger.GiftWriter, request: ledger.GiftRequest) -> str:
    try:
        await writer.submit(request)
    except ledger.WalletFrozen:
        return "frozen"
    except ledger.InsufficientCoins:
        return "insufficient"
    return "sent"


async def compare(world: World, owner_id: UUID, oracle: Oracle) -> None:
    wallet = await world.wallet(owner_id)
    assert (wallet.coins_paid, wallet.coins_bonus) == (oracle.paid, oracle.bonus)
    assert (wallet.coins_owed, wallet.frozen) == (oracle.owed, oracle.owed > 0)
    async with world.db.read() as conn:
        lots = (await ledger.lots(conn, owner_id)).items
    found = {lot.id: (lot.coins_left, lot.coins_spent) for lot in lots}
    assert found == {lot.id: (lot.left, lot.spent) for lot in oracle.lots}


async def uses_of_gifts(world: World, owner_id: UUID) -> int:
    """Coins that some lot paid, over all gifts of a sender."""
    async with world.db.read() as conn:
        lots = (await ledger.lots(conn, owner_id)).items
        history = (await ledger.wallet_history(conn, owner_id, limit=1_000)).items
    spans = [Span(lot.id, lot.start, lot.coins) for lot in lots]
    rows = [event.gift for event in history if event.gift is not None]
    for row in rows:
        uses = paid_by(spans, row.spent_before, row.coins_paid)
        assert sum(use.coins for use in uses) == row.coins_paid
    return len(rows)


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_of_events_matches_the_oracle(world: World, seed: int) -> None:
    room = await world.room()
    async with world.writer() as writer:
        await asyncio.gather(*(play(world, writer, room, seed * 100 + life) for life in range(3)))
    senders = {entry.request.sender_id for entry in world.published}
    assert sum([await uses_of_gifts(world, sender) for sender in senders]) == len(world.published)
