"""A batch in the making: which gifts go together, and what is known of their rows before the database has decided.

`Columns` are packed while the database works on the batch before.
"""

from asyncio import Future
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from secrets import token_bytes
from typing import NamedTuple

from largesse.errors import ValidationFailed
from largesse.ledger import chain
from largesse.ledger.arrays import (
    bigints,
    booleans_or_null,
    integers,
    optional_byteas,
    optional_texts,
    optional_uuids,
    smallints,
    uuids,
)
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import GIFT_COINS_MAX, GiftEntry, GiftRequest

SALT_BYTES = 16
PART_GIFTS = 256
"""Gifts that are paid for by one statement: its answer is worked on while the next statement runs."""
_INT4_MAX = 2**31 - 1


class Item:
    """A request, its ids as raw bytes, what is known of its leaf, and the waiter's future."""

    __slots__ = ("digest", "future", "id", "key", "leaf_head", "leaf_tail", "recipient",
                 "request", "room", "salt", "sender", "streak")  # fmt: skip

    def __init__(self, request: GiftRequest, future: "Future[GiftEntry]") -> None:
        self.request = request
        self.future = future
        self.sender = sender = request.sender_id.bytes
        self.id = id = request.id.bytes
        self.recipient = request.recipient_id.bytes
        self.room = request.room_id.bytes
        self.key = sender + id
        self.leaf_head = chain.gift_head(sender, id, self.recipient, self.room)
        self.streak = request.streak_id.bytes if request.streak_id is not None else None
        self.salt = self.digest = None
        if request.message is not None:
            self.salt = token_bytes(SALT_BYTES)
            self.digest = chain.message_digest(self.salt, request.message)
        self.leaf_tail = chain.gift_tail(self.streak, request.message, self.digest)


def assert_writable(request: GiftRequest) -> None:
    """Refuse what no row could hold, so that it never meets other people's gifts in a batch."""
    if not 0 < request.coins <= GIFT_COINS_MAX or not 0 < request.count <= _INT4_MAX:
        raise AmountTooLarge
    assert 0 <= request.milli_diamonds <= request.coins * 1000
    message = request.message
    if message is not None and ("\0" in message or not _is_utf8(message)):
        error = {"field": "message", "message": "This text holds characters that cannot be stored."}
        raise ValidationFailed(errors=[error])


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_order = attrgetter("key")
_sender = attrgetter("sender")
_room = attrgetter("room")
_anonymous = attrgetter("anonymous")


class Part(NamedTuple):
    """Senders who pay in one statement: places in the plan's lists."""

    first: int
    end: int


class Plan:
    """The gifts of one attempt in canonical order (sender, id), their senders, and the rooms they want numbers of."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = sorted(items, key=_order)
        coins: dict[bytes, int] = {}
        hidden = False
        self.worded: list[Item] = []
        """Those whose messages were looked at by rules that may have changed."""
        for item in self.items:
            request = item.request
            coins[item.sender] = coins.get(item.sender, 0) + request.coins
            hidden = hidden or request.anonymous
            if request.rules_no is not None:
                self.worded.append(item)
        self.senders = list(coins)
        self.coins = list(coins.values())
        self.ends = list(accumulate(Counter(map(_sender, self.items)).values()))
        """Where each sender's gifts end; they begin where those of the sender before end."""
        self.named = _named(self.items, self.senders) if hidden else [True] * len(coins)
        """Whether a sender gives anything under his name."""
        self.parts = _parts(self.ends)
        seats = room_counts(self.items)
        self.rooms = sorted(seats)
        self.seats = [seats[room] for room in self.rooms]

    @cached_property
    def columns(self) -> "Columns":
        """The columns of all gifts, should all of them be paid for."""
        return Columns(self.items)


def room_counts(items: Iterable[Item]) -> Counter[bytes]:
    """How many of the gifts each room has."""
    return Counter(map(_room, items))


def _named(items: Iterable[Item], senders: Iterable[bytes]) -> list[bool]:
    named = {item.sender for item in items if not item.request.anonymous}
    return [sender in named for sender in senders]


def _parts(ends: list[int]) -> list[Part]:
    """As few parts as hold about `PART_GIFTS` each; one sender's gifts stay together."""
    parts: list[Part] = []
    first = gifts = 0
    while first < len(ends):
        end = min(bisect_left(ends, gifts + PART_GIFTS) + 1, len(ends))
        parts.append(Part(first, end))
        first, gifts = end, ends[end - 1]
    return parts


class Columns:
    """What is known of the rows before the database has decided, as PostgreSQL takes it."""

    def __init__(self, items: list[Item]) -> None:
        requests = [item.request for item in items]
        milli: dict[bytes, int] = {}
        for item in items:
            milli[item.recipient] = milli.get(item.recipient, 0) + item.request.milli_diamonds
        receivers = sorted(owner for owner, amount in milli.items() if amount)
        self.recipients = uuids(receivers)
        self.received = bigints([milli[owner] for owner in receivers])
        self.senders = uuids([item.sender for item in items])
        self.ids = uuids([item.id for item in items])
        self.recipient = uuids([item.recipient for item in items])
        self.rooms = uuids([item.room for item in items])
        self.milli_diamonds = bigints([request.milli_diamonds for request in requests])
        self.counts = integers([request.count for request in requests])
        self.types = integers([request.gift_type_no for request in requests])
        self.shares = smallints([request.share_id for request in requests])
        self.streaks = optional_uuids([item.streak for item in items])
        self.messages = optional_texts([request.message for request in requests])
        self.salts = optional_byteas([item.salt for item in items])
        self.digests = optional_byteas([item.digest for item in items])
        self.anonymous = booleans_or_null(list(map(_anonymous, requests)))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a lane's chain."""

    lane: int
    no: int
    hash: bytes
