"""A bus may be away for days: what waits to be told takes no more memory for that, and the newest is told."""

import pytest

from largesse.realtime import letters, notices
from largesse.realtime.letters import Letters
from largesse.realtime.notices import Moved, Notice, Pending, TextRemoved
from largesse.realtime.told import tell_event
from largesse.types import new_id
from tests.realtime.conftest import chat


def test_of_too_many_notices_the_latest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "PENDING_MAX", 3)
    pending = Pending()
    told: list[Notice] = [TextRemoved(new_id(), str(new_id()), seq) for seq in range(5)]
    for notice in told:
        pending.add(notice)
    assert pending.take() == told[2:]
    pending.give_back(told[:3])
    pending.add(told[4])
    assert pending.take() == [*told[1:3], told[4]]


def test_a_room_that_goes_on_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "PENDING_MAX", 3)
    pending, room_id = Pending(), new_id()
    other: Notice = Moved(new_id(), 1)
    pending.add(other)
    for seq in range(100):
        pending.add(Moved(room_id, seq))
    assert pending.take() == [other, Moved(room_id, 99)]


def test_of_too_many_rooms_the_latest_are_told_and_their_texts_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [tell_event(chat(seq)) for seq in (1, 2)]
    size = sum(len(event.text) for event in told)
    monkeypatch.setattr(letters, "LETTERS_MAX", 2)
    monkeypatch.setattr(letters, "WAITING_BYTES_MAX", 3 * size)
    waiting, rooms = Letters(), [new_id() for _ in range(6)]
    for room_id in rooms:
        waiting.add(room_id, told)
    taken = waiting.take()
    assert [letter.room_id for letter in taken] == rooms[4:]
    assert [letter.seq for letter in taken] == [2, 2]
    # Those that were let go of made room for these.
    assert [list(letter.texts) for letter in taken] == [[event.text for event in told]] * 2
