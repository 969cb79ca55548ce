"""What is a message of the protocol, and what is not."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from largesse.identity import Person
from largesse.ledger import GiftEntry, GiftRequest, WalletState
from largesse.realtime.limits import TokenBucket
from largesse.realtime.protocol import Ack, read_client_message
from largesse.realtime.writing import write_error, write_event, write_gift_ack
from largesse.types import new_id, now
from largesse.wallet import wallet_view
from tests.realtime.conftest import gift

ID = "01941f29-7c00-7000-8000-000000000001"


@pytest.mark.parametrize(
    "message",
    [
        {"op": "join"},
        {"op": "join", "token": None, "after": None},
        {"op": "join", "token": "x", "after": 0},
        {"op": "gift", "id": ID, "gift": "rose", "count": 1},
        {"op": "gift", "id": ID, "gift": "rose", "count": -(10**30)},
        {"op": "chat", "id": ID, "text": ""},
        {"op": "ping"},
    ],
)
def test_well_formed_messages_are_read(message: dict[str, object]) -> None:
    assert read_client_message(json.dumps(message)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '"join"',
        "{}",
        '{"op":"shout"}',
        '{"op":["gift"]}',
        '{"op":"ping","more":1}',
        '{"op":"join","after":-1}',
        '{"op":"join","after":1.5}',
        '{"op":"join","after":9223372036854775808}',
        '{"op":"join","token":5}',
        f'{{"op":"join","token":"{"x" * 513}"}}',
        '{"op":"gift","id":"7","gift":"rose","count":1}',
        f'{{"op":"gift","id":"{ID}","gift":"rose","count":1.5}}',
        f'{{"op":"gift","id":"{ID}","gift":"rose","count":"1"}}',
        f'{{"op":"gift","id":"{ID}","gift":"rose","count":true}}',
        f'{{"op":"gift","id":"{ID}","gift":"","count":1}}',
        f'{{"op":"gift","id":"{ID}","count":1}}',
        f'{{"op":"chat","id":"{ID}","text":null}}',
        f'{{"op":"chat","id":"{ID}","text":"\\ud800"}}',
        '{"op":"ping"}{"op":"ping"}',
        "[" * 5000,
    ],
)
def test_malformed_messages_are_none(text: str) -> None:
    assert read_client_message(text) is None


def test_an_error_keeps_its_own_op_and_id() -> None:
    frame = json.loads(write_error(None, "gift_changed", "Changed.", op="x", id="y", version=2))
    assert frame == {
        "op": "error",
        "id": None,
        "code": "gift_changed",
        "detail": "Changed.",
        "version": 2,
    }


def test_an_error_writes_moments_as_the_rest_of_the_api_does() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    frame = json.loads(write_error(new_id(), "budget_exceeded", "No.", resets_at=moment))
    assert frame["resets_at"] == "2026-03-01T00:00:00Z"


def test_a_bucket_gives_a_burst_and_then_refuses() -> None:
    bucket = TokenBucket(rate_per_s=0.001, burst=3)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("duplicate", [False, True])
@pytest.mark.parametrize("budget", [None, 50])
def test_the_ack_of_a_gift_is_what_its_model_would_be(duplicate: bool, budget: int | None) -> None:
    at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    request = GiftRequest(
        id=UUID(ID),
        sender_id=new_id(),
        recipient_id=new_id(),
        room_id=new_id(),
        gift_type_no=1,
        count=1,
        coins=5,
        share_id=1,
        milli_diamonds=2500,
        hold_min_days=0,
        bonus_hold_days=0,
    )
    wallet = WalletState(7, 3, 0, budget is not None, 24324, 12, budget, None, None)
    entry = GiftEntry(request, 42, 5, 0, 0, 21, at, 1, 1, wallet, duplicate)
    shown_at = now() if duplicate else at
    expected = Ack(
        op="ack",
        id=request.id,
        seq=42,
        coins=5,
        milli_diamonds=2500,
        wallet=wallet_view(wallet, shown_at),
    )
    assert write_gift_ack(entry) == expected.model_dump_json()


@pytest.mark.parametrize("message", [None, 'a "quote", a \\ and 🌹\u2028', ""])
@pytest.mark.parametrize("microsecond", [0, 500_000, 123_456])
def test_a_gift_is_encoded_as_its_model_would_be(message: str | None, microsecond: int) -> None:
    event = gift(7, Person(id=new_id(), display_name='Vera "V" Lind\n'), 5).model_copy(
        update={
            "at": datetime(2026, 3, 1, 5, 7, 9, microsecond, tzinfo=UTC),
            "message": message,
            "streak": None if message is None else new_id(),
        }
    )
    assert write_event(event) == event.model_dump_json()
