"""Every test here runs once per provider that does what it is about."""

from collections.abc import AsyncIterator, Iterator

import pytest

from largesse.db import Database
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from largesse.topups.providers import PaymentEventKind
from tests.conformance import printing
from tests.conformance.abilities import kinds_of, needed_by
from tests.conformance.backends import BACKENDS
from tests.conformance.behaviours import behaviours_of
from tests.conformance.harness import Backend, Harness
from tests.conformance.till import Till
from tests.fixtures_identity import MakeUser


def pytest_configure(config: pytest.Config) -> None:
    """The table at the end; loaded here for who runs only these tests."""
    printing.pytest_configure(config)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What a test shows of whom travels with its report."""
    callspec = getattr(item, "callspec", None)
    if isinstance(item, pytest.Function) and callspec and "backend" in callspec.params:
        for name in behaviours_of(item.function):
            item.user_properties.append((printing.PROPERTY, f"{name}|{callspec.params['backend']}"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Providers, and with `kind` the kinds that each of them tells."""
    if "backend" not in metafunc.fixturenames:
        return
    test = metafunc.function
    names = [name for name, one in BACKENDS.items() if one.why_not(needed_by(test)) is None]
    assert names, f"no provider does what {test.__name__} is about"
    if "kind" not in metafunc.fixturenames:
        metafunc.parametrize("backend", names, indirect=True, scope="session")
        return
    pairs = [
        pytest.param(name, kind, id=f"{name}-{kind}")
        for name in names
        for kind in kinds_of(test)
        if kind not in BACKENDS[name].cannot
    ]
    metafunc.parametrize(("backend", "kind"), pairs, indirect=["backend"], scope="session")


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """The provider, running for all tests of it."""
    with BACKENDS[request.param].start() as running:
        yield running


@pytest.fixture
async def services(settings: Settings, backend: Backend, db: Database) -> AsyncIterator[Services]:
    """Services without a worker and without guards."""
    own = settings.model_copy(update=dict(backend.settings))
    async with start_services(own, url=db.url) as started:
        async with started.db.transaction() as conn:
            # Here one buyer with one card is disputed time and again: a guard would hold that.
            await conn.execute("UPDATE guard_rule SET action = 'off'")
        yield started


@pytest.fixture
def harness(backend: Backend, request: pytest.FixtureRequest) -> Harness:
    """Most tests of the port thus do without a database."""

    def services() -> Services:
        started: Services = request.getfixturevalue("services")
        return started

    return backend.harness(services)


@pytest.fixture
def told_kinds(harness: Harness) -> frozenset[PaymentEventKind]:
    """What this provider tells of."""
    return frozenset(PaymentEventKind) - BACKENDS[harness.provider.name].cannot.keys()


@pytest.fixture
async def till(services: Services, backend: Backend, harness: Harness, users: MakeUser) -> Till:
    return Till(services, harness, (await users("Vera")).user, backend)
