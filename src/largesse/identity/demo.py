"""Demo mode: who can be chosen, and signing in as one of them without a password."""

from largesse.db import Database, ReadConnection
from largesse.identity import queries, service
from largesse.identity.data import demo_sign_in
from largesse.identity.errors import DemoOff, UserNotFound
from largesse.identity.model import NewSession, Role, SessionKind, User
from largesse.identity.names import login_key
from largesse.identity.schemas import DemoUserView, DemoView, Me
from largesse.settings import Settings

_SHOWN_FIRST = (Role.OPERATOR, Role.MODERATOR, Role.CREATOR, Role.VIEWER)


async def demo_view(db: Database, settings: Settings) -> DemoView:
    """Who can be chosen; nobody outside demo mode."""
    if not settings.demo:
        return DemoView(enabled=False, users=[])
    async with db.read() as conn:
        found = [(email, await _user(conn, email)) for email in demo_sign_in()]
    return DemoView(
        enabled=True, users=[_view(email, user) for email, user in found if user is not None]
    )


def _view(email: str, user: User) -> DemoUserView:
    role = next((role for role in _SHOWN_FIRST if role in user.roles), Role.VIEWER)
    return DemoUserView(email=email, display_name=user.display_name, role=role)


async def demo_session(db: Database, settings: Settings, email: str) -> tuple[NewSession, Me]:
    """Sign in as a demo user. Never outside demo mode."""
    if not settings.demo:
        raise DemoOff
    key = login_key(email)
    async with db.transaction() as conn:
        user = await _user(conn, key) if key in demo_sign_in() else None
        if user is None:
            raise UserNotFound
        return await service.open_session(conn, user.id, SessionKind.COOKIE, settings.session_days)


async def _user(conn: ReadConnection, email: str) -> User | None:
    login = await queries.login_by_email(conn, email)
    return await queries.user_by_id(conn, login[0]) if login else None
