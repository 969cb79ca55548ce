"""What erasing a person takes out of top-ups."""

from collections.abc import Mapping
from uuid import UUID

from largesse.db import Connection
from largesse.topups.consumption.queries import delete_consent
from largesse.topups.guards.queries import blank_visitors_of


async def forget_person(conn: Connection, user_id: UUID) -> Mapping[str, int]:
    """Forget what somebody allowed stores to learn, and which devices and addresses his orders came from.

    Which cards paid stays, as keyed digests and for as long as the guards say: else who was erased could go on with a
    stolen card as somebody new.
    """
    return {
        "consents_to_stores": await delete_consent(conn, user_id),
        "orders_with_a_device_or_address": await blank_visitors_of(conn, user_id),
    }
