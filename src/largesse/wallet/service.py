"""Reading a wallet, and setting its budget."""

from typing import cast
from uuid import UUID

from largesse import ledger
from largesse.identity import Person, User, persons
from largesse.ledger import GiftRow, PricedLot, WalletEvent
from largesse.services import Services
from largesse.types import Money, Page, now
from largesse.wallet.schemas import (
    BonusExpiring,
    GivenGift,
    Lot,
    LotGift,
    LotGifts,
    OwnWallet,
    TransactionKind,
    WalletHistory,
    WalletTransaction,
    WalletView,
)
from largesse.wallet.views import lot_view, wallet_view


async def show_wallet(services: Services, user: User) -> OwnWallet:
    """A user's wallet now."""
    async with services.db.read() as conn:
        state = await ledger.wallet_state(conn, user.id)
        parts = await ledger.bonus_expiring(conn, user.id) if state.coins_bonus else []
    expiring = [
        BonusExpiring(coins=part.coins, expires_at=part.expires_at)
        for part in parts
        if part.expires_at is not None
    ]
    return OwnWallet(**dict(wallet_view(state, now())), bonus_expiring=expiring)


async def change_budget(services: Services, user: User, monthly_coins: int | None) -> WalletView:
    """Set the monthly budget: lower at once, higher or none after a day."""
    at = now()
    async with services.db.transaction() as conn:
        state = await ledger.set_budget(conn, user.id, monthly_coins, at)
    return wallet_view(state, at)


async def list_transactions(
    services: Services, user: User, *, limit: int, cursor: str | None
) -> WalletHistory:
    """What came in and went out, newest first, with the balance after each."""
    async with services.db.read() as conn:
        history = await ledger.wallet_history(conn, user.id, limit=limit, cursor=cursor)
        gifts = [event.gift for event in history.items if event.gift is not None]
        people = await persons(conn, [gift.recipient_id for gift in gifts])
    await services.desk.rules()  # the catalogue, with all versions ever given
    return WalletHistory(
        items=[_transaction(services, event, people) for event in history.items],
        next_cursor=history.next_cursor,
        archived_until=history.archived_until,
    )


def _transaction(
    services: Services, event: WalletEvent, people: dict[UUID, Person]
) -> WalletTransaction:
    return WalletTransaction(
        id=event.id,
        kind=cast(TransactionKind, event.kind),
        at=event.at,
        coins_paid=event.coins_paid,
        coins_bonus=event.coins_bonus,
        balance_after=event.balance_after,
        order_id=event.order_id,
        gift=None if event.gift is None else _given(services, event.gift, people),
    )


def _given(services: Services, gift: GiftRow, people: dict[UUID, Person]) -> GivenGift:
    kind = services.desk.gift_type(gift.gift_type_no)
    assert kind is not None, "a given gift stays in the catalogue"
    return GivenGift(
        slug=kind.slug,
        name=kind.name,
        count=services.desk.pieces(kind.no, gift.count),
        recipient=people[gift.recipient_id],
        room_id=gift.room_id,
        anonymous=gift.anonymous,
    )


async def list_lots(services: Services, user: User, *, limit: int, cursor: str | None) -> Page[Lot]:
    """A user's purchases, newest first."""
    async with services.db.read() as conn:
        lots = await ledger.lots(conn, user.id, limit=limit, cursor=cursor)
    return Page(items=[lot_view(lot) for lot in lots.items], next_cursor=lots.next_cursor)


async def show_lot(
    services: Services, user: User, order_id: UUID, *, limit: int, cursor: str | None
) -> LotGifts:
    """A user's purchase and the gifts it paid for; raises LotNotFound when it is not theirs."""
    async with services.db.read() as conn:
        purchase = await ledger.find_purchase(conn, user.id, order_id)
        if purchase is None:
            raise ledger.LotNotFound
        rows = await ledger.lots_of_order(conn, user.id, order_id)
        gifts = await ledger.gifts_from_lots(conn, rows, limit=limit, cursor=cursor)
        people = await persons(conn, [gift.recipient_id for gift in gifts.items])
    await services.desk.rules()  # the catalogue, with all versions ever given
    return LotGifts(
        lot=lot_view(purchase),
        items=[_lot_gift(gift, rows, _given(services, gift, people)) for gift in gifts.items],
        next_cursor=gifts.next_cursor,
    )


def _lot_gift(gift: GiftRow, rows: list[PricedLot], given: GivenGift) -> LotGift:
    """What a purchase's rows gave of a gift."""
    parts = ledger.lot_parts(rows, gift.spent_before, gift.coins_paid)
    price_minor = sum(part.gross_minor for part in parts)
    return LotGift(
        id=gift.id,
        at=gift.created_at,
        gift=given,
        coins=sum(part.coins for part in parts),
        price=Money(amount_minor=price_minor, currency=rows[0].currency),
    )
