"""Letting a month go: why it must stay, what is kept of it, and taking its tables off."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.sql import SQL, Composed, Identifier

from largesse.db import Connection, ReadConnection
from largesse.ledger import WITHOUT_TEXTS, gift_leaf

# Gifts that a reversal names stay, in the default partition: it may be cancelled, and must be proved.
_LEAVING: LiteralString = """
  FROM {gift} g WHERE NOT EXISTS (SELECT FROM reversed_gift r WHERE r.sender_id = g.sender_id AND r.gift_id = g.id)
"""

_PENDING = (
    "SELECT g.recipient_id, g.due_on FROM ("
    "  SELECT DISTINCT recipient_id, (created_at AT TIME ZONE 'UTC')::date + hold_days AS due_on"
    "    FROM {gift} WHERE milli_diamonds > 0) g"
    " WHERE NOT EXISTS (SELECT FROM maturity m WHERE m.recipient_id = g.recipient_id AND m.due_on = g.due_on)"
    " LIMIT 1"
)
_UNCLOSED = (
    "SELECT min(day) FROM (SELECT DISTINCT (created_at AT TIME ZONE 'UTC')::date AS day FROM {gift}) d"
    " WHERE NOT EXISTS (SELECT FROM close_day c WHERE c.date = d.day)"
)
_UNREAD = (
    "SELECT f.follower, g.lane FROM (SELECT lane, max(batch_no) AS no FROM {gift} GROUP BY lane) g"
    " CROSS JOIN unnest(%s::text[]) AS f (follower)"
    "  LEFT JOIN watermark w ON w.follower = f.follower AND w.lane = g.lane"
    " WHERE g.no > coalesce(w.no, 0) LIMIT 1"
)
_OUTSIDE = (
    "SELECT g.lane, g.no FROM (SELECT lane, max(batch_no) AS no FROM {gift} GROUP BY lane) g"
    "  LEFT JOIN unnest(%s::smallint[], %s::bigint[]) AS e (lane, last_no) USING (lane)"
    " WHERE g.no > coalesce(e.last_no, 0) LIMIT 1"
)

_KEEP: tuple[LiteralString, ...] = (
    f"""
INSERT INTO archived_creator_day (recipient_id, day, room_id, hold_days, gifts, coins_paid, coins_bonus, milli_diamonds)
SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date AS day, room_id, hold_days, count(*),
       sum(coins_paid)::bigint, sum(coins_bonus)::bigint, sum(milli_diamonds)::bigint
{_LEAVING} GROUP BY recipient_id, day, room_id, hold_days
ON CONFLICT (recipient_id, day, room_id, hold_days) DO UPDATE
   SET gifts = archived_creator_day.gifts + excluded.gifts,
       coins_paid = archived_creator_day.coins_paid + excluded.coins_paid,
       coins_bonus = archived_creator_day.coins_bonus + excluded.coins_bonus,
       milli_diamonds = archived_creator_day.milli_diamonds + excluded.milli_diamonds
""",
    f"""
INSERT INTO archived_viewer_month (owner_id, month, gifts, coins_paid, coins_bonus, last_at)
SELECT sender_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date AS month, count(*),
       sum(coins_paid)::bigint, sum(coins_bonus)::bigint, max(created_at)
{_LEAVING} GROUP BY sender_id, month
ON CONFLICT (owner_id, month) DO UPDATE
   SET gifts = archived_viewer_month.gifts + excluded.gifts,
       coins_paid = archived_viewer_month.coins_paid + excluded.coins_paid,
       coins_bonus = archived_viewer_month.coins_bonus + excluded.coins_bonus,
       last_at = greatest(archived_viewer_month.last_at, excluded.last_at)
""",
    f"""
INSERT INTO archived_room_supporter (room_id, sender_id, coins, first_seq)
SELECT room_id, sender_id, sum(coins_paid + coins_bonus)::bigint, min(seq)
{_LEAVING} AND anonymous IS NOT TRUE GROUP BY room_id, sender_id
ON CONFLICT (room_id, sender_id) DO UPDATE
   SET coins = archived_room_supporter.coins + excluded.coins,
       first_seq = least(archived_room_supporter.first_seq, excluded.first_seq)
""",
    f"""
INSERT INTO archived_supporter_day (recipient_id, day, sender_id, coins)
SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date AS day, sender_id, sum(coins_paid + coins_bonus)::bigint
{_LEAVING} AND anonymous IS NOT TRUE GROUP BY recipient_id, day, sender_id
ON CONFLICT (recipient_id, day, sender_id) DO UPDATE SET coins = archived_supporter_day.coins + excluded.coins
""",
    f"""
