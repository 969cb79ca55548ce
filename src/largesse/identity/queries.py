"""SQL of users, logins, sessions, countries, rate limits and the audit log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from largesse.db import Connection, ReadConnection
from largesse.identity.model import Country, Person, Role, SessionKind, User


def _user(row: Sequence[Any]) -> User:
    user_id, display_name, country, birth_date, roles, created_at = row
    return User(user_id, display_name, country, birth_date, frozenset(map(Role, roles)), created_at)


async def insert_login(
    conn: Connection, *, email: str, user_id: UUID, password_hash: str, created_at: datetime
) -> bool:
    """Claim an e-mail address; False when it is taken."""
    cursor = await conn.execute(
        "INSERT INTO login (email, user_id, password_hash, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (email) DO NOTHING",
        (email, user_id, password_hash, created_at),
    )
    return cursor.rowcount == 1


async def insert_users(conn: Connection, users: Iterable[User]) -> None:
    """Add users, however many."""
    async with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY app_user (id, display_name, country, birth_date, roles, created_at) FROM STDIN"
        ) as copy,
    ):
        for u in users:
            await copy.write_row(
                (u.id, u.display_name, u.country, u.birth_date, sorted(u.roles), u.created_at)
            )


async def user_by_id(conn: ReadConnection, user_id: UUID) -> User | None:
    """One user."""
    cursor = await conn.execute(
        "SELECT id, display_name, country, birth_date, roles, created_at FROM app_user WHERE id = %s",
        (user_id,),
    )
    row = await cursor.fetchone()
    return _user(row) if row else None


async def login_by_email(conn: ReadConnection, email: str) -> tuple[UUID, str] | None:
    """The user and the password hash behind an e-mail address."""
    cursor = await conn.execute(
        "SELECT user_id, password_hash FROM login WHERE email = %s", (email,)
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def emails_of(conn: ReadConnection, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The addresses of some users; who has none (any more) is missing."""
    cursor = await conn.execute(
        "SELECT user_id, email FROM login WHERE user_id = ANY (%s)", (list(user_ids),)
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def email_of(conn: ReadConnection, user_id: UUID) -> str | None:
    """The address a user signs in with."""
    cursor = await conn.execute("SELECT email FROM login WHERE user_id = %s", (user_id,))
    row = await cursor.fetchone()
    return row[0] if row else None


async def update_password_hash(conn: Connection, email: str, password_hash: str) -> None:
    """Replace a stored hash."""
    await conn.execute(
        "UPDATE login SET password_hash = %s WHERE email = %s", (password_hash, email)
    )


async def update_display_name(conn: Connection, user_id: UUID, display_name: str) -> None:
    """Give a user another name."""
    await conn.execute(
        "UPDATE app_user SET display_name = %s WHERE id = %s", (display_name, user_id)
    )


async def add_role(conn: Connection, user_id: UUID, role: Role) -> bool:
    """Give a role; False when the user had it, or is unknown."""
    cursor = await conn.execute(
        "UPDATE app_user SET roles = roles || %s::text WHERE id = %s AND NOT %s::text = ANY (roles)",
        (role, user_id, role),
    )
    return cursor.rowcount == 1


async def insert_session(
    conn: Connection,
    *,
    token_hash: bytes,
    user_id: UUID,
    kind: SessionKind,
    created_at: datetime,
    expires_at: datetime,
) -> None:
    """Open a session."""
    await conn.execute(
        "INSERT INTO session (token_hash, user_id, kind, created_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (token_hash, user_id, kind, created_at, expires_at),
    )


async def session_user(
    conn: ReadConnection, token_hash: bytes, kind: SessionKind
) -> tuple[User, datetime] | None:
    """The user of a session and when the session ends."""
    cursor = await conn.execute(
        "SELECT u.id, u.display_name, u.country, u.birth_date, u.roles, u.created_at, s.expires_at"
        "  FROM session s JOIN app_user u ON u.id = s.user_id"
        " WHERE s.token_hash = %s AND s.kind = %s",
        (token_hash, kind),
    )
    row = await cursor.fetchone()
    return (_user(row[:6]), row[6]) if row else None


async def session_users(
    conn: ReadConnection, token_hashes: Sequence[bytes]
) -> dict[bytes, tuple[User, SessionKind, datetime]]:
    """The users of sessions, their kinds and when they end, by the hash of the token."""
    cursor = await conn.execute(
        "SELECT u.id, u.display_name, u.country, u.birth_date, u.roles, u.created_at,"
        " s.token_hash, s.kind, s.expires_at"
        "  FROM session s JOIN app_user u ON u.id = s.user_id WHERE s.token_hash = ANY (%s)",
        (list(token_hashes),),
        prepare=True,
    )
    return {
        row[6]: (_user(row[:6]), SessionKind(row[7]), row[8]) for row in await cursor.fetchall()
    }


async def delete_session(conn: Connection, token_hash: bytes, kind: SessionKind) -> None:
    """End a session."""
    await conn.execute(
        "DELETE FROM session WHERE token_hash = %s AND kind = %s", (token_hash, kind)
    )


async def delete_sessions_before(conn: Connection, moment: datetime) -> int:
    """Forget sessions that ended before a moment."""
    return (await conn.execute("DELETE FROM session WHERE expires_at < %s", (moment,))).rowcount


async def countries(conn: ReadConnection, *, after: str, limit: int) -> list[Country]:
    """Countries by name, from the one after `after`."""
    cursor = await conn.execute(
        "SELECT code, name, currency, open, age_min_years FROM country"
        " WHERE name > %s ORDER BY name LIMIT %s",
        (after, limit),
    )
    return [Country(*row) for row in await cursor.fetchall()]


async def country(conn: ReadConnection, code: str) -> Country | None:
    """One country."""
    cursor = await conn.execute(
        "SELECT code, name, currency, open, age_min_years FROM country WHERE code = %s", (code,)
    )
    row = await cursor.fetchone()
    return Country(*row) if row else None


async def insert_countries(conn: Connection, rows: Iterable[Country]) -> None:
    """Fill an empty country table; a country that is there keeps its rules."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO country (code, name, currency, open, age_min_years)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING",
            [(c.code, c.name, c.currency, c.open, c.age_min_years) for c in rows],
        )


async def persons(conn: ReadConnection, ids: Sequence[UUID]) -> list[Person]:
    """The public names of users."""
    cursor = await conn.execute(
        "SELECT id, display_name FROM app_user WHERE id = ANY (%s)", (list(ids),)
    )
    return [Person(id=row[0], display_name=row[1]) for row in await cursor.fetchall()]


async def add_hit(
    conn: Connection, bucket: str, start: datetime, before: datetime
) -> tuple[int, int]:
    """Count a hit in the window that starts at `start`; the hits of the window before, and of this one."""
    cursor = await conn.execute(
        "INSERT INTO rate_limit (bucket, window_start, hits) VALUES (%s, %s, 1)"
        " ON CONFLICT (bucket, window_start) DO UPDATE SET hits = rate_limit.hits + 1 RETURNING hits",
        (bucket, start),
    )
    row = await cursor.fetchone()
    assert row is not None
    cursor = await conn.execute(
        "SELECT hits FROM rate_limit WHERE bucket = %s AND window_start = %s", (bucket, before)
    )
    previous = await cursor.fetchone()
    return (previous[0] if previous else 0), row[0]


async def take_back_hit(conn: Connection, bucket: str, start: datetime) -> None:
    """Take one hit off a window."""
    await conn.execute(
        "UPDATE rate_limit SET hits = hits - 1 WHERE bucket = %s AND window_start = %s AND hits > 0",
        (bucket, start),
    )


async def delete_hits_before(conn: Connection, moment: datetime) -> int:
    """Forget old windows."""
    return (
        await conn.execute("DELETE FROM rate_limit WHERE window_start < %s", (moment,))
    ).rowcount


async def insert_audit(
    conn: Connection,
    *,
    actor_id: UUID,
    audit_id: UUID,
    action: str,
    object_id: UUID | None,
    data: dict[str, Any],
    created_at: datetime,
) -> None:
    """Add a row to the audit log."""
    await conn.execute(
        "INSERT INTO audit (actor_id, id, action, object_id, data, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (actor_id, audit_id, action, object_id, Jsonb(data), created_at),
    )
