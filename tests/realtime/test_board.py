"""Paid messages on top of a chat, whatever the clocks say."""

from datetime import UTC, datetime, timedelta

from largesse.realtime import PaidMessageEvent
from largesse.realtime.limits import PINNED_KEPT
from largesse.realtime.parts import Board, BoardStart
from largesse.types import new_id
from tests.realtime.conftest import CREATOR

PINNED_MAX = BoardStart().pinned_max
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def paid(seq: int, at: datetime, pin_s: int = 60) -> PaidMessageEvent:
    return PaidMessageEvent(
        type="paid_message",
        seq=seq,
        at=at,
        id=new_id(),
        sender=CREATOR,
        coins=10,
        milli_diamonds=5000,
        tier=2,
        color="#112233",
        pin_s=pin_s,
        pinned_until=at + timedelta(seconds=pin_s),
        state="shown",
        text="hello",
    )


def test_a_clock_that_was_ahead_for_a_moment_takes_nothing_off_the_top() -> None:
    board = Board(BoardStart())
    ahead = NOON + timedelta(hours=1)
    for event in (paid(1, NOON), paid(2, ahead), paid(3, NOON + timedelta(seconds=1))):
        board.apply(event)
    shown = board.pinned(NOON + timedelta(seconds=2))
    assert [message.seq for message in shown] == [3, 2, 1]


def test_messages_whose_time_is_over_are_not_kept_for_ever() -> None:
    board = Board(BoardStart())
    for seq in range(1, 3 * PINNED_KEPT):
        board.apply(paid(seq, NOON + timedelta(seconds=seq), pin_s=1))
        assert len(board._pinned) <= PINNED_KEPT


def test_time_alone_lets_those_below_rise_and_each_is_told_once() -> None:
    board = Board(BoardStart())
    for seq in range(1, PINNED_MAX + 4):
        board.apply(paid(seq, NOON, pin_s=60 if seq <= 3 or seq > 5 else 5))
    dearest = list(range(PINNED_MAX + 3, 3, -1))
    assert [message.seq for message in board.show_pinned(NOON)] == dearest
    assert board.crowded
    assert board.risen(NOON) == []
    later = NOON + timedelta(seconds=6)
    assert [message.seq for message in board.risen(later)] == [3, 2]
    assert board.risen(later) == []
    assert [message.seq for message in board.show_pinned(later)] == [*dearest[:-2], 3, 2]
    assert board.risen(NOON + timedelta(seconds=61)) == []
    assert not board.crowded


def test_who_was_pushed_down_meanwhile_is_told_too() -> None:
    board = Board(BoardStart())
    for seq in range(1, PINNED_MAX + 1):
        board.apply(paid(seq, NOON, pin_s=60 if seq < PINNED_MAX else 5))
    board.show_pinned(NOON)
    board.apply(paid(PINNED_MAX + 1, NOON))
    assert board.show_pinned(NOON)[-1].seq == 2
    assert [message.seq for message in board.risen(NOON + timedelta(seconds=6))] == [1]
