"""Shapes of the consent to tell stores about consumption."""

from datetime import datetime

from pydantic import StrictBool

from largesse.types import Schema


class ConsumptionConsentRequest(Schema):
    """Allows or forbids it."""

    consented: StrictBool


class ConsumptionConsent(Schema):
    """Whether a store that was asked for a refund may learn which share of the purchase's coins was spent."""

    consented: bool
    """False until you allow it."""
    changed_at: datetime | None
    """Null: never said."""
