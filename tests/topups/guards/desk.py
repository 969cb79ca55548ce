"""Several buyers at one till, with rules of the test's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from largesse import identity
from largesse.identity import User
from largesse.services import Services
from largesse.topups.guards import queries
from largesse.topups.guards.model import Action, GuardRule, Measure, Subject
from largesse.topups.payments import apply_event
from largesse.topups.placing import place_order
from largesse.topups.providers import Payer, PaymentEvent, PaymentEventKind
from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.schemas import Order, OrderRequest
from largesse.topups.visitors import NOBODY, Visitor
from largesse.types import now
from tests.fixtures_identity import ADULT
from tests.topups.shop import Shop

HOUR_S, DAY_S = 3600, 86400
NO_PAYER = Payer()


def rule(
    measure: Measure, amount: int, *, subject: Subject = Subject.PERSON, **fields: Any
) -> GuardRule:
    alone = measure in (Measure.ORDER_COINS, Measure.OWED_COINS, Measure.FOREIGN_COINS)
    usual: dict[str, Any] = {
        "name": f"{subject}_{measure}",
        "window_s": None if alone else DAY_S,
        "account_age_max_days": None,
        "action": Action.REFUSE,
    }
    return GuardRule(subject=subject, measure=measure, amount=amount, **{**usual, **fields})


def holding(measure: Measure, amount: int, **fields: Any) -> GuardRule:
    return rule(measure, amount, action=Action.HOLD, **fields)


@dataclass
class Desk:
    """A shop whose rules are set by the test."""

    shop: Shop

    @property
    def services(self) -> Services:
        return self.shop.services

    async def rules(self, *rules: GuardRule) -> None:
        """From now on these rules hold, and no others."""
        await self.shop.execute("DELETE FROM guard_rule")
        async with self.services.db.transaction() as conn:
            for one in rules:
                await queries.insert_rule(conn, one, now() - timedelta(days=1))

    async def buyer(self, *, age_days: int = 100) -> User:
        made_at = now() - timedelta(days=age_days)
        user = identity.new_user("Otto", "US", ADULT, created_at=made_at)
        async with self.services.db.transaction() as conn:
            await identity.add_people(conn, [user])
        return user

    async def order(
        self,
        coins: int = 350,
        *,
        buyer: User | None = None,
        visitor: Visitor = NOBODY,
        key: str | None = None,
    ) -> Order:
        request = OrderRequest(
            package_id=await self.shop.package_id(coins), provider="sandbox", country="US"
        )
        placed = await place_order(
            self.services,
            buyer or self.shop.buyer,
            request,
            key=key,
            origin="http://test",
            visitor=visitor,
        )
        return placed.order

    async def pay(self, order: Order, payer: Payer = NO_PAYER) -> str:
        """Pay at the sandbox, and tell the shop; answers the order's state."""
        payment = await self.shop.move(order, PaymentState.SUCCEEDED)
        event = PaymentEvent(
            kind=PaymentEventKind.SUCCEEDED,
            order_id=order.id,
            transaction_id=payment.transaction_id,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            payer=payer,
        )
        await apply_event(self.services, self.shop.provider, event)
        return await self.state(order)

    async def decline(self, order: Order) -> None:
        payment = await self.shop.move(order, PaymentState.DECLINED)
        notice = self.shop.notice(payment, PaymentEventKind.DECLINED)
        await self.shop.tell(notice)

    async def dispute(self, order: Order) -> None:
        payment = await self.shop.move(order, PaymentState.DISPUTED)
        await self.shop.tell(self.shop.notice(payment, PaymentEventKind.DISPUTED))

    async def refund(self, order: Order) -> None:
        payment = await self.shop.move(order, PaymentState.REFUNDED)
        await self.shop.tell(self.shop.notice(payment, PaymentEventKind.REFUNDED))

    async def state(self, order: Order) -> str:
        (state,) = await self.shop.column("SELECT state FROM top_up_order WHERE id = %s", order.id)
        return str(state)

    async def held(self, order: Order) -> bool:
        (held,) = await self.shop.column("SELECT held FROM top_up_order WHERE id = %s", order.id)
        return bool(held)

    async def hold_rules(self, order: Order) -> list[str]:
        """The names of the rules for which an order is held."""
        reasons = await self.shop.column(
            "SELECT reasons FROM order_hold WHERE order_id = %s", order.id
        )
        return [reason["rule"] for found in reasons for reason in found]

    async def age(self, ago: timedelta) -> None:
        """As if everything had happened so much earlier."""
        await self.shop.execute(
            "UPDATE top_up_order SET created_at = created_at - %s, updated_at = updated_at - %s",
            ago,
            ago,
        )
        await self.shop.execute("UPDATE provider_transaction SET created_at = created_at - %s", ago)