INSERT INTO archived_span (owner_id, start, coins)
SELECT sender_id, min(spent_before), sum(coins_paid)::bigint
  FROM (SELECT sender_id, spent_before, coins_paid, count(*) FILTER (WHERE apart) OVER axis AS island
          FROM (SELECT sender_id, spent_before, coins_paid,
                       spent_before IS DISTINCT FROM lag(spent_before + coins_paid) OVER axis AS apart
                {_LEAVING} AND coins_paid > 0
                WINDOW axis AS (PARTITION BY sender_id ORDER BY spent_before)) g
        WINDOW axis AS (PARTITION BY sender_id ORDER BY spent_before)) i
 GROUP BY sender_id, island
""",
    f"""
UPDATE batch b SET gifts_archived = b.gifts_archived + g.gifts
  FROM (SELECT lane, batch_no, count(*) AS gifts {_LEAVING} GROUP BY lane, batch_no) g
 WHERE b.lane = g.lane AND b.no = g.batch_no
""",
    """
DELETE FROM archived_leaf l USING batch b
 WHERE b.lane = l.lane AND b.no = l.batch_no AND b.gifts_archived = b.gifts
""",
    """
INSERT INTO archived_room (room_id, events) SELECT room_id, count(*) FROM {room_event} GROUP BY room_id
ON CONFLICT (room_id) DO UPDATE SET events = archived_room.events + excluded.events
""",
)
_SPLIT = f"""
SELECT g.lane, g.batch_no, uuid_send(g.sender_id), uuid_send(g.id), uuid_send(recipient_id), uuid_send(room_id),
       seq, coins_paid, coins_bonus, spent_before, milli_diamonds,
       (extract(epoch FROM g.created_at) * 1000000)::bigint, count, gift_type_no, share_id, hold_days,
       uuid_send(streak_id), message, message_digest
{_LEAVING} AND EXISTS (SELECT FROM batch b
                        WHERE b.lane = g.lane AND b.no = g.batch_no AND b.gifts_archived < b.gifts)
"""


def month_tables(month: date) -> dict[str, Identifier]:
    """The partitions of a month."""
    return {
        "gift": Identifier(f"gift_{month:%Y_%m}"),
        "room_event": Identifier(f"room_event_{month:%Y_%m}"),
    }


async def months_there(conn: ReadConnection) -> list[date]:
    """The months whose gifts have a partition, from old to new."""
    cursor = await conn.execute(
        "SELECT to_date(substring(c.relname FROM '^gift_(\\d{4}_\\d\\d)$'), 'YYYY_MM') AS month"
        "  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'gift'::regclass AND c.relname ~ '^gift_\\d{4}_\\d\\d$' ORDER BY month"
    )
    return [row[0] for row in await cursor.fetchall()]


async def has_gifts(conn: ReadConnection, month: date) -> bool:
    """Whether a month has any gift."""
    return await _first(conn, _of("SELECT 1 FROM {gift} LIMIT 1", month)) is not None


async def events_there(conn: ReadConnection, month: date) -> int:
    """How many events a month has that are no gifts."""
    row = await _first(conn, _of("SELECT count(*) FROM {room_event}", month))
    return int(row[0])


def copy_events(month: date, *, texts: bool) -> Composed:
    """The COPY that writes a month's room events as CSV; without `texts` as if all who said something were erased."""
    said: LiteralString = (
        "data" if texts else f"CASE WHEN user_id IS NULL THEN data ELSE {WITHOUT_TEXTS} END AS data"
    )
    return _of(
        f"COPY (SELECT room_id, seq, type, id, user_id, {said}, created_at FROM {{room_event}}"
        " ORDER BY room_id, seq) TO STDOUT (FORMAT csv, HEADER)",
        month,
    )


async def lock_month(conn: Connection, month: date) -> None:
    """Let nobody add to a month until the transaction ends."""
    statement = "LOCK TABLE {gift}, {room_event} IN SHARE ROW EXCLUSIVE MODE"
    await conn.execute(SQL(statement).format(**month_tables(month)))


async def pending_gift(conn: ReadConnection, month: date) -> tuple[UUID, date] | None:
    """A recipient and date whose diamonds of this month's gifts are still pending."""
    row = await _first(conn, _of(_PENDING, month))
    return (row[0], row[1]) if row else None


