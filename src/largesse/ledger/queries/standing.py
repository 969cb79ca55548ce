"""How a purchase stands: what is left of it, and what was told of its refunds and disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from largesse.db import Connection
from largesse.ledger.queries.history import PURCHASES
from largesse.ledger.queries.reversals import causes
from largesse.ledger.waterfall import Cause, applied_minor, gravest_kind


@dataclass(frozen=True, slots=True)
class PurchaseStanding:
    """The coins of a purchase, and what was reversed of it."""

    coins_bought: int
    coins_left: int
    """Neither spent nor taken back."""
    coins_removed: int
    """Taken back unused."""
    coins_bonus: int
    """That came with it."""
    bonus_left: int
    bonus_lapsed: int
    """Not given in time."""
    bonus_removed: int
    """Taken back unused, with the paid ones."""
    gross_minor: int
    tax_minor: int
    created_at: datetime
    reversed_minor: int
    """Of its gross."""
    disputed: bool
    cause_ids: frozenset[str]
    """Every refund and dispute that was told, cancelled ones too."""


async def purchase_standing(
    conn: Connection, owner_id: UUID, order_id: UUID
) -> PurchaseStanding | None:
    """How a purchase stands now; None: the owner has no such one."""
    cursor = await conn.execute(
        "SELECT p.coins_bought, p.coins - p.coins_spent, p.coins_bought - p.coins, p.coins_bonus,"
        "       (SELECT sum(l.bonus - greatest(0, least(l.bonus, b.bonus_turnover - l.bonus_start)))::bigint"
        "          FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1"
        "         WHERE l.owner_id = p.owner_id AND l.order_id = p.id),"
        "       (SELECT sum(l.bonus_lapsed)::bigint FROM lot l WHERE l.owner_id = p.owner_id AND l.order_id = p.id),"
        "       coalesce((SELECT r.coins_bonus FROM reversal r"
        "                  WHERE r.owner_id = p.owner_id AND r.order_id = p.id), 0),"
        "       p.gross_minor, p.tax_minor, p.created_at"
        f" FROM ({PURCHASES} WHERE own.owner_id = %s AND own.id = %s AND own.order_id = own.id) p",
        (owner_id, order_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return _standing(row, await causes(conn, owner_id, order_id))


def _standing(row: Sequence[Any], told: Sequence[Cause]) -> PurchaseStanding:
    return PurchaseStanding(
        coins_bought=row[0],
        coins_left=row[1],
        coins_removed=row[2],
        coins_bonus=row[3],
        bonus_left=row[4],
        bonus_lapsed=row[5],
        bonus_removed=row[6],
        gross_minor=row[7],
        tax_minor=row[8],
        created_at=row[9],
        reversed_minor=applied_minor(told, row[7]),
        disputed=gravest_kind(told) == "chargeback",
        cause_ids=frozenset(cause.id for cause in told),
    )
