"""People for tests: made in the database, signed in by a bearer token, and where asked creators with followers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

import pytest

from largesse import creators, identity
from largesse.db import Connection, Database
from largesse.identity import Role, SessionKind, User
from largesse.types import now

PASSWORD = "correct horse battery"
ADULT = date(1990, 5, 14)


@dataclass(frozen=True)
class SignedIn:
    """Someone with an account and a bearer token."""

    user: User
    email: str
    token: str

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


MakeUser: TypeAlias = Callable[..., Awaitable[SignedIn]]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return asyncio.run(identity.hash_password(PASSWORD))


@pytest.fixture
def users(db: Database, password_hash: str) -> MakeUser:
    """Makes users: `await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)`."""

    async def make(
        display_name: str = "Vera",
        *,
        roles: set[Role] | None = None,
        country: str = "US",
        birth_date: date = ADULT,
        account_age_days: int = 100,
        followers: int = 0,
        gifting: bool = False,
    ) -> SignedIn:
        user = identity.new_user(
            display_name,
            country,
            birth_date,
            roles=frozenset({Role.VIEWER, *(roles or ())}),
            created_at=now() - timedelta(days=account_age_days),
        )
        email = f"{user.id.hex}@example.com"
        async with db.transaction() as conn:
            await identity.create_user(conn, user, email=email, password_hash=password_hash)
            session, _ = await identity.open_session(conn, user.id, SessionKind.BEARER, 1)
            if Role.CREATOR in user.roles:
                await creators.add_creator(conn, user.id)
            if followers:
                await add_fans(conn, user, followers)
        if gifting:
            await creators.set_gifting(db, user, enabled=True)
        return SignedIn(user, email, session.token)

    return make


async def add_fans(conn: Connection, creator: User, count: int) -> None:
    """Followers as the product counts them. Nobody is behind them: to write a thousand takes longer than most tests."""
    await conn.execute(
        "INSERT INTO follower_count (creator_id, followers) VALUES (%s, %s)", (creator.id, count)
    )