async def unclosed_day(conn: ReadConnection, month: date) -> date | None:
    """The first day with gifts of this month that is not closed."""
    row = await _first(conn, _of(_UNCLOSED, month))
    return row[0] if row else None


async def unread_lane(
    conn: ReadConnection, month: date, followers: list[str]
) -> tuple[str, int] | None:
    """A follower that has not read all of this month's gifts, and the lane."""
    row = await _first(conn, _of(_UNREAD, month), (followers,))
    return (row[0], row[1]) if row else None


async def gift_outside(
    conn: ReadConnection, month: date, ends: Mapping[int, int]
) -> tuple[int, int] | None:
    """A batch (lane, number) with gifts of this month behind the ends of an export."""
    row = await _first(conn, _of(_OUTSIDE, month), (list(ends), list(ends.values())))
    return (row[0], row[1]) if row else None


async def keep_sums(conn: Connection, month: date) -> None:
    """Write down what the journal needs of the gifts and events that leave with a month."""
    for statement in _KEEP:
        await conn.execute(_of(statement, month))
    cursor = await conn.execute(_of(_SPLIT, month), binary=True)
    leaves = [
        (lane, no, UUID(bytes=sender), UUID(bytes=id), gift_leaf(sender, id, *row))
        for lane, no, sender, id, *row in await cursor.fetchall()
    ]
    async with conn.cursor() as inserting:
        await inserting.executemany(
            "INSERT INTO archived_leaf (lane, batch_no, sender_id, gift_id, leaf) VALUES (%s, %s, %s, %s, %s)",
            leaves,
        )


async def insert_month(
    conn: Connection, month: date, *, manifest: bytes, ends: Mapping[int, int], at: datetime
) -> None:
    """Say of a month that it lies in the archive."""
    statement = (
        "INSERT INTO archived_month (month, gifts, last_at, room_events, manifest, archived_at)"
        f" SELECT %s, count(*), max(created_at), (SELECT count(*) FROM {{room_event}}), %s, %s {_LEAVING}"
    )
    await conn.execute(_of(statement, month), (month, manifest, at))
    await conn.execute(
        "INSERT INTO archived_lane (month, lane, last_no)"
        " SELECT %s, lane, no FROM unnest(%s::smallint[], %s::bigint[]) AS e (lane, no)",
        (month, list(ends), list(ends.values())),
    )


async def take_off(conn: Connection, month: date, *, keep: bool) -> None:
    """Detach a month; gifts that stay move to the default partition. Nobody writes gifts until the COMMIT."""
    await conn.execute(_of("ALTER TABLE gift DETACH PARTITION {gift}", month))
    await conn.execute(_of("ALTER TABLE room_event DETACH PARTITION {room_event}", month))
    await conn.execute(
        _of(
            "INSERT INTO gift SELECT g.* FROM {gift} g WHERE EXISTS ("
            " SELECT FROM reversed_gift r WHERE r.sender_id = g.sender_id AND r.gift_id = g.id)",
            month,
        )
    )
    for name, table in month_tables(month).items():
        kept = Identifier(f"archived_{name}_{month:%Y_%m}")
        if keep:
            statement = SQL("ALTER TABLE {} RENAME TO {}").format(table, kept)
        else:
            statement = SQL("DROP TABLE {}").format(table)
        await conn.execute(statement)


async def archived_months(conn: ReadConnection) -> list[date]:
    """The months that lie in the archive, from old to new."""
    cursor = await conn.execute("SELECT month FROM archived_month ORDER BY month")
    return [row[0] for row in await cursor.fetchall()]


async def last_archived_at(conn: ReadConnection) -> datetime | None:
    """When the last gift was given that lies in the archive; None: there is none."""
    row = await _first(conn, SQL("SELECT max(last_at) FROM archived_month"))
    return row[0] if row else None


async def is_archived(conn: ReadConnection, month: date) -> bool:
    """Whether a month lies in the archive."""
    return (
        await _first(conn, SQL("SELECT 1 FROM archived_month WHERE month = %s"), (month,))
        is not None
    )


def _of(statement: LiteralString, month: date) -> Composed:
    return SQL(statement).format(**month_tables(month))


async def _first(
    conn: ReadConnection, statement: SQL | Composed, params: tuple[object, ...] = ()
) -> Any:
    cursor = await conn.execute(statement, params)
    row = await cursor.fetchone()
    return row if row and row[0] is not None else None
