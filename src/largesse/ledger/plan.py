"""A batch in the making: which gifts go together, and, once the database has decided, the rows they become."""

from asyncio import Future
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from secrets import token_bytes
from typing import NamedTuple

from largesse.errors import ValidationFailed
from largesse.ledger import chain
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import GIFT_COINS_MAX, GiftEntry, GiftRequest, WalletState, month_of

SALT_BYTES = 16
_INT4_MAX = 2**31 - 1


class Item:
    """A request, its ids as raw bytes, and the waiter's future."""

    __slots__ = ("digest", "future", "id", "recipient", "request", "room", "salt", "sender")

    def __init__(self, request: GiftRequest, future: "Future[GiftEntry]") -> None:
        self.request = request
        self.future = future
        self.sender = request.sender_id.bytes
        self.id = request.id.bytes
        self.recipient = request.recipient_id.bytes
        self.room = request.room_id.bytes
        self.salt: bytes | None = None
        self.digest: bytes | None = None
        if request.message is not None:
            self.salt = token_bytes(SALT_BYTES)
            self.digest = chain.message_digest(self.salt, request.message)


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


def _order(item: Item) -> tuple[bytes, bytes]:
    return item.sender, item.id


class Plan:
    """The gifts of one attempt in canonical order (sender, id), grouped by sender."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = sorted(items, key=_order)
        self.senders: list[bytes] = []
        self.coins: list[int] = []
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        position = 0
        for sender, group in groupby(self.items, key=lambda item: item.sender):
            coins = [item.request.coins for item in group]
            self.senders.append(sender)
            self.coins.append(sum(coins))
            self.firsts.append(position + 1)  # SQL arrays count from one
            position += len(coins)
            self.lasts.append(position)


class Paid(NamedTuple):
    """What a sender's balance row became when it paid for gifts `first` to `last` of the plan."""

    first: int
    amount: int
    bonus: int
    turnover: int
    bonus_taken: int
    month_spent: int
    hold_days: int
    budget: int | None
    budget_next: int | None
    budget_next_at: datetime | None


@dataclass(slots=True)
class Taken:
    """What the first round trip decided."""

    paid: dict[int, Paid]
    """By index of the sender in the plan."""
    last_seqs: dict[bytes, int]
    """By room: the last number given out, of those that took the gifts."""

    def unpaid_items(self, plan: Plan) -> list[Item]:
        """Gifts of senders who did not pay."""
        if len(self.paid) == len(plan.senders):
            return []
        return [
            item
            for index in range(len(plan.senders))
            if index not in self.paid
            for item in plan.items[plan.firsts[index] - 1 : plan.lasts[index]]
        ]

    def unseated_items(self, plan: Plan) -> list[Item]:
        """Paid gifts whose room did not take them."""
        return [
            item
            for index in self.paid
            for item in plan.items[plan.firsts[index] - 1 : plan.lasts[index]]
            if item.room not in self.last_seqs
        ]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch ready to be written: rows, and the hash that covers them."""

    lane: int
    no: int
    prev_hash: bytes
    hash: bytes
    created_at: datetime
    items: list[Item]
    entries: list[GiftEntry]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a lane's chain."""

    lane: int
    no: int
    hash: bytes


def seal(plan: Plan, taken: Taken, head: Head, at: datetime) -> Sealed:
    """Turn the decisions into rows: split each sender's coins, number each room's gifts, hash the batch."""
    items: list[Item] = []
    entries: list[GiftEntry] = []
    seqs = _first_seqs(plan, taken)
    lane, no = head.lane, head.no + 1
    for index in sorted(taken.paid):
        group = plan.items[plan.firsts[index] - 1 : plan.lasts[index]]
        items += group
        paid = taken.paid[index]
        _settle(entries, group, paid, plan.coins[index], seqs, lane, no, at)
    time = chain.microseconds(at)
    leaves = [_leaf(item, entry, time) for item, entry in zip(items, entries, strict=True)]
    digest = chain.batch_hash(head.hash, lane, no, time, leaves, ())
    return Sealed(lane, no, head.hash, digest, at, items, entries)


def _first_seqs(plan: Plan, taken: Taken) -> dict[bytes, int]:
    """Per room the number before the first one this batch was given."""
    seqs = dict(taken.last_seqs)
    for index in taken.paid:
        for item in plan.items[plan.firsts[index] - 1 : plan.lasts[index]]:
            seqs[item.room] -= 1
    return seqs


def _settle(
    entries: list[GiftEntry],
    group: list[Item],
    paid: Paid,
    coins_total: int,
    seqs: dict[bytes, int],
    lane: int,
    no: int,
    at: datetime,
) -> None:
    """Append one sender's entries: bonus coins go first, each gift knows the paid turnover before it."""
    bonus_left = paid.bonus + paid.bonus_taken
    paid_left = paid.amount + coins_total - paid.bonus_taken
    spent = paid.turnover - (coins_total - paid.bonus_taken)
    month_spent = paid.month_spent - coins_total
    month = month_of(at)
    for item in group:
        request = item.request
        coins = request.coins
        coins_bonus = coins if coins < bonus_left else bonus_left
        coins_paid = coins - coins_bonus
        bonus_left -= coins_bonus
        paid_left -= coins_paid
        month_spent += coins
        seq = seqs[item.room] = seqs[item.room] + 1
        wallet = WalletState(
            paid_left, bonus_left, 0, False, month, month_spent,
            paid.budget, paid.budget_next, paid.budget_next_at,
        )  # fmt: skip
        hold_days = request.bonus_hold_days
        if coins_paid:
            hold_days = max(paid.hold_days, request.hold_min_days)
        entry = GiftEntry(
            request, seq, coins_paid, coins_bonus, spent, hold_days, at, lane, no, wallet, False
        )
        entries.append(entry)
        spent += coins_paid


def _leaf(item: Item, entry: GiftEntry, time: int) -> bytes:
    request = item.request
    return chain.gift_leaf(
        item.sender, item.id, item.recipient, item.room, entry.seq, entry.coins_paid,
        entry.coins_bonus, entry.spent_before, request.milli_diamonds, time, request.count,
        request.gift_type_no, request.share_id, entry.hold_days,
        request.streak_id.bytes if request.streak_id is not None else None, request.message,
        item.digest,
    )  # fmt: skip
