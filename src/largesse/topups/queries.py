"""SQL of orders and their history."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row, kwargs_row

from largesse.db import Connection, ReadConnection
from largesse.topups.rows import HistoryLine, Order
from largesse.topups.states import OrderState, Reason, Step

_COLUMNS: LiteralString = """
    user_id, id, state, package_id, price_book_id, product_id, provider, channel, country, coins, coins_bonus, currency,
    net_minor, tax_name, tax_bp, tax_minor, gross_minor, discount_minor, fee_minor, hold_days, provider_ref,
    checkout_url, return_path, idempotency_key, created_at, expires_at, updated_at, polls, poll_at, payer_country,
    payer_fingerprint, visitor_address, visitor_device, held
"""


def _order(**columns: object) -> Order:
    return Order(**{**columns, "state": OrderState(str(columns["state"]))})  # type: ignore[arg-type]


async def _orders(
    conn: ReadConnection, query: LiteralString, params: Sequence[object]
) -> list[Order]:
    """Run a query that gives whole orders."""
    async with conn.cursor(row_factory=kwargs_row(_order)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()


def _one(orders: list[Order]) -> Order | None:
    return orders[0] if orders else None


async def insert_order(conn: Connection, order: Order) -> bool:
    """Store a new order; False when its user already used the key."""
    cursor = await conn.execute(
        """
        INSERT INTO top_up_order (user_id, id, state, package_id, price_book_id, product_id, provider, channel, country,
                                  coins, coins_bonus, currency, net_minor, tax_name, tax_bp, tax_minor, gross_minor,
                                  discount_minor, fee_minor, hold_days, return_path, idempotency_key, created_at,
                                  expires_at, updated_at, poll_at, visitor_address, visitor_device)
        VALUES (%(user_id)s, %(id)s, %(state)s, %(package_id)s, %(price_book_id)s, %(product_id)s, %(provider)s,
                %(channel)s, %(country)s, %(coins)s, %(coins_bonus)s, %(currency)s, %(net_minor)s, %(tax_name)s,
                %(tax_bp)s, %(tax_minor)s, %(gross_minor)s, %(discount_minor)s, %(fee_minor)s, %(hold_days)s,
                %(return_path)s, %(idempotency_key)s, %(created_at)s, %(expires_at)s, %(updated_at)s, %(poll_at)s,
                %(visitor_address)s, %(visitor_device)s)
        ON CONFLICT (user_id, idempotency_key) DO NOTHING
        """,
        asdict(order),
    )
    return cursor.rowcount == 1


async def lock_ordering(conn: Connection, user_id: UUID) -> None:
    """Let one user's orders be made one after the other, so that the limit on open ones holds."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(user_id),))


async def order_by_key(conn: ReadConnection, user_id: UUID, key: str) -> Order | None:
    """The order a user made with an idempotency key."""
    return _one(
        await _orders(
            conn,
            f"SELECT {_COLUMNS} FROM top_up_order WHERE user_id = %s AND idempotency_key = %s",
            (user_id, key),
        )
    )


async def order_of(conn: ReadConnection, user_id: UUID, order_id: UUID) -> Order | None:
    """A user's own order."""
    return _one(
        await _orders(
            conn,
            f"SELECT {_COLUMNS} FROM top_up_order WHERE user_id = %s AND id = %s",
            (user_id, order_id),
        )
    )


async def orders_of(
    conn: ReadConnection, user_id: UUID, *, before: UUID | None, limit: int
) -> list[Order]:
    """A user's orders, newest first, older than `before`."""
    return await _orders(
        conn,
        f"""
        SELECT {_COLUMNS} FROM top_up_order
         WHERE user_id = %s AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s
        """,
        (user_id, before, before, limit),
    )


async def find_order(conn: ReadConnection, order_id: UUID) -> Order | None:
    """An order by id alone: for what providers tell."""
    return _one(
        await _orders(conn, f"SELECT {_COLUMNS} FROM top_up_order WHERE id = %s", (order_id,))
    )


async def find_orders(conn: ReadConnection, order_ids: Sequence[UUID]) -> dict[UUID, Order]:
    """Orders by their ids alone; those that are not there are missing."""
    found = await _orders(
        conn, f"SELECT {_COLUMNS} FROM top_up_order WHERE id = ANY (%s)", (list(order_ids),)
    )
    return {order.id: order for order in found}


async def lock_order(conn: Connection, order_id: UUID) -> Order | None:
    """An order, locked until the transaction ends. Taken before any row of its transactions or of the ledger."""
    return _one(
        await _orders(
            conn, f"SELECT {_COLUMNS} FROM top_up_order WHERE id = %s FOR UPDATE", (order_id,)
        )
    )


