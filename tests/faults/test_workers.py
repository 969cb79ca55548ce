"""`largesse serve --workers 2`: one of its processes is killed, or stopped for a while, under load."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.faults import child_killed, child_stopped
from tests.faults.scenes import Alone, alone

SEED = 5
FAULTS = {"killed": child_killed, "stopped": child_stopped}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Alone]:
    async with alone(SEED, workers=2) as started:
        yield started


@pytest.mark.parametrize("name", FAULTS)
async def test_every_gift_counts_once(scene: Alone, name: str) -> None:
    scene.load.resume()
    await scene.load.progress(30, 60)
    processes = scene.server.children()
    assert len(processes) == 2
    await FAULTS[name](scene)
    await scene.recovers(name)
    await scene.load.progress(60, 60)
    assert (scene.server.children() == processes) == (name == "stopped"), "a dead one is replaced"
    verdict = await scene.verdict()
    assert verdict.findings == []


async def test_the_journal_is_exported_and_verified_afterwards(scene: Alone) -> None:
    assert await scene.proof() == []
