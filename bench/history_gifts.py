"""Makes the gifts of a long history, with their chain, and streams them into the tables of their months by COPY.

Several processes share the work: each has a lane, viewers and creators of its own, so that none waits for another.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from struct import Struct

import psycopg
from psycopg.sql import SQL, Identifier

from largesse.ledger import chain

BATCH_SIZE = 512
HOLD_DAYS = 21
SHARE_MILLI = 500
"""Milli-diamonds of a coin, at the shipped share of 50 %."""
SKEW = 0.8
"""Zipf's exponent: of 25,000 viewers the first sends one gift in forty."""
POST_PERCENT = 10
_PRICES = ((1, 1), (1, 2), (5, 5), (10, 7), (30, 9), (100, 12))
"""Coins and the number of the gift type, as the catalogue is shipped."""

_EPOCH_2000 = 946_684_800_000_000
_COLUMNS = (
    "sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,"
    " milli_diamonds, created_at, batch_no, count, gift_type_no, lane, share_id, hold_days"
)
_ROW = Struct(">h i16s i16s i16s i16s iq iq iq iq iq iq iq ii ii ih ih ih".replace(" ", ""))
_COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_COPY_END = b"\xff\xff"
_TAIL = chain.gift_tail(None, None, None)


@dataclass(frozen=True, slots=True)
class Job:
    """What one process makes."""

    url: str
    lane: int
    seed: int
    gifts: int
    viewers: list[bytes]
    creators: list[bytes]
    posts: list[bytes]
    """One of each creator."""
    start: datetime
    end: datetime


@dataclass(slots=True)
class Made:
    """What one process made, but for the gifts themselves."""

    lane: int
    batches: list[tuple[int, int, bytes, bytes, int, int, datetime]] = field(default_factory=list)
    rooms: list[tuple[bytes, bytes, int, date | None]] = field(default_factory=list)
    """Id, recipient, last number, and the day of a stream (None: a post)."""
    spent: list[dict[date, int]] = field(default_factory=list)
    """Of each viewer, by month."""
    received: dict[bytes, int] = field(default_factory=dict)
    """Milli-diamonds of each creator."""


class _Room:
    __slots__ = ("id", "seq")

    def __init__(self, id: bytes) -> None:
        self.id = id
        self.seq = 0


def make(job: Job) -> Made:
    """Write the gifts of a job; run in a process of its own."""
    return _Maker(job).run()


class _Maker:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.made = Made(job.lane, spent=[{} for _ in job.viewers])
        self.chance = random.Random(job.seed)
        self.turnover = [0] * len(job.viewers)
        self.hash = chain.ZERO_HASH
        self.day: date | None = None
        self.streams: dict[int, _Room] = {}
        self.posts = [_Room(post) for post in job.posts]
        self.weights = [_zipf(len(job.viewers)), _zipf(len(job.creators))]

    def run(self) -> Made:
        with psycopg.connect(self.job.url) as conn:
            for month, batches in _months(self.job):
                statement = SQL("COPY {} (" + _COLUMNS + ") FROM STDIN (FORMAT binary)").format(
                    Identifier(f"gift_{month:%Y_%m}")
                )
                with conn.cursor() as cursor, cursor.copy(statement) as copy:
                    copy.write(_COPY_HEAD)
                    for no, at, size in batches:
                        copy.write(self.batch(month, no, at, size))
                    copy.write(_COPY_END)
        self._end_day()
        for creator, post in zip(self.job.creators, self.posts, strict=True):
            self.made.rooms.append((post.id, creator, post.seq, None))
        return self.made

    def batch(self, month: date, no: int, at: datetime, size: int) -> bytes:
        """The rows of one batch, as COPY takes them; the chain goes on."""
        job, chance = self.job, self.chance
        if at.date() != self.day:
            self._end_day()
            self.day = at.date()
        time = chain.microseconds(at)
        prefix = (time // 1000).to_bytes(6, "big")
        senders = chance.choices(range(len(job.viewers)), cum_weights=self.weights[0], k=size)
        creators = chance.choices(range(len(job.creators)), cum_weights=self.weights[1], k=size)
        prices = chance.choices(_PRICES, k=size)
        noise = chance.randbytes(10 * size)
        ids = [prefix + _versioned(noise[at : at + 10]) for at in range(0, 10 * size, 10)]
        gifts = zip(senders, ids, creators, prices, strict=True)
        rows, leaves = [], []
        for sender, id, creator, price in sorted(
            gifts, key=lambda gift: (job.viewers[gift[0]], gift[1])
        ):
            row, leaf = self._gift(month, no, time, sender, id, creator, *price)
            rows.append(row)
            leaves.append(leaf)
        digest = chain.batch_hash(self.hash, job.lane, no, time, leaves, ())
        self.made.batches.append((job.lane, no, self.hash, digest, size, 0, at))
        self.hash = digest
        return b"".join(rows)

    def _gift(
        self, month: date, no: int, time: int, sender: int, id: bytes, creator: int,
        coins: int, type_no: int,
    ) -> tuple[bytes, bytes]:  # fmt: skip
        job = self.job
        viewer, recipient = job.viewers[sender], job.creators[creator]
        room = self._room(creator, id)
        room.seq = seq = room.seq + 1
        before = self.turnover[sender]
        self.turnover[sender] = before + coins
        spent = self.made.spent[sender]
        spent[month] = spent.get(month, 0) + coins
        milli = coins * SHARE_MILLI
        received = self.made.received
        received[recipient] = received.get(recipient, 0) + milli
        head = chain.gift_head(viewer, id, recipient, room.id)
        body = chain.gift_body(seq, coins, 0, before, milli, time, 1, type_no, 1, HOLD_DAYS)
        row = _ROW.pack(
            16, 16, viewer, 16, id, 16, recipient, 16, room.id, 8, seq, 8, coins, 8, 0, 8, before,
            8, milli, 8, time - _EPOCH_2000, 8, no, 4, 1, 4, type_no, 2, job.lane, 2, 1, 2, HOLD_DAYS,
        )  # fmt: skip
        return row, sha256(head + body + _TAIL).digest()

    def _room(self, creator: int, id: bytes) -> _Room:
        """A creator's post now and then, else the stream of the day."""
        if id[15] * 100 < POST_PERCENT * 256:
            return self.posts[creator]
        stream = self.streams.get(creator)
        if stream is None:
            stream = _Room(id[:6] + _versioned(self.chance.randbytes(10)))
            self.streams[creator] = stream
        return stream

    def _end_day(self) -> None:
        for creator, room in self.streams.items():
            self.made.rooms.append((room.id, self.job.creators[creator], room.seq, self.day))
        self.streams.clear()


def _months(job: Job) -> Iterator[tuple[date, list[tuple[int, datetime, int]]]]:
    """Per month the batches: number, time, gifts. They are spread evenly from start to end."""
    count = -(-job.gifts // BATCH_SIZE)
    step = (job.end - job.start) / count
    months: dict[date, list[tuple[int, datetime, int]]] = {}
    for no in range(1, count + 1):
        at = job.start + step * no - timedelta(milliseconds=job.lane)
        size = min(BATCH_SIZE, job.gifts - (no - 1) * BATCH_SIZE)
        months.setdefault(at.date().replace(day=1), []).append((no, at.astimezone(UTC), size))
    yield from months.items()


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / rank**SKEW for rank in range(1, count + 1)))


def _versioned(noise: bytes) -> bytes:
    """The last ten bytes of a UUIDv7."""
    return bytes((0x70 | noise[0] & 15, noise[1], 0x80 | noise[2] & 63)) + noise[3:]
