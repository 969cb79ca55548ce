"""Overlays, their tokens and decisions, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from largesse.db import Connection, ReadConnection
from largesse.overlays.model import Decision, OverlayRow, OverlayRule

_COLUMNS = (
    "o.creator_id, o.id, o.kind, o.name, o.settings, o.position, o.approved, o.hold_room_id,"
    " o.hold_seq, o.created_at"
)
_TABLES = "overlay o JOIN overlay_token t ON t.creator_id = o.creator_id AND t.overlay_id = o.id"


async def insert_rule(conn: Connection, row: dict[str, Any]) -> None:
    """Set the limits that hold from a moment on, unless they are set."""
    await conn.execute(
        "INSERT INTO overlay_rule (valid_from, overlays_max, tests_max_per_min, decision_days)"
        " SELECT %(valid_from)s, %(overlays_max)s, %(tests_max_per_min)s, %(decision_days)s"
        " WHERE NOT EXISTS (SELECT FROM overlay_rule)",
        row,
    )


async def rule(conn: ReadConnection, at: datetime) -> OverlayRule:
    """The limits that hold at a moment."""
    async with conn.cursor(row_factory=class_row(OverlayRule)) as cursor:
        await cursor.execute(
            "SELECT valid_from, overlays_max, tests_max_per_min, decision_days FROM overlay_rule"
            " WHERE valid_from <= greatest(%s, (SELECT min(valid_from) FROM overlay_rule))"
            " ORDER BY valid_from DESC LIMIT 1",
            (at,),
        )
        row = await cursor.fetchone()
    assert row is not None, "the shipped limits hold from the start"
    return row


async def lock_creator(conn: Connection, creator_id: UUID) -> None:
    """Who makes overlays of one creator waits for others who do, until their transactions end."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('overlays ' || %s, 0))", (str(creator_id),)
    )


async def overlays(conn: ReadConnection, creator_id: UUID) -> list[OverlayRow]:
    """The creator's overlays in their order."""
    return await _rows(
        conn,
        f"SELECT DISTINCT ON (o.position, o.id) {_COLUMNS}, t.token FROM {_TABLES}"
        " WHERE o.creator_id = %s ORDER BY o.position, o.id, t.created_at",
        creator_id,
    )


async def overlay(conn: ReadConnection, creator_id: UUID, overlay_id: UUID) -> OverlayRow | None:
    """One overlay of a creator."""
    rows = await _rows(
        conn,
        f"SELECT {_COLUMNS}, t.token FROM {_TABLES}"
        " WHERE o.creator_id = %s AND o.id = %s ORDER BY t.created_at LIMIT 1",
        creator_id,
        overlay_id,
    )
    return rows[0] if rows else None


async def lock_overlay(conn: Connection, creator_id: UUID, overlay_id: UUID) -> OverlayRow | None:
    """The same; nobody changes it until the transaction ends."""
    await conn.execute(
        "SELECT FROM overlay WHERE creator_id = %s AND id = %s FOR UPDATE", (creator_id, overlay_id)
    )
    return await overlay(conn, creator_id, overlay_id)


async def overlay_of_token(conn: ReadConnection, token: str) -> OverlayRow | None:
    """What a token opens."""
    rows = await _rows(conn, f"SELECT {_COLUMNS}, t.token FROM {_TABLES} WHERE t.token = %s", token)
    return rows[0] if rows else None


async def _rows(conn: ReadConnection, query: str, *values: object) -> list[OverlayRow]:
    """Overlays that a query of this file finds."""
    async with conn.cursor(row_factory=class_row(OverlayRow)) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()


async def insert_overlay(conn: Connection, row: OverlayRow) -> None:
    """A new overlay, with its token."""
    await conn.execute(
        "INSERT INTO overlay (creator_id, id, kind, name, settings, position, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            row.creator_id,
            row.id,
            row.kind,
            row.name,
            Jsonb(row.settings),
            row.position,
            row.created_at,
        ),
    )
    await insert_token(conn, row, row.token, row.created_at)


async def update_overlay(conn: Connection, row: OverlayRow) -> None:
    """Name, settings, and where holding was switched."""
    await conn.execute(
        "UPDATE overlay SET name = %s, settings = %s, hold_room_id = %s, hold_seq = %s"
        " WHERE creator_id = %s AND id = %s",
        (
            row.name,
            Jsonb(row.settings),
            row.hold_room_id,
            row.hold_seq,
            row.creator_id,
            row.id,
        ),
    )


