"""Wallet history with its running balance, lots and gifts received."""

from datetime import UTC, datetime

import pytest

from largesse import ledger
from largesse.ledger.cursors import Place, decode, encode
from largesse.types import new_id
from tests.ledger.world import World, gift, send_together


async def whole_history(world: World, owner_id: object, limit: int) -> list[ledger.WalletEvent]:
    events: list[ledger.WalletEvent] = []
    cursor: str | None = None
    while True:
        async with world.db.read() as conn:
            page = await ledger.wallet_history(conn, owner_id, limit=limit, cursor=cursor)  # type: ignore[arg-type]
        events += page.items
        cursor = page.next_cursor
        if cursor is None:
            return events


async def test_history_runs_back_from_the_present_balance(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    first = await world.top_up(sender, 100, 10)
    async with world.writer() as writer:
        await send_together(writer, [gift(sender, room, 8), gift(sender, room, 7)])
        second = await world.top_up(sender, 50)
        await writer.submit(gift(sender, room, 20))
    await world.take_back(sender, second, "refund")
    for limit in (1, 2, 100):
        events = await whole_history(world, sender, limit)
        assert [event.kind for event in events] == [
            "refund",
            "gift",
            "top_up",
            "gift",
            "gift",
            "top_up",
        ]
        assert [(event.coins_paid, event.coins_bonus) for event in events] == [
            (-50, 0), (-20, 0), (50, 0), (-5, -2), (0, -8), (100, 10),
        ]  # fmt: skip
        assert [event.balance_after for event in events] == [75, 125, 145, 95, 102, 110]
        assert [event.order_id for event in events] == [second, None, second, None, None, first]
    gift_row = events[1].gift
    assert gift_row is not None
    assert (gift_row.coins, gift_row.recipient_id) == (20, room.recipient_id)


async def test_new_entries_do_not_shift_a_page_that_is_being_read(world: World) -> None:
    sender = await world.viewer(10)
    await world.top_up(sender, 20)
    async with world.db.read() as conn:
        page = await ledger.wallet_history(conn, sender, limit=1)
    await world.top_up(sender, 30)
    async with world.db.read() as conn:
        rest = await ledger.wallet_history(conn, sender, limit=5, cursor=page.next_cursor)
    assert [(event.coins_paid, event.balance_after) for event in rest.items] == [(10, 10)]


async def test_a_chargeback_of_spent_coins_shows_though_no_coin_moves(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    order_id = await world.top_up(sender, 10)
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 10))
    await world.take_back(sender, order_id)
    events = await whole_history(world, sender, 10)
    assert [(event.kind, event.balance_after) for event in events] == [
        ("chargeback", 0),
        ("gift", 0),
        ("top_up", 10),
    ]


@pytest.mark.parametrize("cursor", ["", "?", "AAAA", "W10", "bm90IGpzb24", "ü", "WzEsMiwzXQ"])
async def test_a_made_up_cursor_is_refused(world: World, cursor: str) -> None:
    async with world.db.read() as conn:
        with pytest.raises(ledger.CursorInvalid):
            await ledger.wallet_history(conn, new_id(), limit=1, cursor=cursor)


def test_cursors_keep_their_place() -> None:
    place = Place(datetime(2025, 3, 4, 5, 6, 7, 8, tzinfo=UTC), new_id(), 2**62)
    assert decode(encode(place)) == place


async def test_lots_come_newest_first_in_pages(world: World) -> None:
    owner_id = await world.viewer(10)
    second = await world.top_up(owner_id, 20)
    async with world.db.read() as conn:
        page = await ledger.lots(conn, owner_id, limit=1)
        rest = await ledger.lots(conn, owner_id, limit=1, cursor=page.next_cursor)
    assert [lot.id for lot in page.items] == [second]
    assert [lot.coins for lot in rest.items] == [10]
    assert rest.next_cursor is None


async def test_received_gifts_come_newest_first_in_pages(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        for coins in (1, 2, 3):
            await writer.submit(gift(sender, room, coins))
    async with world.db.read() as conn:
        page = await ledger.gifts_received(conn, room.recipient_id, limit=2)
        rest = await ledger.gifts_received(
            conn, room.recipient_id, limit=2, cursor=page.next_cursor
        )
    assert [row.coins for row in page.items] == [3, 2]
    assert [row.coins for row in rest.items] == [1]
    assert rest.next_cursor is None
