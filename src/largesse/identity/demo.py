"""Demo mode: its users, their followers, and signing in with one click."""

from datetime import date, timedelta
from uuid import UUID

from largesse.db import Connection, Database
from largesse.identity import passwords, queries, service
from largesse.identity.data import DemoUser, demo_data
from largesse.identity.errors import DemoOff, UserNotFound
from largesse.identity.follows import add_followers
from largesse.identity.model import NewSession, Role, SessionKind, User
from largesse.identity.names import login_key
from largesse.identity.schemas import DemoUserView, DemoView, Me
from largesse.settings import Settings
from largesse.types import now


def demo_view(settings: Settings) -> DemoView:
    """Who can be chosen; nobody outside demo mode."""
    users = [
        DemoUserView(email=user.email, display_name=user.display_name, role=user.role)
        for user in (demo_data().users if settings.demo else ())
    ]
    return DemoView(enabled=settings.demo, users=users)


async def demo_session(db: Database, settings: Settings, email: str) -> tuple[NewSession, Me]:
    """Sign in as a demo user without a password. Never outside demo mode."""
    if not settings.demo:
        raise DemoOff
    key = login_key(email)
    async with db.transaction() as conn:
        login = await queries.login_by_email(conn, key)
        if login is None or key not in {user.email for user in demo_data().users}:
            raise UserNotFound
        return await service.open_session(conn, login[0], SessionKind.COOKIE, settings.session_days)


async def seed_demo_users(db: Database, password: str) -> dict[Role, UUID]:
    """Make the demo users, or give them this start's password; their ids by role. The creator gets followers."""
    password_hash = await passwords.hash_password(password)
    ids: dict[Role, UUID] = {}
    async with db.transaction() as conn:
        for demo_user in demo_data().users:
            ids[demo_user.role] = await _seed_user(conn, demo_user, password_hash)
    return ids


async def _seed_user(conn: Connection, demo_user: DemoUser, password_hash: str) -> UUID:
    login = await queries.login_by_email(conn, demo_user.email)
    if login is not None:
        await queries.update_password_hash(conn, demo_user.email, password_hash)
        return login[0]
    user = service.new_user(
        demo_user.display_name,
        demo_user.country,
        date.fromisoformat(demo_user.birth_date),
        roles=frozenset({Role.VIEWER, demo_user.role}),
        created_at=now() - timedelta(days=demo_data().account_age_days),
    )
    await service.create_user(conn, user, email=demo_user.email, password_hash=password_hash)
    if demo_user.role is Role.CREATOR:
        await _seed_followers(conn, user)
    return user.id


async def _seed_followers(conn: Connection, creator: User) -> None:
    """People without a login, so that the creator is allowed to receive gifts."""
    fans = [
        service.new_user(
            f"Fan {number}", creator.country, creator.birth_date, created_at=creator.created_at
        )
        for number in range(1, demo_data().followers + 1)
    ]
    await queries.insert_users(conn, fans)
    await add_followers(conn, creator.id, [fan.id for fan in fans], now())