async def delete_overlay(conn: Connection, creator_id: UUID, overlay_id: UUID) -> bool:
    """Take an overlay out with all that belongs to it; false when there is none."""
    for table in ("overlay_token", "overlay_decision"):
        await conn.execute(
            f"DELETE FROM {table} WHERE creator_id = %s AND overlay_id = %s",
            (creator_id, overlay_id),
        )
    cursor = await conn.execute(
        "DELETE FROM overlay WHERE creator_id = %s AND id = %s", (creator_id, overlay_id)
    )
    return cursor.rowcount == 1


async def delete_overlays_of(conn: Connection, creator_id: UUID) -> int:
    """Take all overlays of a creator out with all that belongs to them; how many."""
    await lock_creator(conn, creator_id)
    for table in ("overlay_token", "overlay_decision"):
        await conn.execute(f"DELETE FROM {table} WHERE creator_id = %s", (creator_id,))
    cursor = await conn.execute("DELETE FROM overlay WHERE creator_id = %s", (creator_id,))
    return cursor.rowcount


async def insert_token(conn: Connection, row: OverlayRow, token: str, at: datetime) -> None:
    """A token that opens an overlay."""
    await conn.execute(
        "INSERT INTO overlay_token (token, creator_id, overlay_id, created_at)"
        " VALUES (%s, %s, %s, %s)",
        (token, row.creator_id, row.id, at),
    )


async def delete_tokens(conn: Connection, row: OverlayRow) -> None:
    """No token opens the overlay any more."""
    await conn.execute(
        "DELETE FROM overlay_token WHERE creator_id = %s AND overlay_id = %s",
        (row.creator_id, row.id),
    )


# --- decisions about alerts


async def decision(
    conn: ReadConnection, row: OverlayRow, room_id: UUID, seq: int
) -> Decision | None:
    """What was decided about one alert."""
    found = await decisions(conn, row, room_id, [seq])
    return found[0] if found else None


async def decisions(
    conn: ReadConnection, row: OverlayRow, room_id: UUID, seqs: Sequence[int]
) -> list[Decision]:
    """What was decided about some events of a room."""
    async with conn.cursor(row_factory=class_row(Decision)) as cursor:
        await cursor.execute(
            "SELECT room_id, seq, no FROM overlay_decision WHERE creator_id = %s"
            " AND overlay_id = %s AND room_id = %s AND seq = ANY (%s::bigint[])",
            (row.creator_id, row.id, room_id, list(seqs)),
        )
        return await cursor.fetchall()


async def approvals(
    conn: ReadConnection, row: OverlayRow, after: int, limit: int
) -> list[Decision]:
    """Approved alerts by their number."""
    async with conn.cursor(row_factory=class_row(Decision)) as cursor:
        await cursor.execute(
            "SELECT room_id, seq, no FROM overlay_decision WHERE creator_id = %s"
            " AND overlay_id = %s AND no > %s ORDER BY no LIMIT %s",
            (row.creator_id, row.id, after, limit),
        )
        return await cursor.fetchall()


async def next_approval(conn: Connection, row: OverlayRow) -> int:
    """The number of a new approval; the overlay's row stays locked until COMMIT."""
    cursor = await conn.execute(
        "UPDATE overlay SET approved = approved + 1 WHERE creator_id = %s AND id = %s"
        " RETURNING approved",
        (row.creator_id, row.id),
    )
    found = await cursor.fetchone()
    assert found is not None, "the overlay is locked"
    number: int = found[0]
    return number


async def insert_decision(
    conn: Connection, row: OverlayRow, decided: Decision, at: datetime
) -> None:
    """Keep what was decided about an alert."""
    await conn.execute(
        "INSERT INTO overlay_decision (creator_id, overlay_id, room_id, seq, no, decided_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (row.creator_id, row.id, decided.room_id, decided.seq, decided.no, at),
    )


async def rooms_decided_before(conn: ReadConnection, before: datetime) -> list[UUID]:
    """Rooms that have decisions of before a moment."""
    cursor = await conn.execute(
        "SELECT DISTINCT room_id FROM overlay_decision WHERE decided_at < %s", (before,)
    )
    return [row[0] for row in await cursor.fetchall()]


async def delete_decisions(conn: Connection, room_ids: Sequence[UUID], before: datetime) -> int:
    """Delete the decisions of rooms from before a moment; how many."""
    cursor = await conn.execute(
        "DELETE FROM overlay_decision WHERE decided_at < %s AND room_id = ANY (%s)",
        (before, list(room_ids)),
    )
    return cursor.rowcount
