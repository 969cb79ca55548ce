"""The judge itself: it must find what is not as it was told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from largesse.types import new_id
from tests.faults.judge import judge
from tests.faults.stage import Stage, make_stage
from tests.faults.tally import Answer, Tally, Wish
from tests.ledger.world import Room, World, gift

GIFTS = 6


async def played(world: World) -> tuple[Stage, Tally]:
    """A few gifts, and what their senders were told of them."""
    stage, tally = await make_stage(world.db.url, rich=1, poor=1, buyers=1), Tally()
    viewer, stream = stage.viewers[0], stage.streams[0]
    room = Room(stream.id, stream.recipient_id)
    async with world.writer() as writer:
        for _ in range(GIFTS):
            entry = await writer.submit(gift(viewer.id, room, 3))
            id_ = entry.request.id
            tally.sent[id_] = Wish(
                id_, viewer.id, viewer.token, stream.id, stream.recipient_id, "rose", 3, 3
            )
            tally.settle(tally.sent[id_], Answer(None, entry.seq, 3, 1_500))
    return stage, tally


async def test_what_agrees_is_right(world: World) -> None:
    stage, tally = await played(world)
    assert (await judge(world.db.url, stage, tally)).findings == []


def forget(tally: Tally) -> None:
    """Somebody paid, and was told nothing or that it was refused."""
    id_ = next(iter(tally.acknowledged))
    del tally.acknowledged[id_]
    tally.refused[id_] = "insufficient_coins"


def invent(tally: Tally) -> None:
    """Somebody was told of a gift that is not there."""
    wish = replace(next(iter(tally.sent.values())), id=new_id())
    tally.sent[wish.id] = wish
    tally.acknowledged[wish.id] = Answer(None, GIFTS + 1, 3, 1_500)


def renumber(tally: Tally) -> None:
    """Two were told the same number."""
    first, second, *_ = tally.acknowledged
    tally.acknowledged[first] = tally.acknowledged[second]


def overcharge(tally: Tally) -> None:
    """More was taken than was wished."""
    id_ = next(iter(tally.sent))
    tally.sent[id_] = replace(tally.sent[id_], coins=2)


def buy_nothing(tally: Tally) -> None:
    """An order was said to be credited, and is not."""
    order_id = new_id()
    tally.ordered.add(order_id)
    tally.credited[order_id] = (next(iter(tally.sent.values())).sender_id, 0)


def go_on_asking(tally: Tally) -> None:
    """A gift that nobody answered."""
    wish = replace(next(iter(tally.sent.values())), id=new_id())
    tally.sent[wish.id] = wish


@pytest.mark.parametrize(
    ("falsify", "sort"),
    [
        (forget, "doubled"),
        (invent, "lost"),
        (renumber, "wrong"),
        (overcharge, "doubled"),
        (buy_nothing, "lost"),
        (go_on_asking, "wrong"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
async def test_what_does_not_agree_is_found(
    world: World, falsify: Callable[[Tally], None], sort: str
) -> None:
    stage, tally = await played(world)
    falsify(tally)
    verdict = await judge(world.db.url, stage, tally)
    assert getattr(verdict, sort), verdict.findings


@pytest.mark.breaks_ledger
async def test_a_row_that_changed_is_found(world: World) -> None:
    stage, tally = await played(world)
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE gift SET coins_paid = coins_paid + 1 WHERE seq = 2")
    verdict = await judge(world.db.url, stage, tally)
    assert verdict.broken
    assert verdict.wrong


async def test_answers_that_change_are_noted() -> None:
    tally, id_ = Tally(), new_id()
    wish = Wish(id_, new_id(), "", new_id(), new_id(), "rose", 1, 1)
    tally.sent[id_] = wish
    tally.settle(wish, Answer(None, 1, 1, 500))
    tally.settle(wish, Answer(None, 1, 1, 500))
    assert tally.surprises == []
    tally.settle(wish, Answer(None, 2, 1, 500))
    tally.settle(wish, Answer("room_closed"))
    assert len(tally.surprises) == 2
