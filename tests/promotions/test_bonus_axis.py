"""Bonus coins with and without an end: any history is what a list of single coins says."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.ledger import BonusGrant, BonusPart
from largesse.types import new_id, now
from tests.ledger.world import World, gift

START = now()
HOUR = timedelta(hours=1)
_FAR = datetime.max.replace(tzinfo=START.tzinfo)


@dataclass(eq=False)
class Row:
    """Bonus coins that came together."""

    order_id: UUID
    expires_at: datetime | None
    spent: int = 0


@dataclass
class Model:
    """One bonus coin after the other, as they are to be spent."""

    queue: list[Row] = field(default_factory=list)
    lapsed: int = 0

    def add(self, order_id: UUID, parts: list[BonusPart]) -> None:
        for part in sorted(parts, key=lambda part: part.expires_at or _FAR, reverse=True):
            row = Row(order_id, part.expires_at)
            place = len(self.queue)
            for index, other in enumerate(self.queue):
                if not other.spent and (other.expires_at or _FAR) > (part.expires_at or _FAR):
                    place = index
                    break
            self.queue[place:place] = [row] * part.coins

    def spend(self, coins: int) -> None:
        for row in self.queue[:coins]:
            row.spent += 1
        del self.queue[:coins]

    def lapse(self, at: datetime) -> int:
        kept = [row for row in self.queue if row.expires_at is None or row.expires_at > at]
        gone = len(self.queue) - len(kept)
        self.queue = kept
        self.lapsed += gone
        return gone

    def expiring(self) -> list[BonusPart]:
        counts = Counter(row.expires_at for row in self.queue if row.expires_at is not None)
        return [BonusPart(coins, moment) for moment, coins in sorted(counts.items())]


@pytest.mark.parametrize("seed", range(4))
async def test_any_history_is_what_single_coins_say(world: World, seed: int) -> None:
    chance = random.Random(seed)
    owner, room, model = new_id(), await world.room(), Model()
    clock = START
    async with world.writer() as writer:
        for _ in range(45):
            step = chance.choice(["top_up", "grant", "grant", "give", "give", "give", "lapse"])
            if step == "top_up":
                parts = [_part(chance, clock) for _ in range(chance.randint(0, 3))]
                merged = _merged(parts)
                order = await world.top_up(
                    owner, 3, sum(part.coins for part in parts), bonus_parts=parts
                )
                model.add(order, merged)
            elif step == "grant":
                grant = BonusGrant(owner, new_id(), _part(chance, clock))
                async with world.db.transaction() as conn:
                    assert await ledger.grant_bonus(conn, grant)
                model.add(grant.id, [grant.bonus])
            elif step == "give" and model.queue:
                coins = chance.randint(1, len(model.queue))
                await writer.submit(gift(owner, room, coins))
                model.spend(coins)
            elif step == "lapse":
                clock += chance.choice([HOUR, 3 * HOUR])
                lapsed = await ledger.lapse_due(world.db, clock)
                assert lapsed.coins == model.lapse(clock)
            await _assert_same(world, owner, model)


def _part(chance: random.Random, clock: datetime) -> BonusPart:
    hours = chance.choice([None, 1, 2, 5, 9])
    return BonusPart(chance.randint(1, 9), None if hours is None else clock + hours * HOUR)


def _merged(parts: list[BonusPart]) -> list[BonusPart]:
    counts: Counter[datetime | None] = Counter()
    for part in parts:
        counts[part.expires_at] += part.coins
    return [BonusPart(coins, moment) for moment, coins in counts.items()]


async def _assert_same(world: World, owner: UUID, model: Model) -> None:
    wallet = await world.wallet(owner)
    assert wallet.coins_bonus == len(model.queue)
    async with world.db.read() as conn:
        assert await ledger.bonus_expiring(conn, owner) == model.expiring()
