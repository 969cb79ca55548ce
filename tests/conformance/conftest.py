"""Every test here runs once per provider."""

from collections.abc import AsyncIterator

import pytest

from largesse.db import Database
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from tests.conformance.harness import HARNESSES, Harness
from tests.conformance.till import Till
from tests.fixtures_identity import MakeUser


@pytest.fixture
async def services(settings: Settings, db: Database) -> AsyncIterator[Services]:
    """Services without a worker."""
    async with start_services(settings, url=db.url) as started:
        yield started


@pytest.fixture(params=sorted(HARNESSES))
def harness(request: pytest.FixtureRequest, services: Services) -> Harness:
    return HARNESSES[request.param](services)


@pytest.fixture
async def till(services: Services, harness: Harness, users: MakeUser) -> Till:
    return Till(services, harness, (await users("Vera")).user)
