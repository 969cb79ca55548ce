"""Who is invited to a stream: its creator decides, also while it is live."""

from collections.abc import Sequence
from uuid import UUID

from largesse import identity
from largesse.db import Connection
from largesse.identity import User, UserNotFound
from largesse.rooms import door_queries, queries
from largesse.rooms.cursors import decode_cursor, encode_cursor
from largesse.rooms.defaults import stream_rule
from largesse.rooms.errors import (
    NotByInvitation,
    NotYourStream,
    StreamEnded,
    StreamNotFound,
    TooManyInvited,
)
from largesse.rooms.model import StreamRow
from largesse.rooms.schemas import InvitationPage
from largesse.services import Services
from largesse.types import now


async def invite(
    services: Services, user: User, stream_id: UUID, user_ids: Sequence[UUID]
) -> InvitationPage:
    """Invite people to one's live stream; those who are invited already stay so. All of them, or none."""
    async with services.db.transaction() as conn:
        await _own_stream(conn, user, stream_id)
        wanted = list(dict.fromkeys(user_ids))
        known = await identity.persons(conn, wanted)
        if missing := [user_id for user_id in wanted if user_id not in known]:
            raise UserNotFound(user_id=missing[0])
        await door_queries.invite(conn, stream_id, wanted, now())
        most = (await stream_rule(conn)).invitations_max
        count = await door_queries.invitations(conn, stream_id)
        if count > most:
            raise TooManyInvited(invitations_max=most)
    people = [known[user_id] for user_id in wanted]
    return InvitationPage(items=people, next_cursor=None, count=count)


async def uninvite(services: Services, user: User, stream_id: UUID, user_id: UUID) -> None:
    """Take an invitation back; who is inside is shown out. Doing it again changes nothing."""
    async with services.db.transaction() as conn:
        await _own_stream(conn, user, stream_id)
        await door_queries.uninvite(conn, stream_id, user_id)


async def invitations(
    services: Services, user: User, stream_id: UUID, cursor: str | None, limit: int
) -> InvitationPage:
    """Who is invited to one's stream."""
    after = decode_cursor(cursor)
    async with services.db.read() as conn:
        stream = await queries.stream(conn, stream_id)
        _check_own(stream, user)
        ids = await door_queries.invited(
            conn, stream_id, after=after[1] if after else None, limit=limit + 1
        )
        people = await identity.persons(conn, ids[:limit])
        count = await door_queries.invitations(conn, stream_id)
    return InvitationPage(
        items=[people[id_] for id_ in ids[:limit] if id_ in people],
        next_cursor=encode_cursor(0, ids[limit - 1]) if len(ids) > limit else None,
        count=count,
    )


async def _own_stream(conn: Connection, user: User, stream_id: UUID) -> None:
    """The user's live stream by invitation, locked: two who invite at once are counted one after the other."""
    stream = _check_own(await queries.lock_stream(conn, stream_id), user)
    if stream.ended_at is not None:
        raise StreamEnded
    if stream.visibility != "invited":
        raise NotByInvitation


def _check_own(stream: StreamRow | None, user: User) -> StreamRow:
    if stream is None:
        raise StreamNotFound
    if stream.creator_id != user.id:
        raise NotYourStream("Only its creator knows and decides who is invited.")
    return stream
