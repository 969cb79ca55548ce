"""SQL of guards: their rules, the earlier orders they count, and held payments."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import kwargs_row
from psycopg.types.json import Jsonb

from largesse.db import Connection, ReadConnection
from largesse.topups.guards.model import (
    Action,
    Fate,
    GuardRule,
    HoldReason,
    Measure,
    OrderHold,
    Past,
    Periods,
    Subject,
)
from largesse.topups.states import OPEN_STATES, OrderState, Reason

_COLUMN_OF: dict[Subject, LiteralString] = {
    Subject.PERSON: "user_id",
    Subject.DEVICE: "visitor_device",
    Subject.ADDRESS: "visitor_address",
    Subject.CARD: "payer_fingerprint",
}
_HOLD: LiteralString = "order_id, user_id, reasons, created_at, decision, decided_by, decided_at"


async def rules_at(conn: ReadConnection, at: datetime) -> list[GuardRule]:
    """The rules that hold at a moment, also those that are off."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT ON (name) name, subject, measure, amount, window_s, account_age_max_days, action
          FROM guard_rule WHERE valid_from <= %s ORDER BY name, valid_from DESC
        """,
        (at,),
    )
    return [
        GuardRule(row[0], Subject(row[1]), Measure(row[2]), row[3], row[4], row[5], Action(row[6]))
        for row in await cursor.fetchall()
    ]


async def periods_at(conn: ReadConnection, at: datetime) -> Periods:
    """How long things may wait or are kept, at a moment."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT ON (name) name, amount FROM guard_period
         WHERE valid_from <= %s ORDER BY name, valid_from DESC
        """,
        (at,),
    )
    return Periods(**dict(await cursor.fetchall()))


async def any_rule(conn: ReadConnection) -> bool:
    """Whether rules were loaded."""
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM guard_rule)")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def insert_rule(conn: Connection, rule: GuardRule, valid_from: datetime) -> bool:
    """Add a rule that holds from a moment on; False when one of this name starts at that very moment."""
    cursor = await conn.execute(
        """
        INSERT INTO guard_rule (name, valid_from, subject, measure, amount, window_s, account_age_max_days, action)
        VALUES (%(name)s, %(valid_from)s, %(subject)s, %(measure)s, %(amount)s, %(window_s)s,
                %(account_age_max_days)s, %(action)s)
        ON CONFLICT (name, valid_from) DO NOTHING
        """,
        {**asdict(rule), "valid_from": valid_from},
    )
    return cursor.rowcount == 1


async def insert_period(conn: Connection, name: str, amount: int, valid_from: datetime) -> None:
    """Add a period that holds from a moment on."""
    await conn.execute(
        "INSERT INTO guard_period (name, valid_from, amount) VALUES (%s, %s, %s)",
        (name, valid_from, amount),
    )


async def lock_subject(conn: Connection, subject: Subject, key: str) -> None:
    """Let what is judged by a subject be judged one after the other. Take several in the order of `Subject`."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"guard:{subject}:{key}",)
    )


async def past_orders(
    conn: ReadConnection, subject: Subject, key: UUID | str, *, since: datetime, but: UUID
) -> list[Past]:
    """Orders of a subject that something happened to since a moment, all but one.

    A rule stops what goes beyond it, so that there are about as many rows as the rules allow.
    """
    cursor = await conn.execute(
        f"""
        SELECT o.user_id,
               coalesce((SELECT min(p.created_at) FROM provider_transaction p WHERE p.order_id = o.id), o.created_at),
               o.coins, o.state,
               EXISTS (SELECT FROM top_up_order_event e WHERE e.order_id = o.id AND e.reason = %(declined)s),
               EXISTS (SELECT FROM top_up_order_event e WHERE e.order_id = o.id AND e.reason = %(disputed)s)
          FROM top_up_order o
         WHERE o.{_COLUMN_OF[subject]} = %(key)s AND o.updated_at > %(since)s AND o.id <> %(but)s
        """,
        {
            "declined": Reason.PAYMENT_DECLINED,
            "disputed": Reason.PAYMENT_DISPUTED,
            "key": key,
            "since": since,
            "but": but,
        },
    )
    return [
        Past(row[0], row[1], row[2], _fate(OrderState(row[3]), declined=row[4]), disputed=row[5])
        for row in await cursor.fetchall()
    ]


