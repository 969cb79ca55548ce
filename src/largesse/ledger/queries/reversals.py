"""Refunds and disputes: what we were told, the rules, what was taken, and the gifts that lost diamonds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.ledger.plan import Head
from largesse.ledger.waterfall import (
    Cause,
    Interval,
    Part,
    Piece,
    ReversalKind,
    Settled,
    Source,
    Step,
)


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """What the causes of an order came to."""

    amount_minor: int
    coins_bonus: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ReversibleGift:
    """A gift as a reversal sees it."""

    id: UUID
    recipient_id: UUID
    room_id: UUID
    start: int
    """Of its paid coins, on the sender's axis."""
    coins: int
    milli_per_coin: int
    created_at: datetime
    due_on: date
    pending: bool
    """Its diamonds are not yet available."""
    anonymous: bool | None


@dataclass(frozen=True, slots=True)
class GiftChange:
    """Coins of a gift whose diamonds were reversed, or restored, by one entry."""

    gift: ReversibleGift
    state: str
    coins: int


async def load_rules(conn: Connection) -> None:
    """Fill the rule table from the package's data."""
    text = (files("largesse.ledger") / "data" / "reversal_rules.json").read_text(encoding="utf-8")
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
            " VALUES (%(id)s, %(kind)s, %(steps)s, %(valid_from)s::timestamptz) ON CONFLICT DO NOTHING",
            json.loads(text)["rules"],
        )


async def rule_steps(conn: Connection, kind: ReversalKind, at: datetime) -> tuple[Step, ...]:
    """What is tried for the spent coins of an order bought at a moment."""
    cursor = await conn.execute(
        "SELECT steps FROM reversal_rule WHERE kind = %s AND valid_from <= %s"
        " ORDER BY valid_from DESC LIMIT 1",
        (kind, at),
    )
    row = await cursor.fetchone()
    assert row is not None, "no reversal rule is loaded: run `largesse migrate`"
    return tuple(Step(step) for step in row[0])


async def causes(conn: Connection, owner_id: UUID, order_id: UUID) -> list[Cause]:
    """Everything we were told about an order."""
    cursor = await conn.execute(
        "SELECT cause_id, kind, amount_minor, state = 'cancelled' FROM reversal_cause"
        " WHERE owner_id = %s AND order_id = %s ORDER BY cause_id",
        (owner_id, order_id),
    )
    return [Cause(*row) for row in await cursor.fetchall()]


async def open_cause(
    conn: Connection,
    owner_id: UUID,
    order_id: UUID,
    cause_id: str,
    *,
    kind: ReversalKind,
    amount_minor: int,
    at: datetime,
) -> None:
    """Keep a refund or dispute. Told again, the larger amount and the graver kind hold; what is cancelled stays so."""
    await conn.execute(
        "INSERT INTO reversal_cause AS c (owner_id, order_id, cause_id, kind, amount_minor, state, opened_at)"
        " VALUES (%s, %s, %s, %s, %s, 'active', %s)"
        " ON CONFLICT (owner_id, order_id, cause_id) DO UPDATE"
        " SET kind = CASE c.kind WHEN 'chargeback' THEN c.kind ELSE excluded.kind END,"
        "     amount_minor = greatest(c.amount_minor, excluded.amount_minor),"
        "     opened_at = coalesce(c.opened_at, excluded.opened_at)",
        (owner_id, order_id, cause_id, kind, amount_minor, at),
    )


async def cancel_cause(
    conn: Connection, owner_id: UUID, order_id: UUID, cause_id: str, *, at: datetime
) -> None:
    """Keep that a refund failed or a dispute was won, for good."""
    await conn.execute(
        "INSERT INTO reversal_cause AS c (owner_id, order_id, cause_id, state, cancelled_at)"
        " VALUES (%s, %s, %s, 'cancelled', %s)"
        " ON CONFLICT (owner_id, order_id, cause_id) DO UPDATE"
        " SET state = 'cancelled', cancelled_at = coalesce(c.cancelled_at, excluded.cancelled_at)",
        (owner_id, order_id, cause_id, at),
    )


async def find_reversal(conn: Connection, owner_id: UUID, order_id: UUID) -> ReversalRow | None:
    """What is reversed of an order at present."""
    cursor = await conn.execute(
        "SELECT amount_minor, coins_bonus, steps FROM reversal WHERE owner_id = %s AND order_id = %s",
        (owner_id, order_id),
    )
    row = await cursor.fetchone()
    return ReversalRow(row[0], row[1], tuple(Step(step) for step in row[2])) if row else None


async def store_reversal(
    conn: Connection, owner_id: UUID, order_id: UUID, row: ReversalRow
) -> None:
    """Write what is reversed of an order now."""
    await conn.execute(
        "INSERT INTO reversal (owner_id, order_id, amount_minor, coins_bonus, steps)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (owner_id, order_id) DO UPDATE"
        " SET amount_minor = excluded.amount_minor, coins_bonus = excluded.coins_bonus,"
        "     steps = excluded.steps",
        (owner_id, order_id, row.amount_minor, row.coins_bonus, [step.value for step in row.steps]),
    )


