"""Fills an empty database with a long history: people, purchases, rooms and millions of gifts, all in the chain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from bench.history_gifts import HOLD_DAYS, Job, Made, make
from largesse.ledger import Code, chain
from largesse.ledger.partitions import month_bounds
from largesse.types import PLATFORM_ID, new_id

MONTHS = 6
GIFTS_PER_VIEWER = 200
VIEWERS_PER_CREATOR = 50
PROCESSES = 2
_ENTRIES_PER_BATCH = 256
_INDEXES = (
    "ALTER TABLE {} ADD PRIMARY KEY (sender_id, id)",
    "CREATE INDEX ON {} (room_id, seq)",
    "CREATE INDEX ON {} (recipient_id, created_at)",
    "CREATE INDEX ON {} (lane, batch_no)",
)

Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Who is in the history; the first of each are the heaviest."""

    viewers: list[UUID]
    creators: list[UUID]
    posts: list[UUID]


def load(url: str, gifts: int, *, now: datetime) -> History:
    """Load `gifts` gifts of the last months up to `now`. The database has the schema and its defaults, and no gift."""
    start = datetime.combine(_months(now)[0], datetime.min.time(), UTC)
    viewers = max(100, gifts // GIFTS_PER_VIEWER)
    creators = max(4, viewers // VIEWERS_PER_CREATOR)
    people = [[new_id() for _ in range(count)] for count in (viewers, creators, creators)]
    history = History(*people)
    with psycopg.connect(url, autocommit=True) as conn:
        _add_people(conn, history, start)
        for month in _months(now):
            _add_table(conn, month)
    jobs = [_job(history, url, lane, gifts, start, now) for lane in range(1, PROCESSES + 1)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(make, jobs))
        list(pool.map(index_month, [url] * MONTHS, _months(now)))
    with psycopg.connect(url, autocommit=True) as conn:
        for month in _months(now):
            _attach(conn, month)
        for job, part in zip(jobs, made, strict=True):
            _add_results(conn, job, part)
        _add_purchases(conn, jobs, made)
        conn.execute("VACUUM ANALYZE")
    return history


def index_month(url: str, month: date) -> None:
    """Build the indexes of a month's gifts; run in a process of its own."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET maintenance_work_mem = '256MB'")
        for statement in _INDEXES:
            conn.execute(SQL(statement).format(_table(month)))


def _months(now: datetime) -> list[date]:
    months = [now.date().replace(day=1)]
    for _ in range(MONTHS - 1):
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return months


def _table(month: date) -> Identifier:
    return Identifier(f"gift_{month:%Y_%m}")


def _job(history: History, url: str, lane: int, gifts: int, start: datetime, end: datetime) -> Job:
    """Every PROCESSES-th viewer and creator, so that each process has some of the heaviest."""
    share = gifts // PROCESSES + (gifts % PROCESSES if lane == 1 else 0)
    viewers, creators, posts = (
        [id.bytes for id in ids[lane - 1 :: PROCESSES]]
        for ids in (history.viewers, history.creators, history.posts)
    )
    return Job(url, lane, lane, share, viewers, creators, posts, start, end)


def _add_people(conn: Connection, history: History, at: datetime) -> None:
    born = date(1990, 1, 1)
    _copy(
        conn,
        "app_user (id, display_name, country, birth_date, roles, created_at)",
        [(id, f"Viewer {n}", "US", born, ["viewer"], at) for n, id in enumerate(history.viewers)]
        + [
            (id, f"Creator {n}", "US", born, ["viewer", "creator"], at)
            for n, id in enumerate(history.creators)
        ],
    )
    posts = zip(history.posts, history.creators, strict=True)
    _copy(
        conn,
        "post (id, creator_id, caption, created_at)",
        [(post, creator, "Rain", at) for post, creator in posts],
    )
    _copy(conn, "lane (id)", [(lane,) for lane in range(1, PROCESSES + 1)])


def _add_table(conn: Connection, month: date) -> None:
    """A month's table without indexes, to be attached when it is full."""
    conn.execute(SQL("DROP TABLE IF EXISTS {}").format(_table(month)))
    conn.execute(SQL("CREATE TABLE {} (LIKE gift INCLUDING CONSTRAINTS)").format(_table(month)))
    comment = Literal("distributed by sender_id")
    conn.execute(SQL("COMMENT ON TABLE {} IS {}").format(_table(month), comment))


def _attach(conn: Connection, month: date) -> None:
    lowest, highest = (Literal(str(id)) for id in month_bounds(month))
    conn.execute(
        SQL("ALTER TABLE gift ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            _table(month), lowest, highest
        )
    )


def _add_results(conn: Connection, job: Job, made: Made) -> None:
    """Batches, rooms, streams and balances, as the gifts left them."""
    _copy(conn, "batch (lane, no, prev_hash, hash, gifts, transfers, created_at)", made.batches)
    rooms = [(UUID(bytes=id), UUID(bytes=to), seq, day) for id, to, seq, day in made.rooms]
    _copy(
        conn,
        "room (id, recipient_id, open, gifting, last_seq)",
        [(id, to, day is None, day is None, seq) for id, to, seq, day in rooms],
    )
    _copy(
        conn,
        "stream (id, creator_id, title, started_at, ended_at)",
        [(id, to, "Piano", day, day + timedelta(days=1)) for id, to, _, day in rooms if day],
    )
    received = [(UUID(bytes=to), milli) for to, milli in made.received.items()]
    _copy(conn, "balance (owner_id, code, amount)", [(to, 10, milli) for to, milli in received])
    spent = zip(job.viewers, made.spent, strict=True)
    _copy(
        conn,
        "balance (owner_id, code, turnover)",
        [(UUID(bytes=id), 1, sum(coins.values())) for id, coins in spent],
    )


def _add_purchases(conn: Connection, jobs: Sequence[Job], made: Sequence[Made]) -> None:
    """One top-up for each viewer and month: the coins that were given in it, which leaves every wallet empty."""
    orders: defaultdict[date, list[tuple[UUID, int, int]]] = defaultdict(list)
    for job, part in zip(jobs, made, strict=True):
        for id, spent in zip(job.viewers, part.spent, strict=True):
            start = 0
            for month in sorted(spent):
                orders[month].append((UUID(bytes=id), start, spent[month]))
                start += spent[month]
    prev_hash, no = chain.ZERO_HASH, 0
    for month in sorted(orders):
        at = datetime(month.year, month.month, 1, tzinfo=UTC) - timedelta(seconds=1)
        bought = sorted(orders[month])
        for first in range(0, len(bought), _ENTRIES_PER_BATCH):
            no += 1
            some = bought[first : first + _ENTRIES_PER_BATCH]
            prev_hash = _add_top_ups(conn, some, prev_hash, no, at)


def _add_top_ups(
    conn: Connection,
    bought: Iterable[tuple[UUID, int, int]],
    prev_hash: bytes,
    no: int,
    at: datetime,
) -> bytes:
    """A batch of top-ups on lane 0: a coin costs a cent. Answers with its hash."""
    lots, transfers, leaves = [], [], []
    for owner, start, coins in bought:
        order = new_id()
        lots.append((owner, order, order, start, coins, coins, 0, "USD", coins, 0, coins // 30,
                     "sandbox", "web", HOLD_DAYS, at))  # fmt: skip
        for line, (asset, source, code, to, to_code, amount) in enumerate(_legs(owner, coins), 1):
            transfers.append((owner, order, line, "top_up", asset, source, code, to, to_code,
                              amount, order, 0, no, at))  # fmt: skip
            leaves.append(
                chain.transfer_leaf(
                    owner.bytes, order.bytes, line, source.bytes, code, to.bytes, to_code,
                    amount, chain.microseconds(at), order.bytes, "top_up", asset,
                )
            )  # fmt: skip
    _copy(conn, "lot (owner_id, id, order_id, start, coins, coins_bought, coins_bonus, currency,"
                " gross_minor, tax_minor, fee_minor, provider, channel, hold_days, created_at)", lots)  # fmt: skip
    _copy(conn, "transfer (owner_id, entry_id, line, kind, asset, from_id, from_code, to_id, to_code,"
                " amount, reference_id, lane, batch_no, created_at)", transfers)  # fmt: skip
    digest = chain.batch_hash(prev_hash, 0, no, chain.microseconds(at), (), leaves)
    batch = (0, no, prev_hash, digest, 0, len(leaves), at)
    _copy(conn, "batch (lane, no, prev_hash, hash, gifts, transfers, created_at)", [batch])
    return digest


def _legs(owner: UUID, coins: int) -> list[tuple[str, UUID, int, UUID, int, int]]:
    platform = PLATFORM_ID
    legs = [
        ("COIN", platform, Code.COINS_ISSUED, owner, Code.COINS_PAID, coins),
        ("USD", platform, Code.DEFERRED_REVENUE, platform, Code.PROVIDER_CLEARING, coins),
        ("USD", platform, Code.PROVIDER_CLEARING, platform, Code.PROVIDER_FEES, coins // 30),
    ]
    return [(a, f, int(fc), t, int(tc), amount) for a, f, fc, t, tc, amount in legs if amount]


def _copy(conn: Connection, target: str, rows: Iterable[Row]) -> None:
    with conn.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)
