"""Erasing a person also takes out what top-ups keep: what stores may learn, and where orders came from."""

import asyncio

import pytest
from typer.testing import CliRunner

from largesse import identity, topups
from largesse.cli import app
from largesse.topups.consumption.consent import set_consent, show_consent
from largesse.topups.placing import place_order
from largesse.topups.schemas import OrderRequest
from largesse.topups.visitors import Visitor
from largesse.types import PLATFORM_ID
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop

VISITOR = Visitor(address="a" * 32, device="d" * 32)


async def order_from(shop: Shop, visitor: Visitor) -> None:
    request = OrderRequest(coins=70, provider="sandbox", country="US")
    await place_order(
        shop.services, shop.buyer, request, key=None, origin="http://test", visitor=visitor
    )


async def seen(shop: Shop) -> list[tuple[object, ...]]:
    return await shop.rows(
        "SELECT visitor_address, visitor_device FROM top_up_order WHERE user_id = %s", shop.buyer.id
    )


async def test_an_erased_persons_orders_say_no_device_and_no_address(
    shop: Shop, users: MakeUser
) -> None:
    other = Shop(shop.services, (await users("Olga")).user)
    for one in (shop, other):
        await order_from(one, VISITOR)
        await set_consent(one.services, one.buyer, consented=True)
    db = shop.services.db
    done = await identity.erase_user(db, shop.buyer.id, PLATFORM_ID, also=[topups.forget_person])
    assert done.elsewhere == {"consents_to_stores": 1, "orders_with_a_device_or_address": 1}
    assert await seen(shop) == [(None, None)]
    assert not (await show_consent(shop.services, shop.buyer)).consented
    assert await seen(other) == [(VISITOR.address, VISITOR.device)]
    assert (await show_consent(other.services, other.buyer)).consented
    again = await identity.erase_user(db, shop.buyer.id, PLATFORM_ID, also=[topups.forget_person])
    assert not any(again.elsewhere.values())
    logged = await shop.column("SELECT data -> 'elsewhere' FROM audit WHERE action = 'user.erase'")
    assert logged == [dict(done.elsewhere)]


async def test_the_command_takes_them_out_too(
    shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await order_from(shop, VISITOR)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def erase() -> str:
        ran = CliRunner().invoke(app, ["user", "erase", str(shop.buyer.id)])
        assert ran.exit_code == 0, ran.output
        return ran.output

    said = await asyncio.to_thread(erase)
    assert "1 orders with a device or address" in said
    assert await seen(shop) == [(None, None)]