async def parts(conn: Connection, owner_id: UUID, order_id: UUID) -> list[Part]:
    """What was taken of an order, the first at the bottom."""
    cursor = await conn.execute(
        "SELECT source, settled, start, coins, gift_id FROM reversal_part"
        " WHERE owner_id = %s AND order_id = %s ORDER BY no",
        (owner_id, order_id),
    )
    return [Part(Source(row[0]), Settled(row[1]), *row[2:]) for row in await cursor.fetchall()]


async def store_parts(
    conn: Connection, owner_id: UUID, order_id: UUID, before: Sequence[Part], after: Sequence[Part]
) -> None:
    """Write the part of a stack that changed."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    await conn.execute(
        "DELETE FROM reversal_part WHERE owner_id = %s AND order_id = %s AND no > %s",
        (owner_id, order_id, same),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO reversal_part (owner_id, order_id, no, source, settled, start, coins, gift_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    *(owner_id, order_id, no, part.source, part.settled),
                    *(part.start, part.coins, part.gift_id),
                )
                for no, part in enumerate(after[same:], start=same + 1)
            ],
        )


_GIFTS = (
    "SELECT g.id, g.recipient_id, g.room_id, g.spent_before AS start, g.coins_paid AS coins,"
    "       g.milli_diamonds / (g.coins_paid + g.coins_bonus) AS milli_per_coin, g.created_at,"
    "       (g.created_at AT TIME ZONE 'UTC')::date + g.hold_days AS due_on, m.due_on IS NULL AS pending,"
    "       g.anonymous"
    "  FROM gift g LEFT JOIN maturity m ON m.recipient_id = g.recipient_id"
    "   AND m.due_on = (g.created_at AT TIME ZONE 'UTC')::date + g.hold_days"
)


async def gifts_between(
    conn: Connection, sender_id: UUID, spans: Sequence[Interval]
) -> list[ReversibleGift]:
    """Gifts that were paid from spans of their sender's axis."""
    async with conn.cursor(row_factory=class_row(ReversibleGift)) as cursor:
        await cursor.execute(
            f"{_GIFTS} WHERE g.sender_id = %s AND g.coins_paid > 0 AND EXISTS ("
            "   SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS span (start, stop)"
            "    WHERE g.spent_before < span.stop AND g.spent_before + g.coins_paid > span.start)",
            (sender_id, [span.start for span in spans], [span.end for span in spans]),
        )
        return await cursor.fetchall()


async def gifts_by_id(
    conn: Connection, sender_id: UUID, ids: Sequence[UUID]
) -> list[ReversibleGift]:
    """Some gifts of a sender."""
    async with conn.cursor(row_factory=class_row(ReversibleGift)) as cursor:
        await cursor.execute(
            f"{_GIFTS} WHERE g.sender_id = %s AND g.id = ANY (%s::uuid[])", (sender_id, list(ids))
        )
        return await cursor.fetchall()


async def insert_gift_changes(
    conn: Connection,
    sender_id: UUID,
    entry_id: UUID,
    changes: Sequence[GiftChange],
    *,
    head: Head,
    at: datetime,
) -> None:
    """Log whose diamonds an entry reversed or restored."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO reversed_gift (sender_id, gift_id, entry_id, state, room_id, recipient_id,"
            " gift_created_at, due_on, coins, milli_diamonds, lane, batch_no, created_at, anonymous)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    *(sender_id, change.gift.id, entry_id, change.state),
                    *(change.gift.room_id, change.gift.recipient_id),
                    *(change.gift.created_at, change.gift.due_on, change.coins),
                    *(change.coins * change.gift.milli_per_coin, head.lane, head.no, at),
                    change.gift.anonymous,
                )
                for change in changes
            ],
        )


async def reversed_of(conn: ReadConnection, sender_id: UUID, gift_id: UUID) -> int:
    """Milli-diamonds that a gift has lost to reversals."""
    cursor = await conn.execute(
        "SELECT coalesce(sum(milli_diamonds), 0)::bigint FROM gift_reversal"
        " WHERE sender_id = %s AND gift_id = %s",
        (sender_id, gift_id),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def reversed_of_gifts(
    conn: ReadConnection, gifts: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], int]:
    """Milli-diamonds that gifts, by (sender, id), have lost to reversals; without those that lost none."""
    cursor = await conn.execute(
        "SELECT r.sender_id, r.gift_id, sum(r.milli_diamonds)::bigint"
        "  FROM unnest(%s::uuid[], %s::uuid[]) AS g (sender_id, gift_id)"
        "  JOIN gift_reversal r USING (sender_id, gift_id) GROUP BY r.sender_id, r.gift_id",
        ([sender_id for sender_id, _ in gifts], [gift_id for _, gift_id in gifts]),
    )
    return {(row[0], row[1]): int(row[2]) for row in await cursor.fetchall() if row[2]}


def gift_piece(gift: ReversibleGift) -> Piece:
    """The coins of a gift as they could be taken."""
    return Piece(Source.GIVEN, gift.start, gift.coins, gift.id)
