"""Refunds as the API shows them."""

from largesse.topups.refunds import schemas
from largesse.topups.refunds.model import Refund
from largesse.types import Money


def refund_view(refund: Refund) -> schemas.Refund:
    """A refund without what only the provider needs to know."""
    return schemas.Refund(
        id=refund.id,
        order_id=refund.order_id,
        reason=refund.reason,
        state=refund.state,
        failure=refund.failure,
        amount=Money(amount_minor=refund.amount_minor, currency=refund.currency),
        coins=refund.coins,
        coins_bonus=refund.coins_bonus,
        created_at=refund.created_at,
        updated_at=refund.updated_at,
    )
