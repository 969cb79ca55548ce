"""Accounts and sessions: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from largesse.db import Connection, Database, ReadConnection, database_time
from largesse.identity import passwords, queries, tokens
from largesse.identity.age import check_spending, parse_birth_date, spending_state
from largesse.identity.data import shipped_countries
from largesse.identity.errors import (
    CountryUnknown,
    EmailTaken,
    TooManyLogins,
    TooManyNames,
    TooManyRegistrations,
    WrongCredentials,
)
from largesse.identity.limits import Hit, give_back, limited_by_name
from largesse.identity.model import Country, NewSession, Person, Role, SessionKind, User
from largesse.identity.names import login_key
from largesse.identity.schemas import Me, RegisterBody
from largesse.types import new_id, now

_KEEP_ENDED_DAYS = 30  # an old token is answered "expired" for so long, then "unknown"
_KEEP_HITS_DAYS = 2


async def register(db: Database, body: RegisterBody, *, address: str) -> Me:
    """Make an account; anybody may have one, what it may spend depends on age and country."""
    birth_date = parse_birth_date(body.birth_date, now().date())
    async with db.transaction() as conn:
        _, wait_s = await limited_by_name(conn, "register_address", address)
        rule = await country_rule(conn, body.country)
    if wait_s:
        raise TooManyRegistrations(retry_after_s=wait_s)
    password_hash = await passwords.hash_password(body.password)
    user = new_user(body.display_name, rule.code, birth_date)
    async with db.transaction() as conn:
        await create_user(conn, user, email=body.email, password_hash=password_hash)
    return _me(user, body.email, rule)


def new_user(
    display_name: str,
    country: str,
    birth_date: date,
    *,
    roles: frozenset[Role] = frozenset({Role.VIEWER}),
    created_at: datetime | None = None,
) -> User:
    """A user who is not stored yet."""
    return User(new_id(), display_name, country, birth_date, roles, created_at or now())


async def create_user(conn: Connection, user: User, *, email: str, password_hash: str) -> None:
    """Store a user who can sign in; raises EmailTaken."""
    claimed = await queries.insert_login(
        conn,
        email=login_key(email),
        user_id=user.id,
        password_hash=password_hash,
        created_at=user.created_at,
    )
    if not claimed:
        raise EmailTaken
    await queries.insert_users(conn, [user])


async def ensure_user(conn: Connection, user: User, *, email: str, password_hash: str) -> User:
    """Make a user, or give the one with this address the password; the stored user."""
    try:
        await create_user(conn, user, email=email, password_hash=password_hash)
    except EmailTaken:  # perhaps only now, by another server that starts on this database
        login = await queries.login_by_email(conn, login_key(email))
        assert login is not None, "it was taken a moment ago"
        await queries.update_password_hash(conn, login_key(email), password_hash)
        stored = await queries.user_by_id(conn, login[0])
        assert stored is not None, "a login belongs to a user"
        return stored
    return user


async def add_people(conn: Connection, users: Sequence[User]) -> None:
    """Store users who have no login: they can follow, nobody can be them."""
    await queries.insert_users(conn, users)


async def log_in(
    db: Database,
    *,
    email: str,
    password: str,
    address: str,
    kind: SessionKind,
    session_days: int,
) -> tuple[NewSession, Me]:
    """Check a password and open a session. Failed attempts count; successful ones do not."""
    key = login_key(email)
    hits, stored = await _count_attempt(db, key, address)
    password_hash = stored[1] if stored else None
    if not await passwords.verify_password(password, password_hash):
        raise WrongCredentials
    assert stored is not None
    rehashed = None
    if passwords.needs_rehash(stored[1]):
        rehashed = await passwords.hash_password(password)
    async with db.transaction() as conn:
        for counted in hits:
            await give_back(conn, counted)
        if rehashed:
            await queries.update_password_hash(conn, key, rehashed)
        return await open_session(conn, stored[0], kind, session_days)


async def _count_attempt(
    db: Database, key: str, address: str
) -> tuple[list[Hit], tuple[UUID, str] | None]:
    """Count first, commit, and only then hash: many attempts at once must not slip past the limit."""
    hits: list[Hit] = []
    waits_s: list[int] = []
    async with db.transaction() as conn:
        for name, value in (("login_email", key), ("login_address", address)):
            counted, wait_s = await limited_by_name(conn, name, value)
            if not wait_s:
                hits.append(counted)
            waits_s.append(wait_s)
        if any(waits_s):
            raise TooManyLogins(retry_after_s=max(waits_s))
        return hits, await queries.login_by_email(conn, key)


async def open_session(
    conn: Connection, user_id: UUID, kind: SessionKind, session_days: int
) -> tuple[NewSession, Me]:
    """A session for a user who has proven who he is."""
    moment = now()
    session = NewSession(tokens.new_token(), moment + timedelta(days=session_days))
    await queries.insert_session(
        conn,
        token_hash=tokens.token_hash(session.token),
        user_id=user_id,
        kind=kind,
        created_at=moment,
        expires_at=session.expires_at,
    )
    user = await queries.user_by_id(conn, user_id)
    assert user is not None, "a login belongs to a user"
    return session, await me(conn, user)


async def end_session(db: Database, token: str, kind: SessionKind) -> None:
    """Revoke a token; one that is not known is as good as revoked."""
    async with db.transaction() as conn:
        await queries.delete_session(conn, tokens.token_hash(token), kind)


async def me(conn: ReadConnection, user: User) -> Me:
    """The user with what only he may see."""
    email = await queries.email_of(conn, user.id)
    return _me(user, email or "", await country_rule(conn, user.country))


def _me(user: User, email: str, rule: Country) -> Me:
    return Me(
        id=user.id,
        email=email,
        display_name=user.display_name,
        country=user.country,
        birth_date=user.birth_date,
        roles=sorted(user.roles, key=list(Role).index),
        age_state=spending_state(user, rule, now().date()),
        age_min_years=rule.age_min_years,
        created_at=user.created_at,
    )


async def rename(db: Database, user: User, display_name: str) -> Me:
    """Give a user another name; the same one again changes nothing. Raises TooManyNames."""
    async with db.transaction() as conn:
        if display_name != user.display_name:
            _, wait_s = await limited_by_name(conn, "rename", str(user.id))
            if wait_s:
                raise TooManyNames(retry_after_s=wait_s)
            await queries.update_display_name(conn, user.id, display_name)
            await record(conn, user.id, "user.rename", user.id, {})
        return await me(conn, replace(user, display_name=display_name))


async def country(conn: ReadConnection, code: str) -> Country | None:
    """One country, or None."""
    return await queries.country(conn, code)


async def country_rule(conn: ReadConnection, code: str) -> Country:
    """One country; raises CountryUnknown."""
    found = await queries.country(conn, code)
    if found is None:
        raise CountryUnknown
    return found


async def countries(conn: ReadConnection, *, after: str = "", limit: int = 300) -> list[Country]:
    """Countries by name."""
    return await queries.countries(conn, after=after, limit=limit)


async def assert_may_spend(conn: ReadConnection, user: User) -> None:
    """Raise Underage or CountryClosed by today's rules of the user's country."""
    check_spending(user, await country_rule(conn, user.country), now().date())


async def persons(conn: ReadConnection, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The public names of users; who does not exist is missing."""
    if not ids:
        return {}
    return {person.id: person for person in await queries.persons(conn, ids)}


