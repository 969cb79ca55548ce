"""Buyers with a phone."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.main import running, start_services
from largesse.services import Services
from largesse.settings import Settings
from tests.conformance.harnesses.app_store import (
    AppStoreBackend,
    AppStoreHarness,
    app_store_backend,
)
from tests.fixtures_identity import MakeUser
from tests.topups.stores.phone import Phone


@pytest.fixture(scope="session")
def app_store() -> Iterator[AppStoreBackend]:
    with app_store_backend() as running:
        yield running


@pytest.fixture
def store_settings(settings: Settings, app_store: AppStoreBackend) -> Settings:
    return settings.model_copy(update=dict(app_store.settings))


@pytest.fixture
async def quiet_store(store_settings: Settings, db: Database) -> AsyncIterator[Services]:
    """Services without a worker."""
    async with start_services(store_settings, url=db.url) as started:
        yield started


@pytest.fixture
async def phone(quiet_store: Services, app_store: AppStoreBackend, users: MakeUser) -> Phone:
    app_store.running.fake.control("trouble", count=0)
    harness = AppStoreHarness(app_store.running.fake, app_store.app_store)
    return Phone(quiet_store, harness, (await users("Vera")).user)


@pytest.fixture
async def http(
    demo_app: FastAPI, store_settings: Settings, db: Database
) -> AsyncIterator[httpx.AsyncClient]:
    """The API without a worker and without the demo's people."""
    async with running(demo_app, store_settings, url=db.url, seeds=False, runs_jobs=False):
        transport = httpx.ASGITransport(app=demo_app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
