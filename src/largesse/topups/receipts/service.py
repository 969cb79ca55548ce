"""Writing a purchase's receipt. It is made from the order's own terms, which never change after the payment."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from babel import Locale

from largesse.db import ReadConnection
from largesse.identity import User, persons
from largesse.services import Services
from largesse.settings import SellerSettings
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.errors import OrderNotCredited
from largesse.topups.receipts import queries, texts
from largesse.topups.receipts.queries import CauseRow
from largesse.topups.receipts.schemas import Amount, GivenBack, PurchaseReceipt, Seller
from largesse.topups.registry import enabled_providers
from largesse.topups.rows import Order, TransactionState
from largesse.topups.service import load_order
from largesse.topups.states import Reason
from largesse.types import Money

_BOUGHT = (TransactionState.CREDITED, TransactionState.REFUNDED, TransactionState.DISPUTED)


async def receipt_of(
    services: Services, user: User, order_id: UUID, *, wanted_locale: str | None
) -> PurchaseReceipt:
    """The receipt of one's own order. Raises OrderNotFound, and OrderNotCredited where nothing was bought (yet)."""
    async with services.db.read() as conn:
        order = await load_order(conn, user, order_id)
        at = await _credited_at(conn, order)
        transaction_id = await _transaction_id(conn, order)
        causes = await queries.active_causes(conn, order.user_id, order.id)
        back_minor = await queries.given_back_minor(conn, order.user_id, order.id)
        buyer = (await persons(conn, [user.id]))[user.id]
    provider = enabled_providers(services).get(order.provider)
    locale = texts.locale_of(wanted_locale)

    def amount(amount_minor: int) -> Amount:
        return _amount(amount_minor, order.currency, locale)

    return PurchaseReceipt(
        number=str(order.id),
        order_id=order.id,
        at=at,
        date_text=texts.date_text(at, locale),
        locale=str(locale).replace("_", "-"),
        seller=_seller(services.settings.seller),
        buyer=buyer.display_name,
        country=order.country,
        coins=order.coins,
        coins_text=texts.coins_text(order.coins, locale),
        coins_bonus=order.coins_bonus,
        coins_bonus_text=texts.coins_text(order.coins_bonus, locale),
        discount=amount(order.discount_minor),
        net=amount(order.net_minor),
        tax=amount(order.tax_minor),
        tax_name=order.tax_name,
        tax_bp=order.tax_bp,
        tax_rate_text=texts.rate_text(order.tax_bp, locale),
        total=amount(order.gross_minor),
        provider=order.provider,
        provider_label=provider.label if provider else order.provider,
        transaction_id=transaction_id,
        given_back=_given_back(causes, order.currency, locale),
        given_back_total=amount(back_minor),
        paid=amount(order.gross_minor - back_minor),
    )


async def _credited_at(conn: ReadConnection, order: Order) -> datetime:
    for line in await order_queries.history_of(conn, [order.id]):
        if line.reason is Reason.COINS_CREDITED:
            return line.created_at
    raise OrderNotCredited


async def _transaction_id(conn: ReadConnection, order: Order) -> str | None:
    """The payment that bought the coins, not a second one."""
    known = await payment_queries.transactions_of(conn, order.id)
    return next((each.transaction_id for each in known if each.state in _BOUGHT), None)


def _given_back(causes: Sequence[CauseRow], currency: str, locale: Locale) -> list[GivenBack]:
    return [
        GivenBack(
            kind="refund" if cause.kind == "refund" else "dispute",
            amount=_amount(cause.amount_minor, currency, locale),
            at=cause.opened_at,
            date_text=texts.date_text(cause.opened_at, locale),
        )
        for cause in causes
    ]


def _amount(amount_minor: int, currency: str, locale: Locale) -> Amount:
    text = texts.money_text(Money(amount_minor=amount_minor, currency=currency), locale)
    return Amount(amount_minor=amount_minor, currency=currency, text=text)


def _seller(seller: SellerSettings) -> Seller:
    return Seller(name=seller.name, address=seller.address_lines, tax_id=seller.tax_id or None)
