"""Bonus coins of a reversed order: those that are still there go with its paid coins; those given away are gone.

They lie on an axis of their own, in the order in which they are to be spent: what lapses first comes first, after coins
of a row that is partly spent; of coins that lapse at the same moment, or never, those that were given first.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from largesse.db import Connection
from largesse.ledger.model import BonusPart
from largesse.ledger.queries import pieces as queries
from largesse.ledger.queries.pieces import LotPiece
from largesse.ledger.queries.transfers import Coins
from largesse.ledger.waterfall import share_of


async def open_place(
    conn: Connection, owner_id: UUID, bonus: BonusPart, *, turnover: int, end: int
) -> int:
    """Make room for bonus coins on their axis, which is spent up to `turnover` and ends at `end`: before unspent ones
    that lapse later. Answers where."""
    if bonus.expires_at is None or not bonus.coins:
        return end
    place = await queries.first_lapsing_after(conn, owner_id, turnover, bonus.expires_at)
    if place is None:
        return end
    await queries.move_bonus(conn, owner_id, place, bonus.coins)
    return place


async def settle(
    conn: Connection,
    lots: Sequence[LotPiece],
    coins: Coins,
    *,
    taken: int,
    amount_minor: int,
    piece_id: UUID,
    start: int,
    at: datetime,
) -> int:
    """Have taken as many as fall on the reversed amount and are there; answers how many are taken now, after `taken`.

    What comes back lies in a row `piece_id` at the end of the axis of paid coins (`start`), and lapses when the order's
    own row does, which is the last of them.
    """
    order = lots[0]
    unused = sum(lot.bonus_left(coins.bonus_turnover) for lot in lots)
    wanted = share_of(order.coins_bonus, amount_minor, order.gross_minor)
    target = min(wanted, taken + unused)
    if target > taken:
        await _remove(conn, lots, coins.bonus_turnover, target - taken)
    elif target < taken:
        await queries.insert_piece(
            conn,
            order,
            id=piece_id,
            start=start,
            coins=0,
            position=0,
            at=at,
            bonus=BonusPart(taken - target, order.bonus_expires_at),
            bonus_start=await open_place(
                conn,
                order.owner_id,
                BonusPart(taken - target, order.bonus_expires_at),
                turnover=coins.bonus_turnover,
                end=coins.bonus + coins.bonus_turnover,
            ),
        )
    return target


async def _remove(
    conn: Connection, lots: Sequence[LotPiece], bonus_turnover: int, coins: int
) -> None:
    """Take unused bonus coins out of an order's rows, the last first."""
    for lot in sorted(lots, key=lambda each: each.bonus_start, reverse=True):
        count = min(coins, lot.bonus_left(bonus_turnover))
        if count:
            await queries.shrink_bonus(conn, lot.owner_id, lot.id, count)
            coins -= count
