"""SQL of providers' transactions and notifications, and of how far their lists were read."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from largesse.db import Connection, ReadConnection
from largesse.topups.rows import ProviderTransaction, StoredNotification, TransactionState


async def claim_transaction(
    conn: Connection, transaction: ProviderTransaction, at: datetime
) -> bool:
    """Tie a provider's transaction to its order, once; False when it is known. The caller holds the order's lock."""
    cursor = await conn.execute(
        """
        INSERT INTO provider_transaction (provider, transaction_id, order_id, user_id, state, created_at)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (provider, transaction_id) DO NOTHING
        """,
        (
            transaction.provider,
            transaction.transaction_id,
            transaction.order_id,
            transaction.user_id,
            transaction.state,
            at,
        ),
    )
    return cursor.rowcount == 1


async def transactions_of(conn: ReadConnection, order_id: UUID) -> list[ProviderTransaction]:
    """The transactions tied to an order."""
    async with conn.cursor(row_factory=class_row(ProviderTransaction)) as cursor:
        await cursor.execute(
            """
            SELECT provider, transaction_id, order_id, user_id, state
              FROM provider_transaction WHERE order_id = %s ORDER BY created_at
            """,
            (order_id,),
        )
        return await cursor.fetchall()


async def find_transaction(
    conn: ReadConnection, provider: str, transaction_id: str
) -> ProviderTransaction | None:
    """A provider's transaction, if it is tied to an order."""
    async with conn.cursor(row_factory=class_row(ProviderTransaction)) as cursor:
        await cursor.execute(
            """
            SELECT provider, transaction_id, order_id, user_id, state
              FROM provider_transaction WHERE provider = %s AND transaction_id = %s
            """,
            (provider, transaction_id),
        )
        return await cursor.fetchone()


async def move_transaction(
    conn: Connection,
    provider: str,
    transaction_id: str,
    *,
    sources: list[TransactionState],
    target: TransactionState,
) -> bool:
    """Change a transaction's state from one of some states; False when it is in none of them: it was done before."""
    cursor = await conn.execute(
        """
        UPDATE provider_transaction SET state = %s
         WHERE provider = %s AND transaction_id = %s AND state = ANY(%s)
        """,
        (target, provider, transaction_id, [source.value for source in sources]),
    )
    return cursor.rowcount == 1


async def store_notification(
    conn: Connection,
    *,
    provider: str,
    id: str,
    headers: Mapping[str, str],
    body: bytes,
    received_at: datetime,
) -> bool:
    """Keep a verified notification as it came; False when this one is already kept."""
    cursor = await conn.execute(
        """
        INSERT INTO provider_notification (provider, id, body, headers, received_at)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT (provider, id) DO NOTHING
        """,
        (provider, id, body, Jsonb(dict(headers)), received_at),
    )
    return cursor.rowcount == 1


async def notification(conn: ReadConnection, provider: str, id: str) -> StoredNotification | None:
    """A kept notification."""
    async with conn.cursor(row_factory=class_row(StoredNotification)) as cursor:
        await cursor.execute(
            """
            SELECT provider, id, body, processed_at, outcome
              FROM provider_notification WHERE provider = %s AND id = %s
            """,
            (provider, id),
        )
        return await cursor.fetchone()


async def mark_processed(
    conn: Connection, provider: str, id: str, *, outcome: str, at: datetime
) -> None:
    """Say what became of a notification; the first answer stays."""
    await conn.execute(
        """
        UPDATE provider_notification SET processed_at = %s, outcome = %s
         WHERE provider = %s AND id = %s AND processed_at IS NULL
        """,
        (at, outcome, provider, id),
    )


async def unprocessed_notifications(
    conn: ReadConnection, before: datetime, limit: int
) -> list[tuple[str, str]]:
    """Provider and id of notifications that came before a moment and were not processed."""
    cursor = await conn.execute(
        """
        SELECT provider, id FROM provider_notification
         WHERE processed_at IS NULL AND received_at <= %s ORDER BY received_at LIMIT %s
        """,
        (before, limit),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def listed_until(conn: ReadConnection, provider: str) -> datetime | None:
    """Up to when a store's list of voided purchases was read; None: never."""
    cursor = await conn.execute(
        "SELECT listed_until FROM store_cursor WHERE provider = %s", (provider,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def set_listed_until(conn: Connection, provider: str, at: datetime) -> None:
    """Remember up to when a store's list was read; it never goes back."""
    await conn.execute(
        """
        INSERT INTO store_cursor (provider, listed_until) VALUES (%s, %s)
        ON CONFLICT (provider) DO UPDATE SET listed_until = greatest(store_cursor.listed_until, excluded.listed_until)
        """,
        (provider, at),
    )
