"""What processes tell each other, and how it is written."""

from uuid import uuid4

import pytest

from largesse.realtime.audience import TRUST_S, Audience
from largesse.realtime.notices import (
    BanChanged,
    GiftingSwitched,
    LiveChanged,
    Moved,
    Notice,
    OverlaysChanged,
    OverlayTried,
    Pending,
    Watched,
    decode,
    encode,
)
from largesse.types import new_id

ROOM, OTHER = new_id(), new_id()


def test_of_several_notices_about_the_same_thing_the_last_one_is_told() -> None:
    pending = Pending()
    for notice in (Moved(ROOM, 5), Moved(ROOM, 4), Moved(OTHER, 1), Watched(ROOM, 9)):
        pending.add(notice)
    pending.add(GiftingSwitched(ROOM, True))
    pending.add(GiftingSwitched(ROOM, False))
    pending.add(Watched(ROOM, 0))
    taken = pending.take()
    assert sorted(map(repr, taken)) == sorted(
        map(repr, [Moved(ROOM, 5), Moved(OTHER, 1), Watched(ROOM, 0), GiftingSwitched(ROOM, False)])
    )
    assert not pending


def test_what_could_not_be_told_does_not_overwrite_what_is_newer() -> None:
    pending = Pending()
    pending.add(Moved(ROOM, 7))
    pending.add(Watched(ROOM, 3))
    lost = pending.take()
    pending.add(Moved(ROOM, 6))
    pending.add(Watched(ROOM, 4))
    pending.give_back(lost)
    assert set(pending.take()) == {Moved(ROOM, 7), Watched(ROOM, 4)}


def test_messages_are_split_and_read_back() -> None:
    origin = uuid4()
    notices: list[Notice] = [Moved(new_id(), number) for number in range(500)]
    notices += [LiveChanged(ROOM), OverlaysChanged(ROOM), GiftingSwitched(ROOM, True)]
    notices += [OverlayTried(ROOM, str(OTHER), '{"op":"test"}')]
    notices += [
        BanChanged(ROOM, str(OTHER), str(ROOM), str(OTHER), True, "2026-11-22T15:00:00+00:00")
    ]
    messages = list(encode(origin, notices, bytes_max=1000))
    assert max(len(message.encode()) for message in messages) <= 1000
    assert len(messages) > 1
    read = [decode(message) for message in messages]
    assert {teller for teller, _ in read} == {origin}
    assert [notice for _, told in read for notice in told] == notices


def test_what_no_message_can_hold_is_left_out() -> None:
    long = OverlayTried(ROOM, str(OTHER), "x" * 1000)
    messages = list(encode(uuid4(), [Moved(ROOM, 1), long, Moved(OTHER, 2)], bytes_max=1000))
    assert max(map(len, messages)) <= 1000
    assert [decode(message)[1] for message in messages] == [[Moved(ROOM, 1), Moved(OTHER, 2)]]


def test_a_process_without_news_says_that_it_lives() -> None:
    origin = uuid4()
    (message,) = encode(origin, [], bytes_max=1000)
    assert decode(message) == (origin, [])


def test_what_a_newer_release_tells_is_left_out() -> None:
    message = f'["{ROOM}",["invented","{ROOM}",1,2],["live","{OTHER}"]]'
    assert decode(message) == (ROOM, [LiveChanged(OTHER)])


@pytest.mark.parametrize("message", ["", "no json", "[]", "{}", "7", '["x"]', '["x",["live"]]'])
def test_nonsense_is_refused(message: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        decode(message)


def test_viewers_elsewhere_count_until_their_process_is_silent() -> None:
    now_s = 0.0
    audience = Audience(lambda: now_s)
    one, two = uuid4(), uuid4()
    audience.count(one, ROOM, 3)
    audience.count(two, ROOM, 4)
    audience.count(two, OTHER, 1)
    audience.count(two, OTHER, 0)
    assert audience.by_room() == {ROOM: 7}
    now_s = TRUST_S
    audience.count(two, ROOM, 5)
    now_s += 1
    assert audience.forget_old() == [ROOM]
    assert audience.viewers(ROOM) == 5
