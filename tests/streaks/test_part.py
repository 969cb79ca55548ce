"""The running totals of a room in memory."""

from uuid import UUID

from largesse.identity import Person
from largesse.realtime import (
    GiftEvent,
    GiftVersion,
    StreakEndEvent,
    StreaksStart,
    StreamEndEvent,
)
from largesse.realtime.parts import Streaks
from largesse.realtime.parts import streaks as part
from largesse.types import new_id, now

ROSE = GiftVersion(id=new_id(), version=1, slug="rose", name="Rose")
VERA = Person(id=new_id(), display_name="Vera")


def gift(seq: int, streak: UUID | None, count: int = 1, sender: Person = VERA) -> GiftEvent:
    return GiftEvent(
        type="gift",
        seq=seq,
        at=now(),
        id=new_id(),
        sender=sender,
        gift=ROSE,
        animation_kind="hop",
        count=count,
        coins=count,
        milli_diamonds=count * 500,
        streak=streak,
        message=None,
    )


def end_of(streaks: Streaks, seq: int) -> StreakEndEvent:
    return StreakEndEvent(type="streak_end", seq=seq, at=now(), total=streaks.open()[0])


def test_totals_are_told_once_however_many_gifts_came() -> None:
    streaks, streak = Streaks(StreaksStart()), new_id()
    for seq in range(1, 6):
        streaks.apply(gift(seq, streak, count=2))
    streaks.apply(gift(6, None))
    (told,) = streaks.take_told()
    assert (told.total.gifts, told.total.count, told.total.milli_diamonds) == (5, 10, 5000)
    assert streaks.take_told() == []
    streaks.apply(gift(7, streak))
    assert [event.total.count for event in streaks.take_told()] == [11]


def test_a_total_that_ended_in_the_same_frame_is_not_told() -> None:
    streaks, streak = Streaks(StreaksStart()), new_id()
    streaks.apply(gift(1, streak))
    streaks.apply(end_of(streaks, 2))
    assert (streaks.take_told(), streaks.open()) == ([], [])


def test_gifts_after_the_end_are_single_and_others_are_left_alone() -> None:
    streaks, streak = Streaks(StreaksStart()), new_id()
    first, single = gift(1, streak), gift(2, None)
    assert (streaks.settle(first), streaks.settle(single)) == (first, single)
    streaks.apply(first)
    end = end_of(streaks, 3)
    assert streaks.settle(end) is end
    streaks.apply(end)
    late = streaks.settle(gift(4, streak))
    assert isinstance(late, GiftEvent)
    assert late.streak is None
    streaks.apply(late)
    assert streaks.open() == []
    wims = gift(5, streak, sender=Person(id=new_id(), display_name="Wim"))
    assert streaks.settle(wims) is wims


def test_a_start_goes_on_where_it_was_read() -> None:
    before, streak = Streaks(StreaksStart()), new_id()
    before.apply(gift(1, streak, count=3))
    after = Streaks(StreaksStart(open=before.open()))
    assert after.take_told() == []
    for streaks in (before, after):
        streaks.apply(gift(2, streak))
    assert before.open() == after.open()


def test_the_end_of_the_stream_leaves_nothing_open() -> None:
    streaks = Streaks(StreaksStart())
    streaks.apply(gift(1, new_id()))
    streaks.apply(StreamEndEvent(type="stream_end", seq=2, at=now()))
    assert (streaks.open(), streaks.take_told()) == ([], [])


def test_so_many_ends_are_remembered() -> None:
    streaks = Streaks(StreaksStart())
    ids = [new_id() for _ in range(part._ENDED_MAX + 1)]
    for seq, streak in enumerate(ids):
        streaks.apply(gift(2 * seq + 1, streak))
        streaks.apply(end_of(streaks, 2 * seq + 2))
    first, last = streaks.settle(gift(1, ids[0])), streaks.settle(gift(2, ids[-1]))
    assert isinstance(first, GiftEvent)
    assert isinstance(last, GiftEvent)
    assert (first.streak, last.streak) == (ids[0], None)
