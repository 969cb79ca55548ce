"""Top-ups. docs/money.md lists their transfers."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid5

from largesse.db import Connection
from largesse.ledger import bonus
from largesse.ledger.errors import AmountTooLarge
from largesse.ledger.model import COINS_MAX, BonusPart, Code, Entry, TopUp, Transfer
from largesse.ledger.moves import discount, moves, platform, recovery, repayment
from largesse.ledger.pieces import Axis
from largesse.ledger.posting import post
from largesse.ledger.queries.discounts import insert_discount
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.pieces import insert_changes, insert_piece, order_lots
from largesse.ledger.queries.transfers import (
    Coins,
    insert_lot,
    lock_coins,
    lot_exists,
    store_coins,
)
from largesse.types import now


async def credit_top_up(conn: Connection, top_up: TopUp) -> None:
    """Credit a paid order: its lot, its coins, its money; crediting it again changes nothing.

    Coins the owner still owes are paid back from the new ones first; the wallet thaws when nothing is owed.
    Holds lane 0 and the wallet until the caller's COMMIT.
    """
    await lock_shared_lane(conn)
    owner_id, order_id = top_up.owner_id, top_up.order_id
    coins = await lock_coins(conn, owner_id)
    if await lot_exists(conn, owner_id, order_id):
        return
    if not top_up.coins:
        raise AmountTooLarge
    assert_fits(coins, top_up)
    at = now()
    start = coins.amount + coins.turnover
    await open_lot(conn, top_up, coins, at)
    axis = Axis(conn, owner_id, order_id, at, coins.turnover, start + top_up.coins)
    repaid = min(coins.owed, coins.amount + top_up.coins)
    if repaid:
        await axis.repay(repaid)
    transfers = [
        *_credit_coins(top_up),
        *repayment(owner_id, repaid),
        *_credit_money(top_up),
        *_recovered(axis),
    ]
    head = await post(conn, [Entry(owner_id, order_id, "top_up", transfers, order_id)], at)
    await insert_changes(conn, owner_id, order_id, axis.changes, head=head, at=at)
    await insert_discount(
        conn, (owner_id, order_id, order_id), top_up.currency, top_up.discount_minor, at=at
    )
    hold_days = max(top_up.hold_days, coins.hold_days if coins.amount else 0)
    thaws = coins.owed > 0 and repaid == coins.owed
    await store_coins(
        conn, owner_id, repaid=repaid, hold_days=hold_days, frozen=coins.frozen and not thaws
    )


async def open_lot(conn: Connection, top_up: TopUp, coins: Coins, at: datetime) -> None:
    """The purchase's own row, with the bonus coins that lapse last, and a row for each moment at which others do."""
    owner_id, order_id, turnover = top_up.owner_id, top_up.order_id, coins.bonus_turnover
    start, end = coins.amount + coins.turnover, coins.bonus + turnover
    *sooner, last = _bonus_rows(top_up)
    place = await bonus.open_place(conn, owner_id, last, turnover=turnover, end=end)
    await insert_lot(conn, top_up, last, start=start, bonus_start=place, at=at)
    end += last.coins
    for no, part in enumerate(sooner, start=1):
        (own, *_) = await order_lots(conn, owner_id, order_id)
        place = await bonus.open_place(conn, owner_id, part, turnover=turnover, end=end)
        await insert_piece(
            conn,
            own,
            id=uuid5(order_id, f"bonus:{no}"),
            start=start,
            coins=0,
            position=0,
            at=at,
            bonus=part,
            bonus_start=place,
        )
        end += part.coins


def _bonus_rows(top_up: TopUp) -> Sequence[BonusPart]:
    """Bonus coins by when they lapse, those that do last at the end; never empty."""
    lapsing = Counter[datetime]()
    for part in top_up.bonus_parts:
        if part.expires_at is not None:
            lapsing[part.expires_at] += part.coins
    rows = [BonusPart(count, moment) for moment, count in sorted(lapsing.items()) if count]
    lasting = top_up.coins_bonus - lapsing.total()
    return [*rows, BonusPart(lasting, None)] if lasting or not rows else rows


def assert_fits(coins: Coins, top_up: TopUp) -> None:
    """Raise AmountTooLarge for what no axis could hold."""
    bought = coins.amount + coins.turnover + top_up.coins
    given = coins.bonus + coins.bonus_turnover + top_up.coins_bonus
    lapsing = sum(part.coins for part in top_up.bonus_parts)
    if (
        not 0 <= top_up.coins <= bought <= COINS_MAX
        or not 0 <= lapsing <= top_up.coins_bonus <= given <= COINS_MAX
    ):
        raise AmountTooLarge


def _credit_coins(top_up: TopUp) -> list[Transfer]:
    paid, bonus = (top_up.owner_id, Code.COINS_PAID), (top_up.owner_id, Code.COINS_BONUS)
    return [
        *moves("COIN", top_up.coins, platform(Code.COINS_ISSUED), paid),
        *moves("COIN", top_up.coins_bonus, platform(Code.BONUS_ISSUED), bonus),
    ]


def _credit_money(top_up: TopUp) -> list[Transfer]:
    """Debits are positive: the clearing account receives the gross, less the provider's fee."""
    clearing = platform(Code.PROVIDER_CLEARING)
    net_minor = top_up.gross_minor - top_up.tax_minor
    currency = top_up.currency
    return [
        *moves(currency, top_up.tax_minor, platform(Code.TAX_PAYABLE), clearing),
        *moves(currency, net_minor, platform(Code.DEFERRED_REVENUE), clearing),
        *moves(currency, top_up.fee_minor, clearing, platform(Code.PROVIDER_FEES)),
        *discount(currency, top_up.discount_minor),
    ]


def _recovered(axis: Axis) -> list[Transfer]:
    values = axis.values.get("repaid", Counter())
    return [
        transfer
        for currency, amount_minor in sorted(values.items())
        for transfer in recovery(currency, amount_minor)
    ]
