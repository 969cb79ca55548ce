"""SQL of the sandbox's own table; orders are not in it."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.topups.providers import Payer
from largesse.topups.providers.sandbox.books import (
    PAID_STATES,
    SOURCES,
    Payment,
    PaymentState,
    Refund,
)


async def insert_payment(conn: Connection, payment: Payment, at: datetime) -> None:
    """Open a checkout; one that is there stays as it is."""
    await conn.execute(
        """
        INSERT INTO sandbox_payment (id, order_id, amount_minor, currency, description, return_url, state, country,
                                     created_at, updated_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
        """,
        (
            payment.id,
            payment.order_id,
            payment.amount_minor,
            payment.currency,
            payment.description,
            payment.return_url,
            payment.state,
            payment.country,
            at,
            at,
        ),
    )


async def payment_by_id(conn: ReadConnection, payment_id: UUID) -> Payment | None:
    """A checkout."""
    async with conn.cursor(row_factory=class_row(Payment)) as cursor:
        await cursor.execute(
            """
            SELECT id, order_id, amount_minor, currency, description, return_url, state, transaction_id,
                   country, payer_country, payer_fingerprint
              FROM sandbox_payment WHERE id = %s
            """,
            (payment_id,),
        )
        return await cursor.fetchone()


async def payments_of_order(conn: ReadConnection, order_id: UUID) -> list[Payment]:
    """The checkouts of an order, oldest first: one, unless it was opened under several keys."""
    async with conn.cursor(row_factory=class_row(Payment)) as cursor:
        await cursor.execute(
            """
            SELECT id, order_id, amount_minor, currency, description, return_url, state, transaction_id,
                   country, payer_country, payer_fingerprint
              FROM sandbox_payment WHERE order_id = %s ORDER BY created_at, id
            """,
            (order_id,),
        )
        return await cursor.fetchall()


async def payment_of_order(conn: ReadConnection, order_id: UUID) -> Payment | None:
    """The first checkout of an order."""
    return next(iter(await payments_of_order(conn, order_id)), None)


async def move_payment(
    conn: Connection, payment_id: UUID, target: PaymentState, *, transaction_id: str, at: datetime
) -> Payment | None:
    """Change a checkout's state; None when it cannot go there. The first success names the transaction for good."""
    async with conn.cursor(row_factory=class_row(Payment)) as cursor:
        await cursor.execute(
            """
            UPDATE sandbox_payment
               SET state = %(target)s, updated_at = %(at)s,
                   transaction_id = CASE WHEN %(paid)s THEN coalesce(transaction_id, %(transaction_id)s) END
             WHERE id = %(id)s AND state = ANY(%(sources)s)
            RETURNING id, order_id, amount_minor, currency, description, return_url, state, transaction_id,
                   country, payer_country, payer_fingerprint
            """,
            {
                "id": payment_id,
                "target": target.value,
                "at": at,
                "paid": target in PAID_STATES,
                "transaction_id": transaction_id,
                "sources": [source.value for source in SOURCES[target]],
            },
        )
        return await cursor.fetchone()


async def set_payer(conn: Connection, payment_id: UUID, payer: Payer) -> None:
    """Keep whose card was typed last, until the payment succeeds."""
    await conn.execute(
        """
        UPDATE sandbox_payment SET payer_country = %s, payer_fingerprint = %s
         WHERE id = %s AND transaction_id IS NULL
        """,
        (payer.country, payer.fingerprint, payment_id),
    )


async def lock_payment(conn: Connection, payment_id: UUID) -> None:
    """Hold a checkout until the transaction ends."""
    await conn.execute("SELECT FROM sandbox_payment WHERE id = %s FOR UPDATE", (payment_id,))


async def refunds(conn: ReadConnection, payment_id: UUID) -> list[Refund]:
    """What was given back of a payment, oldest first."""
    async with conn.cursor(row_factory=class_row(Refund)) as cursor:
        await cursor.execute(
            """
            SELECT idempotency_key AS id, amount_minor FROM sandbox_refund
             WHERE payment_id = %s ORDER BY created_at, idempotency_key
            """,
            (payment_id,),
        )
        return await cursor.fetchall()


async def insert_refund(conn: Connection, payment_id: UUID, refund: Refund, at: datetime) -> None:
    """Give back a part of a payment."""
    await conn.execute(
        """
        INSERT INTO sandbox_refund (payment_id, idempotency_key, amount_minor, created_at)
        VALUES (%s, %s, %s, %s)
        """,
        (payment_id, refund.id, refund.amount_minor, at),
    )
