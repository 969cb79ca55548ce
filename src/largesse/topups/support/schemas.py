"""Shapes of looking into orders."""

from datetime import datetime

from largesse.identity import Person
from largesse.topups.crediting import Outcome
from largesse.topups.holds.schemas import Hold
from largesse.topups.refunds.schemas import Refund
from largesse.topups.rows import TransactionState
from largesse.topups.schemas import Order
from largesse.topups.support.findings import Asked, FindingCode, Todo
from largesse.types import Schema


class Finding(Schema):
    """One thing that was found, in a sentence for the buyer."""

    code: FindingCode
    text: str
    todo: Todo
    at: datetime | None
    """When it happened, where it has a moment."""


class Inquiry(Schema):
    """Where the coins of an order are, after everything that could be mended was mended."""

    order: Order
    findings: list[Finding]
    """Never empty; the first is the answer."""
    mended: bool
    """The coins were added by this check."""
    checked_at: datetime


class Buyer(Person):
    """Whose order it is; the address is null where the account was erased."""

    email: str | None


class OperatorOrder(Schema):
    """An order as support sees it."""

    order: Order
    buyer: Buyer


class KnownTransaction(Schema):
    """A transaction of the provider that is tied to the order."""

    transaction_id: str
    state: TransactionState


class KeptNotification(Schema):
    """A notification of the provider that names the order. Not processed: both last fields are null."""

    id: str
    received_at: datetime
    processed_at: datetime | None
    outcome: str | None


class OperatorInquiry(Schema):
    """What a check found, with what it was found from."""

    order: Order
    buyer: Buyer
    findings: list[Finding]
    mended: bool
    checked_at: datetime
    asked: Asked
    outcomes: list[Outcome]
    """What became of each event that the provider told, when it was asked now."""
    transactions: list[KnownTransaction]
    notifications: list[KeptNotification]
    """Those that came from the web; a store's are encoded and cannot be found by an order."""
    hold: Hold | None
    """Why its payment is or was held, and what was decided."""
    refunds: list[Refund]
    """Money that we give back, oldest first; what a provider gave back by itself is in the history."""
    checkout_reference: str | None
    """The provider's name of its checkout."""
    payer_country: str | None
    polls: int
    """How often the provider was asked by the job."""
    poll_at: datetime | None
    """When the job asks next; null: no more."""
