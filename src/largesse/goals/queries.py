"""Goals, in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.goals.model import Amount, Given, GoalKey, GoalRow, GoalRule, OpenGoal, PartRow, Span


async def rule(conn: ReadConnection, at: datetime) -> GoalRule | None:
    """The limits that hold at a moment."""
    async with conn.cursor(row_factory=class_row(GoalRule)) as cursor:
        await cursor.execute(
            "SELECT valid_from, open_max, parts_max, title_characters_max, target_max FROM goal_rule"
            " WHERE valid_from <= greatest(%s, (SELECT min(valid_from) FROM goal_rule))"
            " ORDER BY valid_from DESC LIMIT 1",
            (at,),
        )
        return await cursor.fetchone()


async def insert_rule(conn: Connection, row: Mapping[str, Any]) -> None:
    """Set the limits that hold from a moment on, unless that moment has some."""
    await conn.execute(
        "INSERT INTO goal_rule (valid_from, open_max, parts_max, title_characters_max, target_max)"
        " VALUES (%(valid_from)s, %(open_max)s, %(parts_max)s, %(title_characters_max)s,"
        " %(target_max)s) ON CONFLICT DO NOTHING",
        row,
    )


async def insert_goal(conn: Connection, goal: GoalRow, parts: Sequence[PartRow]) -> None:
    """Store a goal that is set."""
    await conn.execute(
        "INSERT INTO goal (room_id, id, title, state, from_seq, counted_seq, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            goal.room_id,
            goal.id,
            goal.title,
            goal.state,
            goal.from_seq,
            goal.counted_seq,
            goal.created_at,
        ),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO goal_part (room_id, goal_id, no, id, gift_id, gift_version, gift_slug,"
            " gift_name, target) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    goal.room_id,
                    part.goal_id,
                    part.no,
                    part.id,
                    part.gift_id,
                    part.gift_version,
                    part.gift_slug,
                    part.gift_name,
                    part.target,
                )
                for part in parts
            ],
        )


async def goals(conn: ReadConnection, room_id: UUID) -> list[GoalRow]:
    """A room's goals in the order in which they were set."""
    async with conn.cursor(row_factory=class_row(GoalRow)) as cursor:
        await cursor.execute(
            "SELECT room_id, id, title, state, from_seq, counted_seq, created_at, closed_at"
            " FROM goal WHERE room_id = %s ORDER BY from_seq, id",
            (room_id,),
        )
        return await cursor.fetchall()


async def parts(conn: ReadConnection, room_id: UUID) -> list[PartRow]:
    """The parts of a room's goals."""
    async with conn.cursor(row_factory=class_row(PartRow)) as cursor:
        await cursor.execute(
            "SELECT goal_id, no, id, gift_id, gift_version, gift_slug, gift_name, target, counted"
            " FROM goal_part WHERE room_id = %s ORDER BY goal_id, no",
            (room_id,),
        )
        return await cursor.fetchall()


async def given(conn: ReadConnection, room_id: UUID) -> list[Given]:
    """What was given for open goals after what is counted already."""
    async with conn.cursor(row_factory=class_row(Given)) as cursor:
        await cursor.execute(
            "SELECT o.id AS goal_id, t.id AS gift_id, sum(g.count)::bigint AS count,"
            " sum(g.coins_paid + g.coins_bonus)::bigint AS coins"
            " FROM goal o JOIN gift g ON g.room_id = o.room_id AND g.seq > o.counted_seq"
            " JOIN gift_type t ON t.no = g.gift_type_no"
            " WHERE o.room_id = %s AND o.closed_at IS NULL GROUP BY o.id, t.id",
            (room_id,),
        )
        return await cursor.fetchall()


async def taken(conn: ReadConnection, room_id: UUID) -> list[Given]:
    """What refunds and disputes took of gifts for open goals; a gift is lost when all its coins are."""
    async with conn.cursor(row_factory=class_row(Given)) as cursor:
        await cursor.execute(
            "WITH lost AS (SELECT sender_id, gift_id, sum(coins)::bigint AS coins FROM gift_reversal"
            "  WHERE room_id = %(room_id)s GROUP BY sender_id, gift_id HAVING sum(coins) > 0)"
            " SELECT o.id AS goal_id, t.id AS gift_id, sum(l.coins)::bigint AS coins,"
            "  coalesce(sum(g.count) FILTER (WHERE l.coins >= g.coins_paid + g.coins_bonus), 0)::bigint"
            "   AS count"
            " FROM lost l JOIN gift g ON g.sender_id = l.sender_id AND g.id = l.gift_id"
            " JOIN goal o ON o.room_id = g.room_id AND g.seq > o.from_seq"
            " JOIN gift_type t ON t.no = g.gift_type_no"
            " WHERE g.room_id = %(room_id)s AND o.closed_at IS NULL GROUP BY o.id, t.id",
            {"room_id": room_id},
        )
        return await cursor.fetchall()


