"""Lists of one owner, newest first: wallet history, lots, gifts received."""

from datetime import datetime
from typing import LiteralString, NamedTuple, TypeVar
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.cursors import NEWEST, Place, decode, encode
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.queries.sent import gifts_sent
from largesse.ledger.queries.wallets import wallet_state
from largesse.ledger.rows import GiftRow, LotRow, Slice, WalletEvent

Listed = TypeVar("Listed", GiftRow, LotRow)

PURCHASES: LiteralString = (
    "SELECT own.owner_id, own.id, own.start, all_rows.coins, own.coins_bought, own.coins_bonus,"
    "       all_rows.coins_spent, own.currency, own.gross_minor, own.tax_minor, own.fee_minor,"
    "       own.provider, own.channel, own.hold_days, own.created_at"
    "  FROM lot own CROSS JOIN LATERAL ("
    "    SELECT sum(l.coins - l.returned)::bigint AS coins,"
    "           sum(greatest(0, least(l.coins, b.turnover - l.start)) - l.returned)::bigint AS coins_spent"
    "      FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1"
    "     WHERE l.owner_id = own.owner_id AND l.order_id = own.id) all_rows"
)
"""Purchases, all rows of each together; `own` is its first row."""


class _Move(NamedTuple):
    """One line of a wallet's history before its balance is known."""

    at: datetime
    id: UUID
    kind: str
    coins_paid: int
    coins_bonus: int
    order_id: UUID | None
    gift: GiftRow | None


async def wallet_history(
    conn: ReadConnection, owner_id: UUID, *, limit: int, cursor: str | None = None
) -> Slice[WalletEvent]:
    """What came into and went out of a wallet, with the balance after each; reads one snapshot (`db.read()`).

    The balance runs backwards from the present one; the cursor carries it to the next page. The history ends where the
    owner's gifts lie in the archive: without them no balance could be told.
    """
    place = decode(cursor)
    if place == NEWEST:
        wallet = await wallet_state(conn, owner_id)
        balance = wallet.coins_paid + wallet.coins_bonus
    else:
        balance = place.balance
    moves = await _gift_moves(conn, owner_id, place, limit + 1)
    moves += await _transfer_moves(conn, owner_id, place, limit + 1)
    archived_until = await _archived_until(conn, owner_id)
    if archived_until is not None:
        moves = [move for move in moves if move.at > archived_until]
    moves.sort(key=lambda move: (move.at, move.id), reverse=True)
    events: list[WalletEvent] = []
    for at, id, kind, paid, bonus, order_id, gift in moves[:limit]:
        events.append(WalletEvent(id, kind, at, paid, bonus, balance, order_id, gift))
        balance -= paid + bonus
    more = len(moves) > limit
    following = encode(Place(events[-1].at, events[-1].id, balance)) if more else None
    return Slice(events, following, archived_until)


async def _archived_until(conn: ReadConnection, owner_id: UUID) -> datetime | None:
    """When the last gift was sent that lies in the archive."""
    cursor = await conn.execute(
        "SELECT max(last_at) FROM archived_viewer_month WHERE owner_id = %s", (owner_id,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def _gift_moves(
    conn: ReadConnection, owner_id: UUID, place: Place, limit: int
) -> list[_Move]:
    """Gifts an owner sent."""
    return [
        _Move(row.created_at, row.id, "gift", -row.coins_paid, -row.coins_bonus, None, row)
        for row in await gifts_sent(conn, owner_id, place, limit)
    ]


async def _transfer_moves(
    conn: ReadConnection, owner_id: UUID, place: Place, limit: int
) -> list[_Move]:
    """Entries that touched an owner's coins, or the money paid for them: not every chargeback finds a coin to take."""
    rows = await conn.execute(
        "WITH leg AS ("
        "  SELECT entry_id, kind, created_at, reference_id, to_code AS code, amount"
        "    FROM transfer WHERE owner_id = %(owner)s AND to_id = %(owner)s"
        "  UNION ALL"
        "  SELECT entry_id, kind, created_at, reference_id, from_code, -amount"
        "    FROM transfer WHERE owner_id = %(owner)s AND from_id = %(owner)s"
        "  UNION ALL"
        "  SELECT entry_id, kind, created_at, reference_id, 40, 0"
        "    FROM transfer WHERE owner_id = %(owner)s AND 40 IN (from_code, to_code))"
        " SELECT created_at, entry_id, kind,"
        "        coalesce(sum(amount) FILTER (WHERE code = 1), 0)::bigint,"
        "        coalesce(sum(amount) FILTER (WHERE code = 2), 0)::bigint, reference_id"
        "   FROM leg WHERE code IN (1, 2, 3, 40) AND (created_at, entry_id) < (%(at)s, %(id)s)"
        "  GROUP BY created_at, entry_id, kind, reference_id"
        "  ORDER BY created_at DESC, entry_id DESC LIMIT %(limit)s",
        {"owner": owner_id, "at": place.at, "id": place.id, "limit": limit},
    )
    return [
        _Move(at, id, kind, paid, bonus, order_id, None)
        for at, id, kind, paid, bonus, order_id in await rows.fetchall()
    ]


async def lots(
    conn: ReadConnection, owner_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> Slice[LotRow]:
    """The purchases of an owner and how much of each is spent, all rows of a purchase together."""
    place = decode(cursor)
    async with conn.cursor(row_factory=class_row(LotRow)) as rows:
        await rows.execute(
            f"{PURCHASES} WHERE own.owner_id = %s AND own.id = own.order_id AND own.coins_bought > 0"
            " AND (own.created_at, own.id) < (%s, %s) ORDER BY own.created_at DESC, own.id DESC LIMIT %s",
            (owner_id, place.at, place.id, limit + 1 if limit is not None else None),
        )
        return slice_of(await rows.fetchall(), limit)


async def gifts_received(
    conn: ReadConnection, recipient_id: UUID, *, limit: int, cursor: str | None = None
) -> Slice[GiftRow]:
    """Gifts to a recipient."""
    place = decode(cursor)
    async with conn.cursor(row_factory=class_row(GiftRow)) as rows:
        await rows.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift"
            " WHERE recipient_id = %s AND created_at <= %s AND (created_at, id) < (%s, %s)"
            " ORDER BY created_at DESC, id DESC LIMIT %s",
            (recipient_id, place.at, place.at, place.id, limit + 1),
        )
        return slice_of(await rows.fetchall(), limit)


def slice_of(rows: list[Listed], limit: int | None) -> Slice[Listed]:
    """At most `limit` of the rows, and where to go on when there are more."""
    if limit is None or len(rows) <= limit:
        return Slice(rows, None)
    last = rows[limit - 1]
    return Slice(rows[:limit], encode(Place(last.created_at, last.id)))