def _fate(state: OrderState, *, declined: bool) -> Fate:
    if state in OPEN_STATES:
        return Fate.OPEN
    if state is OrderState.FAILED and declined:
        return Fate.DECLINED
    return Fate.CLOSED if state in (OrderState.FAILED, OrderState.EXPIRED) else Fate.PAID


async def set_held(conn: Connection, user_id: UUID, order_id: UUID, held: bool) -> None:
    """Keep an order from being credited, or let it go. The caller holds the order's lock."""
    await conn.execute(
        "UPDATE top_up_order SET held = %s WHERE user_id = %s AND id = %s",
        (held, user_id, order_id),
    )


async def insert_hold(conn: Connection, hold: OrderHold) -> None:
    """Keep why a payment is held."""
    await conn.execute(
        "INSERT INTO order_hold (order_id, user_id, reasons, created_at) VALUES (%s, %s, %s, %s)",
        (
            hold.order_id,
            hold.user_id,
            Jsonb([asdict(reason) for reason in hold.reasons]),
            hold.created_at,
        ),
    )


def _hold(**columns: Any) -> OrderHold:
    reasons = tuple(
        HoldReason(
            **{
                **reason,
                "subject": Subject(reason["subject"]),
                "measure": Measure(reason["measure"]),
            }
        )
        for reason in columns.pop("reasons")
    )
    return OrderHold(**columns, reasons=reasons)


async def _holds(
    conn: ReadConnection, query: LiteralString, params: Sequence[object]
) -> list[OrderHold]:
    async with conn.cursor(row_factory=kwargs_row(_hold)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()


async def find_hold(conn: ReadConnection, order_id: UUID) -> OrderHold | None:
    """The hold of an order, decided or not."""
    found = await _holds(conn, f"SELECT {_HOLD} FROM order_hold WHERE order_id = %s", (order_id,))
    return found[0] if found else None


async def open_holds(
    conn: ReadConnection, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[OrderHold]:
    """Holds that nobody decided, oldest first."""
    at, order_id = after or (None, None)
    return await _holds(
        conn,
        f"""
        SELECT {_HOLD} FROM order_hold
         WHERE decision IS NULL AND (%s::timestamptz IS NULL OR (created_at, order_id) > (%s, %s))
         ORDER BY created_at, order_id LIMIT %s
        """,
        (at, at, order_id, limit),
    )


async def decide(
    conn: Connection, order_id: UUID, *, decision: str, decided_by: UUID, at: datetime
) -> bool:
    """Keep an operator's decision; False when there is one already. The caller holds the order's lock."""
    cursor = await conn.execute(
        """
        UPDATE order_hold SET decision = %s, decided_by = %s, decided_at = %s
         WHERE order_id = %s AND decision IS NULL
        """,
        (decision, decided_by, at, order_id),
    )
    return cursor.rowcount == 1


async def blank_visitors(conn: Connection, before: datetime, limit: int) -> int:
    """Forget which device and address orders came from that were made before a moment; answers how many."""
    cursor = await conn.execute(
        """
        UPDATE top_up_order SET visitor_device = NULL, visitor_address = NULL
         WHERE id IN (SELECT id FROM top_up_order
                       WHERE created_at < %s AND (visitor_device IS NOT NULL OR visitor_address IS NOT NULL) LIMIT %s)
        """,
        (before, limit),
    )
    return cursor.rowcount


async def blank_visitors_of(conn: Connection, user_id: UUID) -> int:
    """Forget which devices and addresses a person's orders came from; answers on how many orders."""
    cursor = await conn.execute(
        """
        UPDATE top_up_order SET visitor_device = NULL, visitor_address = NULL
         WHERE user_id = %s AND (visitor_device IS NOT NULL OR visitor_address IS NOT NULL)
        """,
        (user_id,),
    )
    return cursor.rowcount


async def blank_payers(conn: Connection, before: datetime, limit: int) -> int:
    """Forget which card or account paid for orders that were made before a moment; answers how many."""
    cursor = await conn.execute(
        """
        UPDATE top_up_order SET payer_fingerprint = NULL
         WHERE id IN (SELECT id FROM top_up_order
                       WHERE created_at < %s AND payer_fingerprint IS NOT NULL LIMIT %s)
        """,
        (before, limit),
    )
    return cursor.rowcount
