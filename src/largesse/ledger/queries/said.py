"""Rows of a room that were paid for to say something: their types have numbers above a million."""

from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.rows import Bracket, GiftRow


async def gifts_said(
    conn: ReadConnection,
    room_id: UUID,
    type_nos: Collection[int],
    *,
    after: int = 0,
    limit: int,
) -> list[GiftRow]:
    """A room's rows of built-in types behind a number of the room, the oldest first."""
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            # The number tells the planner that the index of such rows will do.
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE room_id = %s AND gift_type_no > 1000000"
            " AND gift_type_no = ANY (%s) AND seq > %s ORDER BY seq LIMIT %s",
            (room_id, list(type_nos), after, limit),
        )
        return await cursor.fetchall()


async def dearest_said(
    conn: ReadConnection,
    room_id: UUID,
    type_no: int,
    brackets: Sequence[Bracket],
    *,
    upto: int,
    below: tuple[int, int] | None,
    limit: int,
) -> list[GiftRow]:
    """A room's rows of a built-in type, up to a number of the room, that are in one of the brackets: those for most
    coins first, of equals the newest; behind `below`, the coins and number of another one."""
    coins, seq = below or (None, None)
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE room_id = %(room)s AND gift_type_no > 1000000"
            " AND gift_type_no = %(type)s AND seq <= %(upto)s AND created_at >= %(since)s"
            " AND (%(coins)s::bigint IS NULL"
            "  OR (coins_paid + coins_bonus, seq) < (%(coins)s::bigint, %(seq)s::bigint))"
            " AND EXISTS (SELECT FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[],"
            "  %(mins)s::bigint[], %(ends)s::bigint[]) AS b (since, until, coins_min, coins_end)"
            "  WHERE created_at >= b.since AND created_at < coalesce(b.until, 'infinity')"
            "  AND coins_paid + coins_bonus >= b.coins_min"
            "  AND (b.coins_end IS NULL OR coins_paid + coins_bonus < b.coins_end))"
            " ORDER BY coins_paid + coins_bonus DESC, seq DESC LIMIT %(limit)s",
            {
                "room": room_id,
                "type": type_no,
                "upto": upto,
                "coins": coins,
                "seq": seq,
                "since": min(bracket.since for bracket in brackets),
                "sinces": [bracket.since for bracket in brackets],
                "untils": [bracket.until for bracket in brackets],
                "mins": [bracket.coins_min for bracket in brackets],
                "ends": [bracket.coins_end for bracket in brackets],
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def gifts_at(conn: ReadConnection, room_id: UUID, seqs: Sequence[int]) -> list[GiftRow]:
    """The rows of any type that have these numbers in a room, the oldest first."""
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE room_id = %s AND seq = ANY (%s) ORDER BY seq",
            (room_id, list(seqs)),
        )
        return await cursor.fetchall()
