"""What a socket needs to know to let somebody into a room, read for all together who come at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from largesse import ledger, moderation
from largesse.db import ReadConnection
from largesse.identity import User
from largesse.ledger import WalletState
from largesse.moderation import Standing
from largesse.realtime import Admission, ViewerRole
from largesse.rooms import door_queries
from largesse.rooms.doors import enters_always
from largesse.rooms.errors import StreamPrivate
from largesse.rooms.model import Door
from largesse.shared_reads import SharedReads
from largesse.types import now
from largesse.wallet import wallet_view

_Key: TypeAlias = tuple[UUID, UUID | None]
"""A stream, and who comes; None: somebody signed out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream's door, what the user is to its creator, and his coins; no door where there is no such stream."""

    door: tuple[Door, Standing] | None
    wallet: WalletState | None


class Entries(SharedReads[_Key, Entry]):
    """One per process."""

    async def admit(self, user: User | None, stream_id: UUID) -> Admission:
        """How somebody comes in; raises StreamPrivate. A stream that is not there admits everybody."""
        entry = await self.ask((stream_id, user.id if user else None))
        assert entry is not None, "each key has an entry"
        wallet = wallet_view(entry.wallet, now()) if entry.wallet is not None else None
        return Admission(_role(user, entry), wallet)

    async def read_all(self, conn: ReadConnection, keys: Sequence[_Key]) -> Mapping[_Key, Entry]:
        doors = await door_queries.doors_with_standings(conn, keys)
        users = list({user_id for _, user_id in keys if user_id is not None})
        wallets = await ledger.wallet_states(conn, users) if users else {}
        return {key: Entry(doors.get(key), wallets.get(key[1]) if key[1] else None) for key in keys}


def _role(user: User | None, entry: Entry) -> ViewerRole:
    if entry.door is None:
        return ViewerRole(role="guest" if user is None else "viewer")
    door, standing = entry.door
    role = ViewerRole(role="guest")
    if user is not None:
        role = moderation.role_of(user, door.creator_id, standing)
    if not door.open and not enters_always(role):
        raise StreamPrivate
    return role
