"""Statements: what a month began with, what moved, what it ended with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from largesse import ledger, outbox
from largesse.ledger import Code
from largesse.types import now
from tests.creators.conftest import Stage, nora, stage, vera
from tests.fixtures_identity import MakeUser, SignedIn
from tests.ledger.world import World, gift

__all__ = ["nora", "stage", "vera"]

OCTOBER = datetime(2025, 10, 20, 12, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 5, 12, tzinfo=UTC)


async def wallet(world: World, owner: Any, month: date) -> outbox.WalletStatement:
    async with world.db.read() as conn:
        return await outbox.wallet_statement(conn, owner, month)


async def creator(world: World, owner: Any, month: date) -> outbox.CreatorStatement:
    async with world.db.read() as conn:
        return await outbox.creator_statement(conn, owner, month)


def assert_adds_up(found: outbox.WalletStatement) -> None:
    moved = found.entries
    paid = sum(entry.coins_paid for entry in moved) - found.gifts.coins_paid
    bonus = sum(entry.coins_bonus for entry in moved) - found.gifts.coins_bonus
    assert found.closing.paid - found.opening.paid == paid
    assert found.closing.bonus - found.opening.bonus == bonus
    assert found.closing.owed - found.opening.owed == sum(entry.coins_owed for entry in moved)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment at which purchases and reversals happen: its only item."""
    moment = [OCTOBER]
    for module in ("top_ups", "reversals"):
        monkeypatch.setattr(f"largesse.ledger.{module}.now", lambda: moment[0])
    return moment


@pytest.mark.parametrize("caught_up", [False, True], ids=["from the journal", "from the rollups"])
async def test_a_viewers_months_follow_each_other(
    world: World, clock: list[datetime], caught_up: bool
) -> None:
    sender, room = await world.viewer(), await world.room()
    first = await world.top_up(sender, 100, 10)
    async with world.writer(clock=lambda: clock[0]) as writer:
        await writer.submit(gift(sender, room, 25))
        clock[0] = NOVEMBER
        second = await world.top_up(sender, 50)
        await writer.submit(gift(sender, room, 5))
        await writer.submit(gift(sender, room, 7))
    await world.take_back(sender, second, "refund", 550)
    if caught_up:
        await outbox.catch_up(world.db)
    october = await wallet(world, sender, date(2025, 10, 1))
    assert (october.opening.paid, october.opening.bonus) == (0, 0)
    assert (october.closing.paid, october.closing.bonus) == (85, 0)
    gifts = october.gifts
    assert (gifts.gifts, gifts.coins_paid, gifts.coins_bonus) == (1, 15, 10)
    [entry] = october.entries
    assert (entry.kind, entry.order_id, entry.coins_paid, entry.coins_bonus) == (
        "top_up", first, 100, 10,
    )  # fmt: skip
    assert (entry.currency, entry.amount_minor, entry.tax_minor) == ("USD", 1_100, 100)
    november = await wallet(world, sender, date(2025, 11, 1))
    assert november.opening == october.closing
    assert november.closing.paid == 85 + 50 - 12 - 25
    assert (november.gifts.gifts, november.gifts.coins_paid) == (2, 12)
    assert [entry.kind for entry in november.entries] == ["top_up", "refund"]
    assert (november.entries[1].coins_paid, november.entries[1].amount_minor) == (-25, -550)
    assert november.entries[1].tax_minor == -50
    december = await wallet(world, sender, date(2025, 12, 1))
    assert december.opening == december.closing == november.closing
    assert (december.gifts.gifts, december.entries) == (0, [])
    for found in (october, november, december):
        assert_adds_up(found)


async def test_the_present_month_closes_with_what_the_wallet_holds(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    order = await world.top_up(sender, 40, 3)
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 30))
        await outbox.catch_up(world.db)
        await writer.submit(gift(sender, room, 2))
    await world.set_steps("owe")
    await world.take_back(sender, order)
    found = await wallet(world, sender, now().date().replace(day=1))
    state = await world.wallet(sender)
    assert (found.closing.paid, found.closing.bonus) == (state.coins_paid, state.coins_bonus)
    assert found.closing.owed == state.coins_owed
    assert_adds_up(found)