async def open_order_count(conn: ReadConnection, user_id: UUID) -> int:
    """How many orders of a user wait for payment."""
    cursor = await conn.execute(
        """
        SELECT count(*) FROM top_up_order
         WHERE user_id = %s AND state IN ('created', 'pending')
        """,
        (user_id,),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def set_checkout(
    conn: Connection,
    order: Order,
    *,
    reference: str | None,
    url: str | None,
    poll_at: datetime | None,
) -> None:
    """Keep the provider's page of an order (a purchase in an app has none), and when to ask about it first. The caller
    holds the order's lock."""
    await conn.execute(
        """
        UPDATE top_up_order SET provider_ref = %s, checkout_url = %s, poll_at = %s
         WHERE user_id = %s AND id = %s
        """,
        (reference, url, poll_at, order.user_id, order.id),
    )


async def set_price(conn: Connection, order: Order) -> None:
    """Keep the price of an order as it is in the value. The caller holds the order's lock."""
    await conn.execute(
        """
        UPDATE top_up_order
           SET price_book_id = %(price_book_id)s, currency = %(currency)s, net_minor = %(net_minor)s,
               tax_name = %(tax_name)s, tax_bp = %(tax_bp)s, tax_minor = %(tax_minor)s,
               gross_minor = %(gross_minor)s, discount_minor = %(discount_minor)s, fee_minor = %(fee_minor)s
         WHERE user_id = %(user_id)s AND id = %(id)s
        """,
        asdict(order),
    )


async def set_reference(conn: Connection, order: Order, reference: str) -> None:
    """Keep what the provider wants to be asked by; the first one stays. The caller holds the order's lock."""
    await conn.execute(
        """
        UPDATE top_up_order SET provider_ref = coalesce(provider_ref, %s) WHERE user_id = %s AND id = %s
        """,
        (reference, order.user_id, order.id),
    )


async def apply_step(
    conn: Connection, order: Order, step: Step, at: datetime, *, settled: bool
) -> None:
    """Move an order to a state and say so in its history. The caller holds the order's lock."""
    await conn.execute(
        """
        UPDATE top_up_order
           SET state = %s, updated_at = %s, poll_at = CASE WHEN %s THEN NULL ELSE poll_at END
         WHERE user_id = %s AND id = %s
        """,
        (step.state, at, settled, order.user_id, order.id),
    )
    await add_history(conn, HistoryLine(order.id, step.state, step.reason, at))


async def add_history(conn: Connection, line: HistoryLine) -> None:
    """Append a line to an order's history. The caller holds the order's lock."""
    await conn.execute(
        """
        INSERT INTO top_up_order_event (order_id, no, state, reason, created_at)
        SELECT %s, coalesce(max(no), 0) + 1, %s, %s, %s FROM top_up_order_event WHERE order_id = %s
        """,
        (line.order_id, line.state, line.reason, line.created_at, line.order_id),
    )


async def history_of(conn: ReadConnection, order_ids: list[UUID]) -> list[HistoryLine]:
    """The history of some orders, each oldest first."""
    async with conn.cursor(row_factory=class_row(HistoryLine)) as cursor:
        await cursor.execute(
            """
            SELECT order_id, state, reason, created_at FROM top_up_order_event
             WHERE order_id = ANY(%s) ORDER BY order_id, no
            """,
            (order_ids,),
        )
        return [
            HistoryLine(line.order_id, OrderState(line.state), Reason(line.reason), line.created_at)
            for line in await cursor.fetchall()
        ]


async def expired_orders(conn: ReadConnection, at: datetime, limit: int) -> list[UUID]:
    """Orders still open past their time."""
    cursor = await conn.execute(
        """
        SELECT id FROM top_up_order
         WHERE state IN ('created', 'pending') AND expires_at <= %s ORDER BY expires_at LIMIT %s
        """,
        (at, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def orders_to_poll(conn: ReadConnection, at: datetime, limit: int) -> list[Order]:
    """Orders whose provider is to be asked now."""
    return await _orders(
        conn,
        f"SELECT {_COLUMNS} FROM top_up_order WHERE poll_at <= %s ORDER BY poll_at LIMIT %s",
        (at, limit),
    )


async def set_payer(conn: Connection, order: Order) -> None:
    """Keep what is known of who paid: the country, and the digest of the card or account. The caller holds the lock."""
    await conn.execute(
        """
        UPDATE top_up_order SET payer_country = %s, payer_fingerprint = %s
         WHERE user_id = %s AND id = %s
        """,
        (order.payer_country, order.payer_fingerprint, order.user_id, order.id),
    )


async def set_next_poll(conn: Connection, order: Order, poll_at: datetime | None) -> None:
    """Count one more question to the provider and plan the next, unless the order was settled meanwhile."""
    await conn.execute(
        """
        UPDATE top_up_order SET polls = polls + 1, poll_at = %s
         WHERE user_id = %s AND id = %s AND poll_at IS NOT NULL
        """,
        (poll_at, order.user_id, order.id),
    )


async def paid_orders(conn: ReadConnection, before: datetime, limit: int) -> list[UUID]:
    """Orders paid before a moment whose coins were not credited, though nobody holds them."""
    cursor = await conn.execute(
        """
        SELECT id FROM top_up_order
         WHERE state = 'paid' AND NOT held AND updated_at <= %s ORDER BY expires_at LIMIT %s
        """,
        (before, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def set_expiry(conn: Connection, order_id: UUID, expires_at: datetime) -> None:
    """Move the time until which an order can be paid. The caller holds the order's lock."""
    await conn.execute(
        "UPDATE top_up_order SET expires_at = %s WHERE id = %s", (expires_at, order_id)
    )
