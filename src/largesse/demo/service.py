"""Fills a database with the people and rooms of data/demo.json through the modules' own use cases."""

from datetime import date, timedelta

from largesse import creators, goals, identity, overlays, promotions, rooms
from largesse.db import Connection
from largesse.demo import video
from largesse.demo.data import DemoData, DemoUser, load
from largesse.goals import NewGoal
from largesse.identity import Role, User
from largesse.realtime import Playback
from largesse.services import Services
from largesse.types import new_id, now


async def seed(services: Services) -> str:
    """Make sure that the demo users, their rooms and posts exist; each start has its own password.

    Returns what a person who starts the demo needs to know, for the console.
    """
    data = load()
    users, fresh = await add_people(services, data)
    await promotions.add_demo_promotions(services.db)
    await _open_rooms(services, data, users)
    for post in data.posts:
        if post.creator in fresh:
            await rooms.create_post(services, users[post.creator], post.caption)
    return await _welcome(services, users[data.streams[0].creator])


async def add_people(services: Services, data: DemoData) -> tuple[dict[str, User], set[str]]:
    """Make sure that people exist: all of them by their address, and the addresses of those who are new."""
    password_hash = await identity.hash_password(services.settings.demo_password_text)
    users: dict[str, User] = {}
    fresh: set[str] = set()
    async with services.db.transaction() as conn:
        for person in data.users:
            wanted = _user(person, data.account_age_days)
            user = await identity.ensure_user(
                conn, wanted, email=person.email, password_hash=password_hash
            )
            users[person.email] = user
            if user.id == wanted.id:
                fresh.add(person.email)
                await _add_fans(conn, user, person.followers, data.account_age_days)
                if Role.CREATOR in user.roles:
                    await creators.add_creator(conn, user.id)
    for email in fresh:
        if Role.CREATOR in users[email].roles:
            await creators.set_gifting(services.db, users[email], enabled=True)
    return users, fresh


async def _welcome(services: Services, creator: User) -> str:
    password = services.settings.demo_password_text
    link = await overlays.overlay_link(services, creator.id)
    return "\n".join(
        [
            "",
            *(f"  {email:<22} password: {password}" for email in identity.demo_sign_in()),
            "",
            f"  Overlay for OBS: {link.overlay_url}",
        ]
    )


def _user(person: DemoUser, age_days: int) -> User:
    return identity.new_user(
        person.display_name,
        person.country,
        date.fromisoformat(person.birth_date),
        roles=frozenset(Role(role) for role in person.roles),
        created_at=now() - timedelta(days=age_days),
    )


async def _add_fans(conn: Connection, creator: User, count: int, age_days: int) -> None:
    """Followers without a login, so that the creator may receive gifts."""
    joined = now() - timedelta(days=age_days)
    birth_date = date(1990, 1, 1)
    fans = [
        identity.new_user(f"Guest {number}", creator.country, birth_date, created_at=joined)
        for number in range(1, count + 1)
    ]
    if fans:
        await identity.add_people(conn, fans)
        await identity.add_followers(conn, creator.id, [fan.id for fan in fans], joined)


async def _open_rooms(services: Services, data: DemoData, users: dict[str, User]) -> None:
    """Each demo creator is live, also after their stream was ended."""
    for stream in data.streams:
        creator = users[stream.creator]
        try:
            opened = await rooms.start_stream(
                services,
                creator,
                stream.title,
                playback=_broadcast() if stream.video else None,
            )
        except rooms.AlreadyLive:
            continue
        if stream.goal:
            wanted = NewGoal(id=new_id(), title=stream.goal.title, parts=stream.goal.parts)
            await goals.set_goal(services, creator.id, opened.id, wanted)


def _broadcast() -> Playback:
    """The demonstration's own picture, beginning now."""
    return Playback(hls_url=video.address(now().timestamp()), whep_url=None)
