"""A real PostgreSQL for the run, a database per test cloned from the migrated one, and the real app."""

import asyncio
import gc
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from pydantic import SecretStr

from largesse import demo, ledger
from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.main import create_app, load_defaults, running, start_services
from largesse.migrate import migrate
from largesse.settings import Settings
from largesse.worker import following
from tests.scratch import scratch

pytest_plugins = ["tests.fixtures_identity", "tests.conformance.printing"]

_TEMPLATE = "largesse_template"
_DEMO_TEMPLATE = "largesse_demo_template"
# Everything that `ledger check` adds up or compares.
_BOOKS = (
    *("gift", "transfer", "batch", "balance", "lot", "lot_change", "room_event", "room_total"),
    *("room_supporter", "viewer_month", "creator_day", "account_day", "close_day"),
    *("maturity", "maturity_day", "repayment", "bonus_grant", "discount_change"),
    *("reversal", "reversal_cause", "reversal_part", "reversed_gift", "refund"),
    *("top_up_order", "provider_transaction", "promotion_use", "promotion_person"),
    *("archived_leaf", "archived_span", "archived_month", "archived_room"),
    *("archived_creator_day", "archived_viewer_month", "archived_room_supporter"),
)
_HAS_BOOKS = sql.SQL(
    "SELECT EXISTS (SELECT FROM pg_class WHERE relkind = 'r'"
    " AND (oid = ANY (books) OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = ANY (books)))"
    " AND (pg_stat_file(pg_relation_filepath(oid))).size > 0) FROM (SELECT {}::regclass[]::oid[] AS books) named"
).format(sql.Literal(list(_BOOKS)))
"""By the sizes of their files, which a row written makes more than 0: planning to look into all of them takes long."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The collector rests: each process of a run imports all tests, and what they are made of stays."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def _named(url: str, database: str) -> str:
    return url.replace("dbname=largesse", f"dbname={database}")


@pytest.fixture(scope="session", autouse=True)
def _small_pools() -> Iterator[None]:
    """Most tests need one connection of a pool at a time, and each takes as long to open as ten statements."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("largesse.db._SIZE_MIN", 1)
        yield


async def _prepare(url: str) -> None:
    db = Database(url, size_max=2)
    await db.open()
    async with db.transaction() as conn:
        await load_defaults(conn)
    await db.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server, with a template database made by the migrations and the shipped defaults."""
    with scratch("largesse-test-") as folder:
        server = EmbeddedPostgres(folder, durable=False)
        server.start()
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {_TEMPLATE}")
        migrate(_named(server.url, _TEMPLATE))
        asyncio.run(_prepare(_named(server.url, _TEMPLATE)))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def demo_template(postgres: EmbeddedPostgres) -> str:
    """The template with the demo's people and rooms too: making them takes longer than most tests."""

    async def seed() -> None:
        async with start_services(
            Settings(demo=True), url=_named(postgres.url, _DEMO_TEMPLATE)
        ) as services:
            await demo.seed(services)

    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {_DEMO_TEMPLATE} TEMPLATE {_TEMPLATE}")
    asyncio.run(seed())
    return _DEMO_TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of the test's own; one for the demo app has the demo's people already."""
    name, template = f"test_{uuid4().hex}", _TEMPLATE
    if "app" in request.fixturenames:
        template = request.getfixturevalue("demo_template")
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        )  # twice as fast
    yield _named(postgres.url, name)
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The database, whose ledger must be right when the test ends (unless it is marked `breaks_ledger`)."""
    database = Database(database_url, size_max=10)
    await database.open()
    yield database
    if request.node.get_closest_marker("breaks_ledger") is None:
        async with database.read() as conn:
            cursor = await conn.execute(_HAS_BOOKS)
            if await cursor.fetchone() != (False,):  # of empty books nothing can be wrong
                assert (await ledger.check(conn)).problems == []
    await database.close()


@pytest.fixture(scope="session")
def plain_settings() -> Settings:
    """Those of an environment that sets nothing. Read once: to read it takes longer than many a test."""
    return Settings()


@pytest.fixture
def settings(plain_settings: Settings, database_url: str, tmp_path: Path) -> Settings:
    """Demo mode on the test's database, with a quick order expiry left at its default."""
    own = {
        "demo": True,
        "data_dir": tmp_path,
        "database_url": SecretStr(database_url),
        "demo_password": SecretStr("demo-password"),
        "public_url": "http://test",
    }
    return plain_settings.model_copy(update=own)


@pytest.fixture(scope="session")
def demo_app() -> FastAPI:
    """The app of demo mode, not running: it works out its routes at the first requests, once for all tests."""
    return create_app(Settings(demo=True), url="")


@pytest.fixture
def runs_jobs() -> bool:
    """Tests that wait for a job say so: a queue that is looked at costs a test a third of its time."""
    return False


@pytest.fixture
async def app(
    demo_app: FastAPI, settings: Settings, db: Database, runs_jobs: bool
) -> AsyncIterator[FastAPI]:
    """The real app, running. Its people are in the template: seeding again hashes a password, which takes longest."""
    async with running(demo_app, settings, url=db.url, seeds=False, runs_jobs=runs_jobs):
        beside = nullcontext() if runs_jobs else following(demo_app.state.services)
        async with beside:
            yield demo_app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser-like client without credentials."""
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http
