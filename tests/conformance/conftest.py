"""Every test here runs once per provider."""

from collections.abc import AsyncIterator, Iterator

import pytest

from largesse.db import Database
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from tests.conformance.backends import BACKENDS
from tests.conformance.harness import Backend, Harness
from tests.conformance.till import Till
from tests.fixtures_identity import MakeUser


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """The provider, running for all tests of it."""
    with BACKENDS[request.param]() as running:
        yield running


@pytest.fixture
async def services(settings: Settings, backend: Backend, db: Database) -> AsyncIterator[Services]:
    """Services without a worker."""
    own = settings.model_copy(update=dict(backend.settings))
    async with start_services(own, url=db.url) as started:
        yield started


@pytest.fixture
def harness(backend: Backend, services: Services) -> Harness:
    return backend.harness(services)


@pytest.fixture
async def till(services: Services, harness: Harness, users: MakeUser) -> Till:
    return Till(services, harness, (await users("Vera")).user)
