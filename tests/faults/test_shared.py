"""Two servers and a worker on one PostgreSQL behind the proxy, under load: one fault after the other."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults import faults
from tests.faults.scenes import Shared, shared

SEED = 11
FAULTS = {name: fault for name, fault in faults.SHARED.items() if fault is not faults.server_slept}
FAULTS["server asleep past its lease"] = faults.server_slept_briefly

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Shared]:
    async with shared(SEED, durable=False) as started:
        yield started


@pytest.mark.parametrize("name", FAULTS)
async def test_every_gift_counts_once(scene: Shared, name: str) -> None:
    scene.load.resume()
    await scene.load.progress(30, 60)
    await FAULTS[name](scene)
    await scene.recovers(name)
    verdict = await scene.verdict()
    assert verdict.findings == []