@pytest.mark.parametrize("caught_up", [False, True], ids=["from the journal", "from the rollups"])
async def test_a_creators_month_names_what_matured_and_what_was_reversed(
    world: World, clock: list[datetime], caught_up: bool
) -> None:
    room = await world.room()
    await world.set_steps("reverse_diamonds")
    clock[0] = now() - timedelta(days=60)
    sender = await world.viewer(1_000)
    order = await world.top_up(sender, 100)
    sent_at = datetime(clock[0].year, clock[0].month, 3, 12, tzinfo=UTC)
    async with world.writer(clock=lambda: sent_at) as writer:
        await writer.submit(gift(sender, room, 1_000, hold_min_days=5))
        await writer.submit(gift(sender, room, 40, hold_min_days=50))
    clock[0] = sent_at + timedelta(days=1)
    await world.take_back(sender, order, "chargeback", 1_100 * 3 // 4)
    await ledger.mature(world.db, sent_at.date() + timedelta(days=21), at=sent_at + timedelta(25))
    if caught_up:
        await outbox.catch_up(world.db)
    found = await creator(world, room.recipient_id, sent_at.date().replace(day=1))
    assert found.opening == outbox.Diamonds(0, 0, 0)
    assert sum(day.milli_diamonds for day in found.days) == 520_000
    reversed_milli = sum(day.reversed for day in found.days)
    assert [day.date for day in found.days if day.reversed] == [clock[0].date()]
    assert reversed_milli == 7_500
    assert sum(day.matured for day in found.days) == 500_000
    assert found.closing == outbox.Diamonds(520_000 - 500_000 - 7_500, 500_000, 0)
    assert sum(day.paid_out for day in found.days) == 0
    following = await creator(world, room.recipient_id, now().date().replace(day=1))
    assert following.opening == found.closing
    balances = await world.balances(room.recipient_id)
    assert following.closing.pending == balances[Code.DIAMONDS_PENDING]


async def test_statements_over_http(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn
) -> None:
    stream = await stage.stream("Piano")
    assert (await stage.give(vera, f"streams/{stream}", "rose", 5))[1].status_code == 201
    month = f"{now():%Y-%m}"
    view = (await client.get(f"/v1/wallet/statements/{month}", headers=vera.headers)).json()
    assert view["month"] == month
    assert view["opening"] == {"coins_paid": 0, "coins_bonus": 0, "coins_owed": 0}
    assert view["closing"]["coins_paid"] == 995
    assert view["gifts"] == {"count": 1, "coins_paid": 5, "coins_bonus": 0}
    assert view["entries"][0]["total"] == {"amount_minor": 1057, "currency": "USD"}
    view = (await client.get(f"/v1/creator/statements/{month}", headers=nora.headers)).json()
    assert view["closing"]["pending_milli_diamonds"] == view["milli_diamonds"] == 2_500
    assert (view["days"][0]["gifts"], view["days"][0]["coins"]) == (1, 5)


async def test_months_that_are_none_or_have_not_begun_are_refused(
    client: httpx.AsyncClient, nora: SignedIn, users: MakeUser
) -> None:
    for side in ("wallet", "creator"):
        url = f"/v1/{side}/statements/"
        for month in (
            "2025-13",
            "2025-00",
            "0000-01",
            "25-1",
            "2025-1",
            "2025-01-01",
            "x",
            "\u0662025-01",
        ):
            answer = await client.get(url + month, headers=nora.headers)
            assert answer.status_code == 422, (month, answer.text)
        for month in ("9999-12", f"{now() + timedelta(days=32):%Y-%m}"):
            answer = await client.get(url + month, headers=nora.headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "month_not_begun")
        assert (await client.get(url + "1000-01", headers=nora.headers)).status_code == 200
        assert (await client.get(url + "2025-01")).status_code == 401
    viewer = await users("Vic")
    answer = await client.get("/v1/creator/statements/2025-01", headers=viewer.headers)
    assert answer.status_code == 403
