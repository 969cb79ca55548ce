"""Who is asking: bearer token or session cookie, the CSRF proof, and roles. Every route that needs a user says so."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security, WebSocket
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from starlette.requests import HTTPConnection

from largesse.db import ReadConnection
from largesse.errors import Unauthenticated
from largesse.identity import queries, tokens
from largesse.identity.errors import CsrfFailed, NotACreator, RoleMissing, SessionExpired
from largesse.identity.model import Role, SessionKind, User
from largesse.services import Services, ServicesDep, services_of
from largesse.settings import Settings
from largesse.types import now

SESSION_COOKIE = "largesse_session"
CSRF_COOKIE = "largesse_csrf"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))]
_Cookie = Annotated[str | None, Security(APIKeyCookie(name=SESSION_COOKIE, auto_error=False))]


async def authenticate(
    conn: ReadConnection, token: str, kind: SessionKind = SessionKind.BEARER
) -> User:
    """The user behind a token; raises Unauthenticated, or SessionExpired."""
    found = await queries.session_user(conn, tokens.token_hash(token), kind)
    if found is None:
        raise Unauthenticated
    user, expires_at = found
    if expires_at <= now():
        raise SessionExpired
    return user


def credential(connection: HTTPConnection) -> tuple[str, SessionKind] | None:
    """The token presented; an Authorization header decides alone, whatever cookies came along."""
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Use the Bearer scheme in the Authorization header.")
        return token.strip(), SessionKind.BEARER
    cookie = connection.cookies.get(SESSION_COOKIE)
    return (cookie, SessionKind.COOKIE) if cookie else None


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of an Authorization header, if there is a well-formed one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def check_csrf(request: Request, settings: Settings, session_token: str) -> None:
    """An unsafe request by cookie must come from our own page and prove that it can read the CSRF cookie."""
    if request.method in _SAFE_METHODS:
        return
    check_origin(request, settings)
    if not tokens.csrf_fits(session_token, request.headers.get(CSRF_HEADER)):
        raise CsrfFailed


def check_origin(request: Request, settings: Settings) -> None:
    """Refuse another site's page; a request without Origin is left to the other proofs."""
    origin = request.headers.get("origin")
    if origin is not None and not origin_is_ours(origin, request, settings):
        raise CsrfFailed("The request comes from another site.")


def origin_is_ours(origin: str, connection: HTTPConnection, settings: Settings) -> bool:
    """The public address, or the very host that was asked (a local server has several names)."""
    if origin == _origin_of(settings.base_url):
        return True
    scheme, _, host = origin.partition("://")
    schemes = {"https"} if settings.secure_cookies else {"http", "https"}
    return scheme in schemes and bool(host) and host == connection.headers.get("host")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def optional_user(
    request: Request, services: ServicesDep, _bearer: _Bearer = None, _cookie: _Cookie = None
) -> User | None:
    """The user, or None when no credential was presented; a wrong or expired one is still an error.

    The last two parameters only describe the credentials in OpenAPI.
    """
    presented = credential(request)
    if presented is None:
        return None
    token, kind = presented
    if kind is SessionKind.COOKIE:
        check_csrf(request, services.settings, token)
    return await services.sessions.user(token, kind)


async def public_user(request: Request, services: ServicesDep) -> User | None:
    """The user of a page that anybody may see: an old cookie is as good as none."""
    try:
        return await optional_user(request, services)
    except Unauthenticated:
        if "authorization" in request.headers:
            raise
        return None


OptionalUser = Annotated[User | None, Depends(optional_user)]
PublicUser = Annotated[User | None, Depends(public_user)]


async def current_user(user: OptionalUser) -> User:
    """The signed-in user."""
    if user is None:
        raise Unauthenticated
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def require(role: Role) -> Callable[[User], Awaitable[User]]:
    """A dependency that gives the signed-in user when he has the role."""

    async def with_role(user: CurrentUser) -> User:
        check_role(user, role)
        return user

    return with_role


def check_role(user: User, role: Role) -> None:
    """Raise unless the user has the role."""
    if role in user.roles:
        return
    if role is Role.CREATOR:
        raise NotACreator
    raise RoleMissing(f"This needs the role {role}.", role=role)


CurrentCreator = Annotated[User, Depends(require(Role.CREATOR))]
CurrentOperator = Annotated[User, Depends(require(Role.OPERATOR))]


async def user_from_websocket(websocket: WebSocket, token: str | None = None) -> User | None:
    """The user of a socket: by the token of its first message, else by the session cookie when Origin is ours.

    None without a credential; raises Unauthenticated or SessionExpired for a wrong or old one.
    """
    services: Services = services_of(websocket)
    kind = SessionKind.BEARER
    if token is None:
        token, kind = _trusted_cookie(websocket, services.settings), SessionKind.COOKIE
    if not token:
        return None
    return await services.sessions.user(token, kind)


def _trusted_cookie(websocket: WebSocket, settings: Settings) -> str | None:
    """Browsers send cookies with any site's socket, and always say which site it was."""
    origin = websocket.headers.get("origin")
    if origin is None or not origin_is_ours(origin, websocket, settings):
        return None
    return websocket.cookies.get(SESSION_COOKIE)
