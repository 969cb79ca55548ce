"""Buyers, and services with and without a worker."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop
from tests.topups.till import Till


@pytest.fixture
async def till(client: httpx.AsyncClient, users: MakeUser) -> Till:
    return Till(client, await users("Vera"))


@pytest.fixture
def services(app: FastAPI) -> Services:
    """The services of the running app, whose worker is at work."""
    running: Services = app.state.services
    return running


@pytest.fixture
async def quiet(settings: Settings, db: Database) -> AsyncIterator[Services]:
    """Services without a worker: jobs run only when the test says so."""
    async with start_services(settings, url=db.url) as started:
        yield started


@pytest.fixture
async def shop(quiet: Services, users: MakeUser) -> Shop:
    """A buyer at a shop whose jobs wait for the test."""
    return Shop(quiet, (await users("Vera")).user)
