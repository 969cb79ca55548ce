"""One server with its embedded PostgreSQL, under load: its processes are killed, and it comes back with every gift."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.faults import ALONE, child_killed, child_stopped
from tests.faults.scenes import Alone, alone

SEED = 7
FAULTS = {n: f for n, f in ALONE.items() if f not in (child_killed, child_stopped)}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Alone]:
    async with alone(SEED) as started:
        yield started


@pytest.mark.parametrize("name", FAULTS)
async def test_every_gift_counts_once(scene: Alone, name: str) -> None:
    scene.load.resume()
    await scene.load.progress(30, 60)
    await FAULTS[name](scene)
    await scene.recovers(name)
    verdict = await scene.verdict()
    assert verdict.findings == []
