"""Looks up sessions together: a session that was revoked is refused at once, in every process."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from largesse.db import ReadConnection
from largesse.errors import Unauthenticated
from largesse.identity import queries, tokens
from largesse.identity.errors import SessionExpired
from largesse.identity.model import SessionKind, User
from largesse.shared_reads import SharedReads
from largesse.types import now

_Found = tuple[User, SessionKind, datetime]


class SessionLookups(SharedReads[bytes, _Found]):
    """Sessions by the hash of their token. One per process."""

    async def user(self, token: str, kind: SessionKind) -> User:
        """The user behind a token; raises Unauthenticated, or SessionExpired."""
        found = await self.ask(tokens.token_hash(token))
        if found is None or found[1] != kind:
            raise Unauthenticated
        user, _, expires_at = found
        if expires_at <= now():
            raise SessionExpired
        return user

    async def read_all(self, conn: ReadConnection, keys: Sequence[bytes]) -> Mapping[bytes, _Found]:
        return await queries.session_users(conn, keys)
