"""A batch in the making: which gifts go together, and, once the database has decided, the rows they become.

While the database works on one batch, what is known of the next is packed already (`Columns`); between two round trips
only what depends on the answer is done (`seal`); the hash and what waiters are told come while rows are written.
"""

from asyncio import Future
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from secrets import token_bytes
from typing import TypeAlias

from largesse.errors import ValidationFailed
from largesse.ledger import chain
from largesse.ledger.arrays import (
    bigints,
    integers,
    optional_byteas,
    optional_texts,
    optional_uuids,
    smallints,
    uuids,
)
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import GIFT_COINS_MAX, GiftEntry, GiftRequest, WalletState, month_of

SALT_BYTES = 16
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

Paid: TypeAlias = tuple[int, int, int, int, int, int, int | None, int | None, datetime | None]
"""What a sender's balance row became: amount, bonus, turnover, bonus_taken, month_spent, hold_days, and the budget:
budget, budget_next, budget_next_at."""


class Plan:
    """The gifts of one attempt in canonical order (sender, id), grouped by sender."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = sorted(items, key=_order)
        self.senders: list[bytes] = []
        self.coins: list[int] = []
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        position = 0
        for sender, group in groupby(self.items, key=_sender):
            coins = [item.request.coins for item in group]
            self.senders.append(sender)
            self.coins.append(sum(coins))
            self.firsts.append(position + 1)  # SQL arrays count from one
            position += len(coins)
            self.lasts.append(position)

    @cached_property
    def columns(self) -> "Columns":
        """The columns of all gifts, should all of them be paid for."""
        return Columns(self.items)


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


@dataclass(slots=True)
class Taken:
    """What the first round trip decided."""

    paid: dict[int, Paid]
    """By the first place of a sender's gifts in the plan, counted from one."""
    last_seqs: dict[bytes, int]
    """By room: the last number given out, of those that took the gifts."""

    def unpaid_items(self, plan: Plan) -> list[Item]:
        """Gifts of senders who did not pay."""
        if len(self.paid) == len(plan.senders):
            return []
        return [
            item
            for first, last in zip(plan.firsts, plan.lasts, strict=True)
            if first not in self.paid
            for item in plan.items[first - 1 : last]
        ]

    def unseated_items(self, plan: Plan) -> list[Item]:
        """Paid gifts whose room did not take them."""
        if self.last_seqs.keys() >= {item.room for item in plan.items}:
            return []
        return [
            item
            for first, last in zip(plan.firsts, plan.lasts, strict=True)
            if first in self.paid
            for item in plan.items[first - 1 : last]
            if item.room not in self.last_seqs
        ]


@dataclass(frozen=True, slots=True)
class Group:
    """One sender's gifts in a batch, and his wallet after all of them."""

    items: list[Item]
    coins: int
    paid: Paid


@dataclass(frozen=True)
class Sealed:
    """A batch as it is written: its rows in canonical order, and the hash that covers them."""

    lane: int
    no: int
    prev_hash: bytes
    created_at: datetime
    groups: list[Group]
    items: list[Item]
    columns: Columns
    seqs: list[int]
    paid: list[int]
    bonus: list[int]
    before: list[int]
    holds: list[int]

    @cached_property
    def hash(self) -> bytes:
        """Asked for when the rows are on their way: the database works meanwhile."""
        time = chain.microseconds(self.created_at)
        rows = zip(
            self.items, self.seqs, self.paid, self.bonus, self.before, self.holds, strict=True
        )
        leaves = []
        for item, seq, paid, bonus, before, hold_days in rows:
            gift = item.request
            body = chain.gift_body(
                seq, paid, bonus, before, gift.milli_diamonds, time, gift.count,
                gift.gift_type_no, gift.share_id, hold_days,
            )  # fmt: skip
            leaves.append(sha256(item.leaf_head + body + item.leaf_tail).digest())
        return chain.batch_hash(self.prev_hash, self.lane, self.no, time, leaves, ())

    @cached_property
    def entries(self) -> list[GiftEntry]:
        """What the waiters are told: each gift, and the wallet after it."""
        entries: list[GiftEntry] = []
        month, at, lane, no = month_of(self.created_at), self.created_at, self.lane, self.no
        rows = zip(self.seqs, self.paid, self.bonus, self.before, self.holds, strict=True)
        for group in self.groups:
            amount, bonus, _, bonus_taken, month_spent, _, budget, budget_next, next_at = group.paid
            amount += group.coins - bonus_taken
            bonus += bonus_taken
            month_spent -= group.coins
            for item in group.items:
                seq, coins_paid, coins_bonus, before, hold_days = next(rows)
                amount -= coins_paid
                bonus -= coins_bonus
                month_spent += coins_paid + coins_bonus
                wallet = WalletState(
                    amount, bonus, 0, False, month, month_spent, budget, budget_next, next_at
                )
                entry = GiftEntry(
                    item.request, seq, coins_paid, coins_bonus, before, hold_days, at,
                    lane, no, wallet, False,
                )  # fmt: skip
                entries.append(entry)
        return entries


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a lane's chain."""

    lane: int
    no: int
    hash: bytes


def seal(plan: Plan, taken: Taken, head: Head, at: datetime) -> Sealed:
    """Turn the decisions into rows: split each sender's coins, number each room's gifts."""
    groups = [
        Group(plan.items[first - 1 : last], coins, taken.paid[first])
        for first, last, coins in zip(plan.firsts, plan.lasts, plan.coins, strict=True)
        if first in taken.paid
    ]
    whole = len(groups) == len(plan.senders)
    items = plan.items if whole else [item for group in groups for item in group.items]
    columns = plan.columns if whole else Columns(items)
    rows = _settle(groups, _first_seqs(items, taken))
    return Sealed(head.lane, head.no + 1, head.hash, at, groups, items, columns, *rows)


def _first_seqs(items: list[Item], taken: Taken) -> dict[bytes, int]:
    """Per room the number before the first one this batch was given."""
    seqs = dict(taken.last_seqs)
    for item in items:
        seqs[item.room] -= 1
    return seqs


Rows: TypeAlias = tuple[list[int], list[int], list[int], list[int], list[int]]
"""Numbers, paid coins, bonus coins, paid turnover before, hold days: one of each for every gift."""


def _settle(groups: list[Group], last_seqs: dict[bytes, int]) -> Rows:
    """Bonus coins go first; each gift knows the paid turnover before it."""
    rows: Rows = ([], [], [], [], [])
    seqs, paid, bonus, before, holds = rows
    for group in groups:
        _, bonus_left, turnover, bonus_taken, _, hold_days, *_ = group.paid
        bonus_left += bonus_taken
        spent = turnover - (group.coins - bonus_taken)
        for item in group.items:
            request = item.request
            coins = request.coins
            coins_bonus = coins if coins < bonus_left else bonus_left
            coins_paid = coins - coins_bonus
            bonus_left -= coins_bonus
            last_seqs[item.room] = seq = last_seqs[item.room] + 1
            seqs.append(seq)
            paid.append(coins_paid)
            bonus.append(coins_bonus)
            before.append(spent)
            holds.append(
                max(hold_days, request.hold_min_days) if coins_paid else request.bonus_hold_days
            )
            spent += coins_paid
    return rows