async def emails_of(conn: ReadConnection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The addresses users sign in with, for operators; who has none (any more) is missing."""
    return await queries.emails_of(conn, ids)


async def user_id_of_email(conn: ReadConnection, email: str) -> UUID | None:
    """Whose address this is, however it is written."""
    login = await queries.login_by_email(conn, login_key(email))
    return None if login is None else login[0]


async def user_by_id(conn: ReadConnection, user_id: UUID) -> User | None:
    """One user, or None."""
    return await queries.user_by_id(conn, user_id)


async def grant_role(conn: Connection, user_id: UUID, role: Role) -> bool:
    """Give a role; False when the user had it already."""
    return await queries.add_role(conn, user_id, role)


async def record(
    conn: Connection, actor_id: UUID, action: str, object_id: UUID | None, data: dict[str, Any]
) -> None:
    """Write to the audit log, in the transaction of what is recorded."""
    await queries.insert_audit(
        conn,
        actor_id=actor_id,
        audit_id=new_id(),
        action=action,
        object_id=object_id,
        data=data,
        created_at=now(),
    )


async def load_defaults(conn: Connection) -> None:
    """Fill the country table when it is empty, and forget ended sessions and old rate-limit windows."""
    if not await queries.countries(conn, after="", limit=1):
        await queries.insert_countries(conn, shipped_countries())
    await purge(conn)


async def purge(conn: Connection) -> None:
    """Delete what nobody needs any more; safe at any time, whatever this process's clock says."""
    at = await database_time(conn)
    await queries.delete_sessions_before(conn, at - timedelta(days=_KEEP_ENDED_DAYS))
    await queries.delete_hits_before(conn, at - timedelta(days=_KEEP_HITS_DAYS))
