"""Promotions with a shop, an operator and a ledger's world."""

from collections.abc import AsyncIterator

import pytest

from largesse.db import Database
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from tests.fixtures_identity import MakeUser
from tests.ledger.world import world
from tests.promotions.stand import Stand
from tests.topups.shop import Shop

__all__ = ["world"]


@pytest.fixture
async def quiet(settings: Settings, db: Database) -> AsyncIterator[Services]:
    """Services without a worker: jobs run only when the test says so."""
    async with start_services(settings, url=db.url) as started:
        yield started


@pytest.fixture
async def stand(quiet: Services, users: MakeUser) -> Stand:
    """A buyer at a shop with promotions."""
    return Stand(Shop(quiet, (await users("Vera")).user))
