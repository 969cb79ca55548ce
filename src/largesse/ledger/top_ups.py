"""Top-ups and what undoes them."""

from uuid import UUID

from largesse.db import Connection
from largesse.ledger.model import TakeBackKind, TakenBack, TopUp


async def credit_top_up(conn: Connection, top_up: TopUp) -> None:
    """Credit a paid order once."""
    raise NotImplementedError


async def take_back(
    conn: Connection, *, owner_id: UUID, order_id: UUID, kind: TakeBackKind
) -> TakenBack:
    """Undo a credited order."""
    raise NotImplementedError
