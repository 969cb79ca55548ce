"""The plain truth: every gift and every leg read from the journal and added up in the plainest way."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse import ledger, outbox
from largesse.db import Database, ReadConnection
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.outbox.queries import accounts, earnings
from largesse.outbox.rows import Movement, Sent
from largesse.types import PLATFORM_ID

Rollups = dict[str, list[tuple[object, ...]]]

TABLES = (
    *("creator_day", "viewer_month", "account_day", "room_supporter", "room_total"),
    "supporter_day",
)


async def rollups(db: Database) -> Rollups:
    """Every row of every rollup, in order."""
    found: Rollups = {}
    async with db.read() as conn:
        for table in TABLES:
            cursor = await conn.execute(f"SELECT * FROM {table} ORDER BY {table}")  # noqa: S608
            found[table] = await cursor.fetchall()
    return found


@dataclass(frozen=True, slots=True)
class Given:
    """A gift, and what reversals left of it."""

    row: ledger.GiftRow
    coins: int
    milli_diamonds: int

    @property
    def day(self) -> date:
        return self.row.created_at.astimezone(UTC).date()


async def gifts(conn: ReadConnection) -> list[Given]:
    """Every gift there is."""
    cursor = await conn.execute(
        "SELECT gift_id, sum(coins)::bigint, sum(milli_diamonds)::bigint FROM gift_reversal GROUP BY gift_id"
    )
    gone = {id: (coins, milli) for id, coins, milli in await cursor.fetchall()}
    async with conn.cursor(row_factory=class_row(ledger.GiftRow)) as rows:
        await rows.execute(f"SELECT {GIFT_COLUMNS} FROM gift")  # noqa: S608
        return [_given(row, *gone.get(row.id, (0, 0))) for row in await rows.fetchall()]


def _given(row: ledger.GiftRow, coins_gone: int, milli_gone: int) -> Given:
    return Given(row, row.coins - coins_gone, row.milli_diamonds - milli_gone)


def first_of_month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def ranking(rows: Iterable[Given], room_id: UUID) -> list[tuple[UUID, int, int]]:
    """Everybody who gave in a room under his name: sender, coins, first number."""
    coins: defaultdict[UUID, int] = defaultdict(int)
    first: dict[UUID, int] = {}
    for given in rows:
        if given.row.room_id == room_id and not given.row.anonymous:
            sender, seq = given.row.sender_id, given.row.seq
            coins[sender] += given.coins
            first[sender] = min(seq, first.get(sender, seq))
    places = [(sender, coins[sender], first[sender]) for sender in coins if coins[sender]]
    return sorted(places, key=lambda place: (-place[1], place[2]))


def sums(rows: Iterable[Given]) -> tuple[int, int, int]:
    """Gifts, coins and milli-diamonds."""
    rows = list(rows)
    return len(rows), sum(row.coins for row in rows), sum(row.milli_diamonds for row in rows)


async def assert_readers_are_right(db: Database) -> None:
    """Every reader of the outbox against the sums of the journal's own rows."""
    async with db.read() as conn:
        rows = await gifts(conn)
        for room_id in {given.row.room_id for given in rows}:
            await _assert_room(conn, rows, room_id)
        for recipient_id in {given.row.recipient_id for given in rows}:
            await _assert_recipient(conn, rows, recipient_id)
        cursor = await conn.execute("SELECT owner_id FROM balance GROUP BY owner_id")
        for (owner_id,) in await cursor.fetchall():
            await _assert_account(conn, rows, owner_id)


async def _assert_room(conn: ReadConnection, rows: list[Given], room_id: UUID) -> None:
    places = ranking(rows, room_id)
    for limit in (1, 2, 3, 100):
        found = await outbox.supporters(conn, room_id, limit)
        assert [(s.sender_id, s.coins, s.first_seq) for s in found] == places[:limit]
    mine = [given for given in rows if given.row.room_id == room_id]
    total = outbox.RoomEarnings(room_id, *sums(mine))
    assert await outbox.room_totals(conn, [room_id]) == {room_id: total}


async def _assert_range(conn: ReadConnection, mine: list[Given], id: UUID, since: date) -> None:
    coins: defaultdict[UUID, int] = defaultdict(int)
    for given in mine:
        if given.day >= since and not given.row.anonymous:
            coins[given.row.sender_id] += given.coins
    best = sorted((-coins[sender], sender) for sender in coins if coins[sender])
    for limit in (1, 100):
        found = await outbox.top_supporters(conn, id, since, limit)
        assert [(-coins, sender) for sender, coins in found.items()] == best[:limit]


async def _assert_recipient(conn: ReadConnection, rows: list[Given], id: UUID) -> None:
    mine = [given for given in rows if given.row.recipient_id == id]
    days = sorted({given.day for given in mine})
    for since in days:
        await _assert_range(conn, mine, id, since)
    for first, last in ((days[0], days[-1]), (days[-1], days[-1])):
        for day in await outbox.earnings_by_day(conn, id, first=first, last=last):
            expected = sums(given for given in mine if given.day == day.date)
            assert (day.gifts, day.coins, day.milli_diamonds) == expected
        within = [given for given in mine if first <= given.day <= last]
        by_room = await outbox.earnings_by_room(conn, id, first=first, last=last)
        assert {row.room_id for row in by_room} == {given.row.room_id for given in within}
        for row in by_room:
            expected = sums(given for given in within if given.row.room_id == row.room_id)
            assert (row.gifts, row.coins, row.milli_diamonds) == expected
        assert [row.coins for row in by_room] == sorted((r.coins for r in by_room), reverse=True)
    for line in await earnings.given_by_day(conn, id):
        whole = [given.row for given in mine if given.day == line.date]
        assert (line.gifts, line.coins) == (len(whole), sum(gift.coins for gift in whole))
        assert line.milli_diamonds == sum(gift.milli_diamonds for gift in whole)


async def _assert_account(conn: ReadConnection, rows: list[Given], owner_id: UUID) -> None:
    mine = [given.row for given in rows if given.row.sender_id == owner_id]
    expected = []
    for month in sorted({first_of_month(row.created_at) for row in mine}):
        given = [row for row in mine if first_of_month(row.created_at) == month]
        paid, bonus = sum(r.coins_paid for r in given), sum(r.coins_bonus for r in given)
        expected.append(Sent(month, len(given), paid, bonus))
    assert await accounts.sent_by_month(conn, owner_id) == expected
    cursor = await conn.execute(
        "SELECT created_at, code, kind, amount FROM posting WHERE owner_id = %s AND kind <> 'gift'",
        (owner_id,),
    )
    moved: defaultdict[tuple[date, int, str], int] = defaultdict(int)
    for at, code, kind, amount in await cursor.fetchall():
        moved[at.astimezone(UTC).date(), code, kind] += amount
    found = await accounts.movements(conn, owner_id)
    assert found == [Movement(*key, moved[key]) for key in sorted(moved) if moved[key]]
    assert owner_id != PLATFORM_ID
