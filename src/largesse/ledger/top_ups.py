"""Top-ups, and what undoes them. docs/money.md lists the transfers of each."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from largesse.db import Connection
from largesse.ledger.errors import AmountTooLarge, LotNotFound
from largesse.ledger.model import COINS_MAX, Code, Entry, TakeBackKind, TakenBack, TopUp, Transfer
from largesse.ledger.posting import post
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.transfers import (
    Coins,
    entry_transfers,
    find_lot,
    insert_lot,
    lock_coins,
    shrink_lot,
    store_coins,
)
from largesse.ledger.rows import LotRow
from largesse.types import PLATFORM_ID, now

Leg = tuple[UUID, Code]


async def credit_top_up(conn: Connection, top_up: TopUp) -> None:
    """Credit a paid order: its lot, its coins, its money; crediting it again changes nothing.

    Coins the owner still owes are paid back from the new ones first; the wallet thaws when nothing is owed.
    Holds lane 0 and the wallet until the caller's COMMIT.
    """
    await lock_shared_lane(conn)
    coins = await lock_coins(conn, top_up.owner_id)
    if await find_lot(conn, top_up.owner_id, top_up.order_id) is not None:
        return
    _assert_fits(coins, top_up)
    at = now()
    repaid = min(coins.owed, coins.amount + top_up.coins)
    transfers = [
        *_credit_coins(top_up),
        *_repayment(top_up.owner_id, repaid),
        *_credit_money(top_up),
    ]
    order_id = top_up.order_id
    await post(conn, [Entry(top_up.owner_id, order_id, "top_up", transfers, order_id)], at)
    await insert_lot(conn, top_up, start=coins.amount + coins.turnover, at=at)
    hold_days = max(top_up.hold_days, coins.hold_days if coins.amount else 0)
    thaws = coins.owed > 0 and repaid == coins.owed
    await store_coins(
        conn,
        top_up.owner_id,
        repaid=repaid,
        hold_days=hold_days,
        frozen=coins.frozen and not thaws,
    )


async def take_back(
    conn: Connection, *, owner_id: UUID, order_id: UUID, kind: TakeBackKind
) -> TakenBack:
    """Undo a credited order as a whole, once: what is unused of its lot leaves the wallet; the spent rest is taken from
    the owner's other paid coins, and what they do not cover is recorded as owed and freezes the wallet.

    Holds lane 0 and the wallet until the caller's COMMIT.
    """
    await lock_shared_lane(conn)
    coins = await lock_coins(conn, owner_id)
    lot = await find_lot(conn, owner_id, order_id)
    if lot is None:
        raise LotNotFound
    entry_id = uuid5(order_id, "take_back")
    earlier = await entry_transfers(conn, owner_id, entry_id)
    if earlier:
        return _taken_back(earlier, duplicate=True)
    repaid = min(lot.coins_spent, coins.amount - lot.coins_left)
    transfers = [
        *_moves(
            "COIN", lot.coins_left, (owner_id, Code.COINS_PAID), _platform(Code.COINS_REFUNDED)
        ),
        *_moves(
            "COIN", lot.coins_spent, _platform(Code.COINS_RECEIVABLE), (owner_id, Code.COINS_OWED)
        ),
        *_repayment(owner_id, repaid),
        *_moves(
            "COIN",
            min(lot.coins_bonus, coins.bonus),
            (owner_id, Code.COINS_BONUS),
            _platform(Code.BONUS_ISSUED),
        ),
        *_return_money(lot),
    ]
    await post(conn, [Entry(owner_id, entry_id, kind, transfers, order_id)])
    await shrink_lot(conn, lot)
    await store_coins(
        conn,
        owner_id,
        repaid=repaid,
        hold_days=coins.hold_days,
        frozen=coins.frozen or repaid < lot.coins_spent,
    )
    return _taken_back(transfers, duplicate=False)


def _assert_fits(coins: Coins, top_up: TopUp) -> None:
    bought = coins.amount + coins.turnover + top_up.coins
    bonus = coins.bonus + coins.bonus_turnover + top_up.coins_bonus
    if (
        not 0 < top_up.coins <= bought <= COINS_MAX
        or not 0 <= top_up.coins_bonus <= bonus <= COINS_MAX
    ):
        raise AmountTooLarge


def _platform(code: Code) -> Leg:
    return PLATFORM_ID, code


def _moves(asset: str, amount: int, source: Leg, target: Leg) -> list[Transfer]:
    """One transfer, or none when there is nothing to move."""
    return [Transfer(asset, *source, *target, amount)] if amount else []


def _credit_coins(top_up: TopUp) -> list[Transfer]:
    owner_id = top_up.owner_id
    paid, bonus = (owner_id, Code.COINS_PAID), (owner_id, Code.COINS_BONUS)
    return [
        *_moves("COIN", top_up.coins, _platform(Code.COINS_ISSUED), paid),
        *_moves("COIN", top_up.coins_bonus, _platform(Code.BONUS_ISSUED), bonus),
    ]


def _repayment(owner_id: UUID, coins: int) -> list[Transfer]:
    """Paid coins settle what is owed; the receivable is gone, the coins count as refunded."""
    paid, owed = (owner_id, Code.COINS_PAID), (owner_id, Code.COINS_OWED)
    return [
        *_moves("COIN", coins, paid, _platform(Code.COINS_RECEIVABLE)),
        *_moves("COIN", coins, owed, _platform(Code.COINS_REFUNDED)),
    ]


def _credit_money(top_up: TopUp) -> list[Transfer]:
    """Debits are positive: the clearing account receives the gross, less the provider's fee."""
    clearing = _platform(Code.PROVIDER_CLEARING)
    net_minor = top_up.gross_minor - top_up.tax_minor
    currency = top_up.currency
    return [
        *_moves(currency, top_up.tax_minor, _platform(Code.TAX_PAYABLE), clearing),
        *_moves(currency, net_minor, _platform(Code.DEFERRED_REVENUE), clearing),
        *_moves(currency, top_up.fee_minor, clearing, _platform(Code.PROVIDER_FEES)),
    ]


def _return_money(lot: LotRow) -> list[Transfer]:
    """The gross goes back: tax, the unused coins' deferred revenue, and a loss for the spent ones."""
    clearing = _platform(Code.PROVIDER_CLEARING)
    net_minor = lot.gross_minor - lot.tax_minor
    loss_minor = net_minor * lot.coins_spent // lot.coins_bought
    return [
        *_moves(lot.currency, lot.tax_minor, clearing, _platform(Code.TAX_PAYABLE)),
        *_moves(lot.currency, net_minor - loss_minor, clearing, _platform(Code.DEFERRED_REVENUE)),
        *_moves(lot.currency, loss_minor, clearing, _platform(Code.CHARGEBACK_LOSS)),
    ]


def _taken_back(transfers: Iterable[Transfer], *, duplicate: bool) -> TakenBack:
    """Read from an entry's transfers what it did."""
    moved = {(transfer.from_code, transfer.to_code): transfer.amount for transfer in transfers}
    spent = moved.get((Code.COINS_RECEIVABLE, Code.COINS_OWED), 0)
    repaid = moved.get((Code.COINS_PAID, Code.COINS_RECEIVABLE), 0)
    return TakenBack(
        unused_coins=moved.get((Code.COINS_PAID, Code.COINS_REFUNDED), 0),
        spent_coins=spent,
        repaid_coins=repaid,
        owed_coins=spent - repaid,
        bonus_coins=moved.get((Code.COINS_BONUS, Code.BONUS_ISSUED), 0),
        duplicate=duplicate,
    )
