"""The time in a UUIDv7, and when a row with such an id may have been created."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

SLACK = timedelta(days=2)
"""More than clients' clocks may be off (`gift_rule`): what a search by time must add on both sides."""
_FIRST_BITS = 80
_VERSION = 7
_LAST_MS = int(datetime(9990, 1, 1, tzinfo=UTC).timestamp()) * 1000


def id_from(moment: datetime) -> UUID:
    """The lowest id made at a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << _FIRST_BITS)


def created_within(id: UUID) -> tuple[datetime, datetime] | None:
    """Between which moments an id's row was created; None: the id (no UUIDv7, an impossible time) does not say."""
    if id.version != _VERSION or (made_ms := id.int >> _FIRST_BITS) > _LAST_MS:
        return None
    made_at = datetime.fromtimestamp(made_ms / 1000, UTC)
    return made_at - SLACK, made_at + SLACK


def id_bounds(first: datetime, last: datetime) -> tuple[UUID, UUID]:
    """Ids of rows created in [first, last): `lowest <= id < highest`. Ids that are no UUIDv7 lie anywhere."""
    return id_from(first - SLACK), id_from(last + SLACK)