async def close_goal(conn: Connection, goal: GoalRow, state: str) -> None:
    """A goal counts no more."""
    await conn.execute(
        "UPDATE goal SET state = %s, closed_at = clock_timestamp() WHERE room_id = %s AND id = %s",
        (state, goal.room_id, goal.id),
    )


async def move_on(conn: Connection, goal: GoalRow, seq: int) -> bool:
    """Say that a goal is counted up to a number; false when somebody else counted meanwhile."""
    cursor = await conn.execute(
        "UPDATE goal SET counted_seq = %s"
        " WHERE room_id = %s AND id = %s AND counted_seq = %s AND closed_at IS NULL",
        (seq, goal.room_id, goal.id, goal.counted_seq),
    )
    return cursor.rowcount == 1


async def parts_of(conn: ReadConnection, room_id: UUID, goal_id: UUID) -> list[PartRow]:
    """The parts of one goal."""
    return [part for part in await parts(conn, room_id) if part.goal_id == goal_id]


async def open_goals(conn: ReadConnection) -> list[OpenGoal]:
    """Every open goal of a room that goes on."""
    async with conn.cursor(row_factory=class_row(OpenGoal)) as cursor:
        await cursor.execute(
            "SELECT o.room_id, o.id, o.counted_seq, r.last_seq FROM goal o JOIN room r ON r.id = o.room_id"
            " WHERE o.closed_at IS NULL AND r.open"
        )
        return await cursor.fetchall()


async def rooms_counting(
    conn: ReadConnection, lowest: UUID, highest: UUID
) -> list[tuple[UUID, int]]:
    """Rooms with open goals that read gifts with these ids (`lowest <= id < highest`), and how far those rooms are."""
    cursor = await conn.execute(
        "SELECT id, last_seq FROM room WHERE id IN ("
        " SELECT o.room_id FROM goal o WHERE o.closed_at IS NULL AND EXISTS ("
        "  SELECT FROM gift g WHERE g.room_id = o.room_id AND g.seq > o.counted_seq"
        "   AND g.id >= %s AND g.id < %s)) ORDER BY id",
        (lowest, highest),
    )
    return await cursor.fetchall()


async def parts_in(
    conn: ReadConnection, room_ids: Collection[UUID]
) -> dict[GoalKey, list[PartRow]]:
    """The parts of the goals of rooms, by goal."""
    found: dict[GoalKey, list[PartRow]] = {}
    cursor = await conn.execute(
        "SELECT room_id, goal_id, no, id, gift_id, gift_version, gift_slug, gift_name, target, counted"
        " FROM goal_part WHERE room_id = ANY (%s::uuid[]) ORDER BY goal_id, no",
        (list(room_ids),),
    )
    for room_id, *columns in await cursor.fetchall():
        part = PartRow(*columns)
        found.setdefault((room_id, part.goal_id), []).append(part)
    return found


async def given_in(conn: ReadConnection, spans: Sequence[Span]) -> dict[Span, list[Amount]]:
    """What was given in stretches of logs; reads those gifts alone."""
    found: dict[Span, list[Amount]] = {}
    cursor = await conn.execute(
        "SELECT s.room_id, s.after, s.upto, t.id, sum(g.count)::bigint, sum(g.coins)::bigint"
        "  FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS s (room_id, after, upto)"
        " CROSS JOIN LATERAL (SELECT gift_type_no, sum(count) AS count,"
        "   sum(coins_paid + coins_bonus) AS coins FROM gift"
        "   WHERE room_id = s.room_id AND seq > s.after AND seq <= s.upto GROUP BY 1) g"
        "  JOIN gift_type t ON t.no = g.gift_type_no GROUP BY 1, 2, 3, 4",
        (
            [span.room_id for span in spans],
            [span.after for span in spans],
            [span.upto for span in spans],
        ),
    )
    for row in await cursor.fetchall():
        found.setdefault(Span(*row[:3]), []).append(Amount(*row[3:]))
    return found


async def set_counted(conn: Connection, room_id: UUID, part: PartRow, counted: int) -> None:
    """Keep what a part has come to."""
    await conn.execute(
        "UPDATE goal_part SET counted = %s WHERE room_id = %s AND goal_id = %s AND no = %s",
        (counted, room_id, part.goal_id, part.no),
    )
