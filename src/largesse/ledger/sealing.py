"""What the database decided about a batch, and the rows it becomes.

Each part of a plan is settled while the next one is paid for; the hash and what waiters are told come while rows are
written.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from largesse.ledger import chain
from largesse.ledger.model import GiftEntry, WalletState, month_of
from largesse.ledger.plan import Columns, Head, Item, Part, Plan, room_counts

Paid: TypeAlias = tuple[
    int, int, int, int, int, int, int | None, int | None, datetime | None, int, bool
]  # fmt: skip
"""What a sender's balance row became: amount, bonus, turnover, bonus_taken, month_spent, hold_days, and the budget:
budget, budget_next, budget_next_at; how often he was barred; and whether he had never given before under his name."""


class Group(NamedTuple):
    """One sender's gifts in a batch, and his wallet after all of them."""

    items: list[Item]
    coins: int
    wallet: Paid


class Rows:
    """What the database decided about each gift, in the order of the gifts."""

    __slots__ = ("before", "bonus", "firsts", "holds", "paid")

    def __init__(self) -> None:
        self.paid: list[int] = []
        """Paid coins."""
        self.bonus: list[int] = []
        """Bonus coins."""
        self.before: list[int] = []
        """The sender's paid turnover before the gift."""
        self.holds: list[int] = []
        """Days that its diamonds stay pending."""
        self.firsts: list[int] = []
        """Places of gifts that are the first of their senders under their names."""

    def add(self, group: Group) -> None:
        """Bonus coins go first; each gift knows the paid turnover before it."""
        _, bonus_left, turnover, bonus_taken, _, hold_days, *_ = group.wallet
        bonus_left += bonus_taken
        spent = turnover - (group.coins - bonus_taken)
        if group.wallet[-1]:
            hidden = [item.request.anonymous for item in group.items]
            self.firsts.append(len(self.paid) + hidden.index(False))
        for item in group.items:
            request = item.request
            coins = request.coins
            coins_bonus = coins if coins < bonus_left else bonus_left
            coins_paid = coins - coins_bonus
            bonus_left -= coins_bonus
            self.paid.append(coins_paid)
            self.bonus.append(coins_bonus)
            self.before.append(spent)
            if coins_paid:
                least = request.hold_min_days
                self.holds.append(hold_days if hold_days > least else least)
            else:
                self.holds.append(request.bonus_hold_days)
            spent += coins_paid


class Taken:
    """What the first round trip of a batch decided, as its answers come."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.groups: list[Group] = []
        self.unpaid: list[Item] = []
        """Gifts of senders who did not pay."""
        self.barred: list[tuple[int, list[Item]]] = []
        """How often it changed where their sender may not give, and his gifts, if it ever did."""
        self.rows = Rows()
        self.last_seqs: dict[bytes, int] = {}
        """By room: the last number given out, of those that took the gifts."""
        self.rules_nos: dict[bytes, int] = {}
        """By room: which rules its texts obey, of those that took the gifts."""

    def settle(self, part: Part, paid: dict[int, Paid]) -> None:
        """Some senders paid, by their place in the plan; the others did not."""
        plan = self.plan
        begin = plan.ends[part.first - 1] if part.first else 0
        for place in range(part.first, part.end):
            end = plan.ends[place]
            items = plan.items[begin:end]
            begin = end
            if (wallet := paid.get(place)) is None:
                self.unpaid += items
                continue
            group = Group(items, plan.coins[place], wallet)
            self.groups.append(group)
            if bars := wallet[-2]:
                self.barred.append((bars, items))
            self.rows.add(group)

    @cached_property
    def items(self) -> list[Item]:
        """The gifts that are paid for, in canonical order."""
        if not self.unpaid:
            return self.plan.items
        return [item for group in self.groups for item in group.items]

    @cached_property
    def columns(self) -> Columns:
        """What is known of their rows without the database."""
        return self.plan.columns if not self.unpaid else Columns(self.items)

    def unseated(self) -> list[Item]:
        """Paid gifts whose room did not take them."""
        if len(self.last_seqs) == len(self.plan.rooms):
            return []
        return [item for item in self.items if item.room not in self.last_seqs]

    def outdated(self) -> list[Item]:
        """Gifts whose messages were looked at by other rules than their rooms have now."""
        nos = self.rules_nos
        return [
            item
            for item in self.plan.worded
            if item.room in nos and nos[item.room] != item.request.rules_no
        ]

    def vacate(self) -> dict[bytes, int]:
        """Take back the numbers of unpaid gifts; how many of each room."""
        vacated = room_counts(item for item in self.unpaid if item.room in self.last_seqs)
        for room, count in vacated.items():
            self.last_seqs[room] -= count
        return vacated

    def seqs(self) -> list[int]:
        """The number of each paid gift in its room."""
        counts = room_counts(self.items)
        seqs = {room: self.last_seqs[room] - count for room, count in counts.items()}
        found = []
        for item in self.items:
            seqs[item.room] = seq = seqs[item.room] + 1
            found.append(seq)
        return found


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
    rows: Rows

    @cached_property
    def hash(self) -> bytes:
        """Asked for when the rows are on their way: the database works meanwhile."""
        time = chain.microseconds(self.created_at)
        leaves = []
        for item, seq, paid, bonus, before, hold_days in self._rows():
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
        rows = self._rows()
        for group in self.groups:
            amount, bonus, _, taken, month_spent, _, budget, budget_next, next_at, *_ = group.wallet
            amount += group.coins - taken
            bonus += taken
            month_spent -= group.coins
            for _ in group.items:
                item, seq, coins_paid, coins_bonus, before, hold_days = next(rows)
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
        for place in self.rows.firsts:
            entries[place] = entries[place]._replace(first_ever=True)
        return entries

    def _rows(self) -> "zip[tuple[Item, int, int, int, int, int]]":
        rows = self.rows
        decided = (rows.paid, rows.bonus, rows.before, rows.holds)
        return zip(self.items, self.seqs, *decided, strict=True)


def seal(taken: Taken, head: Head, at: datetime) -> Sealed:
    """Turn the decisions into the next batch of a lane."""
    return Sealed(
        head.lane, head.no + 1, head.hash, at, taken.groups, taken.items, taken.columns,
        taken.seqs(), taken.rows,
    )  # fmt: skip
