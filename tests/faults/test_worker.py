"""`largesse worker` is killed while it works: what it was doing is done once, by another one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from largesse import jobs
from largesse.services import Services
from largesse.settings import Settings
from largesse.topups.providers import PaymentEventKind
from largesse.topups.schemas import Order
from tests.faults.programs import Program
from tests.fixtures_identity import MakeUser
from tests.topups.conftest import quiet, shop
from tests.topups.shop import Shop, reasons

__all__ = ["quiet", "shop"]

BUYERS = 8
ORDERS_EACH = 5
ORDERS = BUYERS * ORDERS_EACH
COINS = 350
_TIMEOUT_S = 60


@pytest.fixture
async def worker(settings: Settings, tmp_path: Path) -> AsyncIterator[Program]:
    """A worker on the test's database, with the shop's own secret."""
    assert settings.database_url is not None
    environment = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "LARGESSE_DEMO": "true",
        "LARGESSE_SANDBOX_SECRET": settings.sandbox_secret.get_secret_value(),
    }
    program = Program("worker", tmp_path, environment, "worker")
    yield program
    if program.alive:
        await program.stop()


async def credited(shop: Shop) -> int:
    (count,) = await shop.column("SELECT count(*) FROM top_up_order WHERE state = 'credited'")
    return int(count)


async def wait_until_credited(shop: Shop, worker: Program, count: int) -> None:
    async with asyncio.timeout(_TIMEOUT_S):
        while await credited(shop) < count:
            assert worker.alive, worker.printed()
            await asyncio.sleep(0.005)


async def paid_orders(shop: Shop) -> list[Order]:
    """Orders of a buyer whose payments were told, and wait for a worker."""
    orders = [await shop.order(COINS) for _ in range(ORDERS_EACH)]
    for order in orders:
        await shop.receive(shop.notice(await shop.paid(order), PaymentEventKind.SUCCEEDED))
    return orders


async def let_time_pass(shop: Shop) -> None:
    """As if a minute had passed: what a dead worker had begun is due for the sweep, and the sweep too."""
    await shop.execute(
        "UPDATE provider_notification SET received_at = received_at - interval '1 minute'"
    )
    await shop.execute("UPDATE top_up_order SET updated_at = updated_at - interval '1 minute'")
    async with shop.services.db.transaction() as conn:
        await jobs.defer(conn, "topups.sweep", timestamp=0)


async def test_orders_under_way_are_credited_once(
    quiet: Services, shop: Shop, users: MakeUser, worker: Program
) -> None:
    shops = [Shop(quiet, (await users("Vera")).user) for _ in range(BUYERS)]
    orders = [await paid_orders(each) for each in shops]
    for number in (1, 12):
        worker.spawn()
        await wait_until_credited(shop, worker, number)
        await worker.kill()
    assert await credited(shop) < ORDERS, "it was killed in the middle"
    await let_time_pass(shop)
    worker.spawn()
    await wait_until_credited(shop, worker, ORDERS)
    for buyer, bought in zip(shops, orders, strict=True):
        for order in bought:
            assert reasons(await buyer.show(order)).count("coins_credited") == 1
        assert (await buyer.wallet()).coins_paid == ORDERS_EACH * COINS
    assert await worker.stop() == 0, "asked to stop, it ends in order"
