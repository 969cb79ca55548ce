"""A clock that tests set, and people who buy and give at its time."""

import sys
from collections.abc import AsyncIterator

import pytest

from largesse import types
from largesse.db import Database
from tests.finance.books import DAY, Books, Clock, at
from tests.ledger.world import World


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The ledger's time, wherever its modules ask for it."""
    clock = Clock(at(DAY))
    for name, module in list(sys.modules.items()):
        if name.startswith("largesse.ledger") and getattr(module, "now", None) is types.now:
            monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
async def books(db: Database, clock: Clock) -> AsyncIterator[Books]:
    world = World(db)
    async with world.writer(clock=clock) as writer:
        yield Books(world, writer, clock, await world.room())
