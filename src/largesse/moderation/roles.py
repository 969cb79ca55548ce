"""Who somebody is in a creator's rooms, and on whom he may act."""

from enum import IntEnum
from uuid import UUID

from largesse.db import ReadConnection
from largesse.identity import Role, User
from largesse.moderation import queries
from largesse.moderation.errors import CannotModerate, NotAModerator
from largesse.moderation.model import Standing
from largesse.realtime import ViewerRole

NOBODY = Standing(moderator=False, banned=False, muted_until=None)


class Rank(IntEnum):
    """Who may act on whom: the higher on the lower."""

    VIEWER = 0
    MODERATOR = 1
    """Appointed by the creator."""
    CREATOR = 2
    STAFF = 3
    """Moderator of the platform: in all rooms."""
    OPERATOR = 4


def rank_of(user: User, creator_id: UUID, *, appointed: bool) -> Rank:
    """The highest that somebody is in a creator's rooms."""
    if Role.OPERATOR in user.roles:
        return Rank.OPERATOR
    if Role.MODERATOR in user.roles:
        return Rank.STAFF
    if user.id == creator_id:
        return Rank.CREATOR
    return Rank.MODERATOR if appointed else Rank.VIEWER


async def role_in(conn: ReadConnection, creator_id: UUID, user: User | None) -> ViewerRole:
    """What somebody is in a creator's rooms, as he is told himself. None: nobody is signed in."""
    if user is None:
        return ViewerRole(role="guest")
    if user.id == creator_id:
        return ViewerRole(role="creator")
    return role_of(user, creator_id, await queries.standing(conn, creator_id, user.id))


def role_of(user: User, creator_id: UUID, standing: Standing) -> ViewerRole:
    """The same of somebody whose standing was read."""
    if user.id == creator_id:
        return ViewerRole(role="creator")
    rank = rank_of(user, creator_id, appointed=standing.moderator)
    return ViewerRole(
        role="moderator" if rank > Rank.VIEWER else "viewer",
        muted_until=standing.muted_until,
        banned=standing.banned,
    )


async def assert_moderates(conn: ReadConnection, creator_id: UUID, user: User) -> Rank:
    """The rank of somebody who keeps a creator's rooms; raises NotAModerator."""
    standing = NOBODY
    if user.id != creator_id:
        standing = await queries.standing(conn, creator_id, user.id)
    rank = rank_of(user, creator_id, appointed=standing.moderator)
    if rank == Rank.VIEWER:
        raise NotAModerator
    return rank


async def assert_outranks(conn: ReadConnection, creator_id: UUID, rank: Rank, target: User) -> None:
    """Raise CannotModerate unless `rank` is above the target's."""
    standing = await queries.standing(conn, creator_id, target.id)
    if rank <= rank_of(target, creator_id, appointed=standing.moderator):
        raise CannotModerate
