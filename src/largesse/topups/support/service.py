"""Looking into an order: mend what can be mended, ask the provider, and say what became of it.

Money moves only by the path that notifications take; a check twice at once, or beside a job, changes nothing more.
"""

import logging
from dataclasses import dataclass, field
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.errors import AppError
from largesse.identity import User, rate_limited
from largesse.services import Services
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.crediting import Outcome, credit_paid_order
from largesse.topups.errors import OrderNotFound, TooManyChecks
from largesse.topups.jobs import ask_about
from largesse.topups.payments import process_notification
from largesse.topups.providers import ProviderError, SignatureError
from largesse.topups.registry import enabled_providers
from largesse.topups.rows import Order
from largesse.topups.service import load_order
from largesse.topups.states import SETTLED_STATES, OrderState
from largesse.topups.support import queries, schemas
from largesse.topups.support.findings import Asked, Facts, Finding, findings_of
from largesse.topups.views import order_view
from largesse.types import now

log = logging.getLogger(__name__)

CHECKS_MAX = 6
"""Checks of one order that its buyer may ask for in `CHECK_WINDOW_S`."""
CHECKS_OF_BUYER_MAX = 20
"""Checks of all orders of one buyer in the same time: each may be a question to a provider, which counts ours."""
CHECK_WINDOW_S = 60
_SETTLED = (*SETTLED_STATES, OrderState.PAID)
"""There is a payment: what is left to do is ours."""


@dataclass(slots=True)
class Looked:
    """What looking into an order came to."""

    order: Order
    asked: Asked = Asked.NOT_NEEDED
    outcomes: list[Outcome] = field(default_factory=list)
    mended: bool = False


async def check_own_order(services: Services, user: User, order_id: UUID) -> schemas.Inquiry:
    """A buyer asks where the coins are. Raises OrderNotFound, TooManyChecks."""
    async with services.db.transaction() as conn:
        order = await load_order(conn, user, order_id)
        await _limit(conn, order)
    looked = await look_into(services, order)
    async with services.db.read() as conn:
        return schemas.Inquiry(
            order=await order_view(conn, looked.order),
            findings=views_of(await findings_about(conn, looked)),
            mended=looked.mended,
            checked_at=now(),
        )


async def _limit(conn: Connection, order: Order) -> None:
    for whose, checks_max in ((order.id, CHECKS_MAX), (order.user_id, CHECKS_OF_BUYER_MAX)):
        wait_s = await rate_limited(conn, f"order_check:{whose}", checks_max, CHECK_WINDOW_S)
        if wait_s:
            raise TooManyChecks(retry_after_s=wait_s)


async def look_into(services: Services, order: Order) -> Looked:
    """Work off what lies about, then ask the provider where our own books do not say it all. Holds no transaction
    while the provider answers.
    """
    await _work_off(services, order)
    looked = Looked(await _again(services, order))
    if looked.order.state not in _SETTLED:
        await _ask(services, looked)
        looked.order = await _again(services, order)
    looked.mended = order.state not in SETTLED_STATES and looked.order.state in SETTLED_STATES
    return looked


async def _again(services: Services, order: Order) -> Order:
    async with services.db.read() as conn:
        found = await order_queries.find_order(conn, order.id)
    assert found is not None, "orders are never deleted"
    return found


async def _work_off(services: Services, order: Order) -> None:
    """Notifications whose job did not come yet or failed, and a payment whose coins were not credited."""
    async with services.db.read() as conn:
        names = await names_of(conn, order)
        waiting = await queries.notifications_naming(conn, order, names, only_open=True)
    for row in waiting:
        try:
            await process_notification(services, order.provider, row.id)
        except (AppError, ProviderError, SignatureError) as error:
            log.warning("notification %s of %s: %s", row.id, order.provider, error)
    if order.held:
        return
    try:
        await credit_paid_order(services, order.id)
    except AppError as error:
        log.warning("paid order %s is not credited: %s", order.id, error.code)


async def names_of(conn: ReadConnection, order: Order) -> list[str]:
    """What a notification may call an order: our id, the checkout, or a transaction."""
    transactions = await payment_queries.transactions_of(conn, order.id)
    checkout = [order.provider_ref] if order.provider_ref else []
    return [str(order.id), *checkout, *(each.transaction_id for each in transactions)]


async def _ask(services: Services, looked: Looked) -> None:
    order = looked.order
    if order.channel != "web":
        looked.asked = Asked.NOT_POSSIBLE
    elif order.provider not in enabled_providers(services):
        looked.asked = Asked.OFF
    else:
        try:
            looked.outcomes = await ask_about(services, order)
            looked.asked = Asked.ANSWERED
        except ProviderError as error:
            log.warning("%s did not answer about order %s: %s", order.provider, order.id, error)
            looked.asked = Asked.UNREACHABLE


async def findings_about(conn: ReadConnection, looked: Looked) -> list[Finding]:
    """What looking into an order found."""
    order = looked.order
    history = await order_queries.history_of(conn, [order.id])
    return findings_of(
        Facts(
            state=order.state,
            held=order.held,
            has_page=order.checkout_url is not None,
            asked=looked.asked,
            last={line.reason: line.created_at for line in history},
        )
    )


def views_of(findings: list[Finding]) -> list[schemas.Finding]:
    """Findings as the API shows them."""
    return [
        schemas.Finding(code=each.code, text=each.text, todo=each.todo, at=each.at)
        for each in findings
    ]


async def find_any(conn: ReadConnection, order_id: UUID) -> Order:
    """Anybody's order, for support. Raises OrderNotFound."""
    order = await order_queries.find_order(conn, order_id)
    if order is None:
        raise OrderNotFound
    return order
