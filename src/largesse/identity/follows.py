"""Follows and profiles; the count changes in the same transaction as the follow."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from largesse.db import Connection, Database, ReadConnection
from largesse.identity import follow_queries, queries
from largesse.identity.errors import SelfFollow, UserNotFound
from largesse.identity.model import Role, User
from largesse.identity.schemas import FollowView, Profile
from largesse.types import now


async def follow(db: Database, user: User, creator_id: UUID) -> FollowView:
    """Follow someone; doing it again changes nothing."""
    if creator_id == user.id:
        raise SelfFollow
    async with db.transaction() as conn:
        await _known(conn, creator_id)
        count = await add_followers(conn, creator_id, [user.id], now())
    return FollowView(following=True, followers=count)


async def unfollow(db: Database, user: User, creator_id: UUID) -> FollowView:
    """Stop following; doing it again changes nothing."""
    if creator_id == user.id:
        raise SelfFollow
    async with db.transaction() as conn:
        await _known(conn, creator_id)
        removed = await follow_queries.delete_follow(conn, creator_id, user.id)
        count = await _counted(conn, creator_id, -removed)
    return FollowView(following=False, followers=count)


async def add_followers(
    conn: Connection, creator_id: UUID, follower_ids: Sequence[UUID], created_at: datetime
) -> int:
    """Add followers and count the new ones; the number of followers after it."""
    added = await follow_queries.insert_follows(conn, creator_id, follower_ids, created_at)
    return await _counted(conn, creator_id, added)


async def _counted(conn: Connection, creator_id: UUID, change: int) -> int:
    if not change:
        return await follow_queries.followers(conn, creator_id)
    return await follow_queries.change_follower_count(conn, creator_id, change)


async def followers(conn: ReadConnection, creator_id: UUID) -> int:
    """How many follow this user."""
    return await follow_queries.followers(conn, creator_id)


async def is_following(conn: ReadConnection, creator_id: UUID, user_id: UUID) -> bool:
    """Whether somebody follows this creator."""
    return await follow_queries.is_following(conn, creator_id, user_id)


async def follower_counts(conn: ReadConnection, creator_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many follow each of these users, zeros too."""
    counts = await follow_queries.follower_counts(conn, creator_ids)
    return {creator_id: counts.get(creator_id, 0) for creator_id in creator_ids}


async def profile(conn: ReadConnection, user_id: UUID, viewer: User | None) -> Profile:
    """A user as `viewer` (None: somebody signed out) sees him."""
    user = await _known(conn, user_id)
    following = viewer is not None and await follow_queries.is_following(conn, user_id, viewer.id)
    return Profile(
        id=user.id,
        display_name=user.display_name,
        is_creator=Role.CREATOR in user.roles,
        followers=await follow_queries.followers(conn, user_id),
        following=following,
    )


async def _known(conn: ReadConnection, user_id: UUID) -> User:
    user = await queries.user_by_id(conn, user_id)
    if user is None:
        raise UserNotFound
    return user
