"""Routes of accounts, sessions, profiles and countries."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from largesse.errors import Unauthenticated
from largesse.identity import auth, demo, finding, follows, limits, service, tokens
from largesse.identity.auth import CurrentCreator, CurrentUser, PublicUser
from largesse.identity.model import NewSession, SessionKind
from largesse.identity.schemas import (
    CountryView,
    DemoSessionBody,
    DemoView,
    FollowView,
    FoundPerson,
    LoginBody,
    LoginView,
    Me,
    Profile,
    RegisterBody,
    RenameBody,
    SessionView,
)
from largesse.services import ServicesDep
from largesse.settings import Settings
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId, now

router = APIRouter(prefix="/v1", tags=["identity"])

_WHO_READ_MAX = 300
"""Beyond it a name is not even looked at."""


@router.post("/auth/register", status_code=201)
async def register(body: RegisterBody, request: Request, services: ServicesDep) -> Me:
    """Make an account."""
    address = limits.client_address(request, services.settings)
    return await service.register(services.db, body, address=address)


@router.post("/auth/login")
async def login(body: LoginBody, request: Request, services: ServicesDep) -> LoginView:
    """Sign in with a bearer token, for programs."""
    session, me = await _log_in(body, request, services, SessionKind.BEARER)
    return LoginView(access_token=session.token, expires_at=session.expires_at, user=me)


@router.post("/auth/session")
async def open_session(
    body: LoginBody, request: Request, response: Response, services: ServicesDep
) -> SessionView:
    """Sign in with a cookie, for browsers."""
    auth.check_origin(request, services.settings)
    session, me = await _log_in(body, request, services, SessionKind.COOKIE)
    return _with_cookies(response, services.settings, session, me)


@router.delete("/auth/session", status_code=204)
async def end_session(request: Request, response: Response, services: ServicesDep) -> None:
    """Sign out: the presented token stops working."""
    presented = auth.credential(request)
    if presented is None:
        raise Unauthenticated
    token, kind = presented
    if kind is SessionKind.COOKIE:
        auth.check_csrf(request, services.settings, token)
    await service.end_session(services.db, token, kind)
    for name in (auth.SESSION_COOKIE, auth.CSRF_COOKIE):
        response.delete_cookie(name, samesite="lax", secure=services.settings.secure_cookies)


@router.get("/me")
async def get_me(user: CurrentUser, services: ServicesDep) -> Me:
    """Who is signed in."""
    async with services.db.read() as conn:
        return await service.me(conn, user)


@router.patch("/me")
async def rename(body: RenameBody, user: CurrentUser, services: ServicesDep) -> Me:
    """Go by another name: from now on, and wherever the past is read anew."""
    return await service.rename(services.db, user, body.display_name)


@router.get("/countries")
async def get_countries(
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str, Query(max_length=100)] = "",
) -> Page[CountryView]:
    """Countries by name, with their currency and age; the cursor is the last name seen."""
    async with services.db.read() as conn:
        rows = await service.countries(conn, after=cursor, limit=limit + 1)
    more = rows[limit - 1].name if len(rows) > limit else None
    return Page(items=[CountryView.of(row) for row in rows[:limit]], next_cursor=more)


@router.get("/users/{id}")
async def get_profile(user_id: PathId, viewer: PublicUser, services: ServicesDep) -> Profile:
    """A user's public profile."""
    async with services.db.read() as conn:
        return await follows.profile(conn, user_id, viewer)


@router.get("/creator/people")
async def find_people(
    who: Annotated[str, Query(max_length=_WHO_READ_MAX)],
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: UUID | None = None,
) -> Page[FoundPerson]:
    """People who go by exactly this name, or have this id: to appoint or invite. Never by e-mail address."""
    return await finding.find_people(services.db, user, who, after=cursor, limit=limit)


@router.put("/users/{id}/follow")
async def follow(user_id: PathId, user: CurrentUser, services: ServicesDep) -> FollowView:
    """Follow a user."""
    return await follows.follow(services.db, user, user_id)


@router.delete("/users/{id}/follow")
async def unfollow(user_id: PathId, user: CurrentUser, services: ServicesDep) -> FollowView:
    """Stop following a user."""
    return await follows.unfollow(services.db, user, user_id)


@router.get("/demo")
async def get_demo(services: ServicesDep) -> DemoView:
    """Whether this is a demonstration, and its users."""
    return await demo.demo_view(services.db, services.settings)


@router.post("/demo/session")
async def open_demo_session(
    body: DemoSessionBody, request: Request, response: Response, services: ServicesDep
) -> SessionView:
    """Sign in as a demo user; demo mode only."""
    auth.check_origin(request, services.settings)
    session, me = await demo.demo_session(services.db, services.settings, body.email)
    return _with_cookies(response, services.settings, session, me)


async def _log_in(
    body: LoginBody, request: Request, services: ServicesDep, kind: SessionKind
) -> tuple[NewSession, Me]:
    return await service.log_in(
        services.db,
        email=body.email,
        password=body.password,
        address=limits.client_address(request, services.settings),
        kind=kind,
        session_days=services.settings.session_days,
    )


def _with_cookies(
    response: Response, settings: Settings, session: NewSession, me: Me
) -> SessionView:
    """The session in a cookie scripts cannot read, and its CSRF token in one they can."""
    max_age_s = int((session.expires_at - now()).total_seconds())
    values = {
        auth.SESSION_COOKIE: (session.token, True),
        auth.CSRF_COOKIE: (tokens.csrf_token(session.token), False),
    }
    for name, (value, http_only) in values.items():
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            httponly=http_only,
            samesite="lax",
            secure=settings.secure_cookies,
        )
    return SessionView(expires_at=session.expires_at, user=me)
