"""When streaks are due, told by a clock of the test's own; and the ids of their ends."""

from uuid import UUID, uuid4

from largesse.gifts import StreakKey
from largesse.streaks.ids import end_id, shown_id
from largesse.streaks.timing import Timing
from largesse.types import new_id

ROOM, VERA, WIM = new_id(), new_id(), new_id()
SECRET, ANOTHER_SECRET = bytes(32), bytes([1] * 32)


def key(
    sender_id: UUID = VERA, streak: UUID | None = None, *, anonymous: bool = False
) -> StreakKey:
    return StreakKey(ROOM, sender_id, 1, streak or new_id(), anonymous)


def test_every_gift_puts_the_end_off() -> None:
    timing, streak = Timing(2, 600), key()
    for at_s in (0.0, 1.5, 3.0):
        timing.given(streak, int(at_s * 2) + 1, at_s)
    assert timing.take_due(4.9) == {}
    assert timing.take_due(5.0) == {ROOM: {streak: 7}}
    assert timing.take_due(9.0) == {}, "its end is being written"
    timing.forget([streak])
    assert (len(timing), timing.take_due(99.0)) == (0, {})


def test_a_streak_that_got_gifts_elsewhere_goes_on() -> None:
    timing, streak = Timing(2, 600), key()
    timing.given(streak, 1, 0.0)
    timing.take_due(2.0)
    timing.go_on(streak, 5, 4.0)
    assert timing.take_due(3.9) == {}
    assert timing.take_due(4.0) == {ROOM: {streak: 5}}


def test_a_gift_while_the_end_is_written_does_not_end_it_twice() -> None:
    timing, streak = Timing(2, 600), key()
    timing.given(streak, 1, 0.0)
    timing.take_due(2.0)
    timing.given(streak, 2, 2.1)
    timing.hasten(ROOM, VERA, 2.2)
    assert timing.take_due(50.0) == {}
    timing.go_on(streak, 2, 52.0)
    assert timing.take_due(52.0) == {ROOM: {streak: 2}}


def test_all_streaks_of_who_leaves_are_due_and_nobody_elses() -> None:
    timing, mine, also_mine, others = Timing(2, 600), key(), key(), key(WIM)
    for streak in (mine, also_mine, others):
        timing.given(streak, 1, 0.0)
    timing.hasten(ROOM, VERA, 0.5)
    timing.given(also_mine, 2, 0.4)  # was on its way
    assert timing.take_due(0.5) == {ROOM: {mine: 1}}
    assert timing.take_due(2.4) == {ROOM: {others: 1, also_mine: 2}}


def test_a_streak_is_not_longer_than_it_may_be() -> None:
    timing, streak = Timing(2, 10), key()
    for at_s in range(10):
        assert timing.given(streak, at_s + 1, float(at_s)) is (at_s == 0)
        assert timing.take_due(float(at_s)) == {}
    assert timing.given(streak, 11, 10.0)
    assert timing.take_due(10.0) == {ROOM: {streak: None}}
    timing.go_on(streak, 0, 11.0)  # the database was away
    timing.given(streak, 12, 10.9)
    assert timing.take_due(11.0) == {ROOM: {streak: None}}


def test_ids_of_ends_follow_from_key_and_secret() -> None:
    streak = key()
    assert end_id(SECRET, streak) == end_id(SECRET, streak)
    others = [
        streak._replace(room_id=WIM),
        streak._replace(sender_id=WIM),
        streak._replace(gift_type_no=2),
    ]
    others += [streak._replace(streak_id=new_id()), streak._replace(anonymous=True)]
    ids = {end_id(SECRET, other) for other in [streak, *others]} | {end_id(ANOTHER_SECRET, streak)}
    assert len(ids) == 7
    assert {id_.version for id_ in ids} == {8}


def test_an_end_lies_in_the_month_of_its_streak() -> None:
    streak = key()
    assert end_id(SECRET, streak).int >> 80 == streak.streak_id.int >> 80
    timeless = [end_id(SECRET, key(streak=uuid4())) for _ in range(50)]
    assert all(id_.int >> 127 for id_ in timeless)


def test_only_anonymous_streaks_are_shown_under_another_id() -> None:
    streak = key()
    assert shown_id(SECRET, streak) == streak.streak_id
    hidden = streak._replace(anonymous=True)
    assert shown_id(SECRET, hidden) not in (streak.streak_id, end_id(SECRET, hidden))
