"""Posts: ordinary videos that take gifts."""

from collections.abc import Sequence
from uuid import UUID

from largesse import creators, identity, ledger, outbox
from largesse.db import ReadConnection
from largesse.gifts import Target
from largesse.identity import User
from largesse.realtime import Supporter
from largesse.rooms import queries
from largesse.rooms.cursors import decode_cursor, encode_cursor
from largesse.rooms.errors import PostNotFound
from largesse.rooms.events import named
from largesse.rooms.model import CAPTION_CHARACTERS_MAX, PostRow
from largesse.rooms.schemas import Post
from largesse.rooms.streams import supporters_page
from largesse.rooms.words import bounded_text
from largesse.services import Services
from largesse.types import Page, new_id, now


async def create_post(services: Services, user: User, caption: str) -> Post:
    """Publish a post."""
    text = bounded_text(caption, "caption", CAPTION_CHARACTERS_MAX)
    row = PostRow(new_id(), user.id, text, now())
    async with services.db.transaction() as conn:
        gifting = await creators.gifting_for_new_room(conn, user.id)
        await queries.insert_post(conn, row)
        await ledger.open_room(conn, row.id, user.id, gifting)
        return (await _views(conn, [row]))[0]


async def get_post(services: Services, post_id: UUID) -> Post:
    """One post."""
    async with services.db.read() as conn:
        return (await _views(conn, [await _post(conn, post_id)]))[0]


async def list_posts(services: Services, cursor: str | None, limit: int) -> Page[Post]:
    """Posts, newest first."""
    after = decode_cursor(cursor)
    async with services.db.read() as conn:
        before_id = after[1] if after else None
        rows = await queries.posts(conn, before_id=before_id, limit=limit + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        items = await _views(conn, rows)
    return Page(items=items, next_cursor=encode_cursor(0, rows[-1].id) if more else None)


async def list_post_supporters(
    services: Services, post_id: UUID, limit: int | None
) -> Page[Supporter]:
    """Who gave most on a post."""
    async with services.db.read() as conn:
        await _post(conn, post_id)
        return await supporters_page(conn, post_id, limit)


async def post_target(services: Services, post_id: UUID) -> Target:
    """Where the gifts of a post go."""
    if (target := services.desk.target("post", post_id)) is None:
        async with services.db.read() as conn:
            recipient_id = (await _post(conn, post_id)).creator_id
        target = Target(kind="post", room_id=post_id, recipient_id=recipient_id)
        services.desk.remember_target(target)
    return target


async def _post(conn: ReadConnection, post_id: UUID) -> PostRow:
    """The one place where a post is looked up for somebody."""
    row = await queries.post(conn, post_id)
    if row is None:
        raise PostNotFound
    return row


async def _views(conn: ReadConnection, rows: Sequence[PostRow]) -> list[Post]:
    """Posts with what others know of them."""
    ids = [row.id for row in rows]
    people = await identity.persons(conn, [row.creator_id for row in rows])
    rooms = await ledger.rooms_of(conn, ids)
    totals = await outbox.room_totals(conn, ids)
    return [
        Post(
            id=row.id,
            caption=row.caption,
            creator=named(people, row.creator_id),
            created_at=row.created_at,
            gifting=rooms[row.id].gifting,
            gifts_count=totals[row.id].gifts,
            coins_total=totals[row.id].coins,
        )
        for row in rows
    ]
