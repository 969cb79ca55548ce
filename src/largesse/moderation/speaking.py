"""Whether somebody may say something in a creator's rooms."""

from uuid import UUID

from largesse import identity
from largesse.db import Connection, ReadConnection
from largesse.identity import User
from largesse.moderation import queries
from largesse.moderation.errors import (
    Banned,
    FollowersOnly,
    LinksOff,
    Muted,
    SlowMode,
    WordBlocked,
)
from largesse.moderation.links import has_link
from largesse.moderation.model import MaySpeak, Rulebook
from largesse.moderation.roles import NOBODY, Rank, rank_of
from largesse.moderation.words import is_blocked
from largesse.realtime import ChatRules
from largesse.types import now


async def chat_rules(conn: ReadConnection, creator_id: UUID) -> ChatRules:
    """What holds for the chat of a creator's rooms now."""
    return (await queries.rulebook(conn, creator_id, now())).rules


async def assert_may_speak(
    conn: ReadConnection, creator_id: UUID, user: User, text: str, *, paid: bool
) -> MaySpeak:
    """Raise Banned, Muted, FollowersOnly, LinksOff or WordBlocked unless `user` may say `text`, which is clean.

    `paid`: it comes with coins (a paid message, cheers, a gift's message). Then it needs no follow and no turn, and
    who is muted may still give without a text. Those who keep the rules are held to none but a mute or ban.
    """
    book = await queries.rulebook(conn, creator_id, now())
    standing = NOBODY
    if user.id != creator_id:
        standing = await queries.standing(conn, creator_id, user.id)
    if standing.banned:
        raise Banned
    if standing.muted_until is not None and (text or not paid):
        raise Muted(standing.muted_until)
    exempt = rank_of(user, creator_id, appointed=standing.moderator) > Rank.VIEWER
    if not exempt:
        if book.rules.followers_only and not paid:
            await _assert_follows(conn, creator_id, user.id)
        assert_allowed(book, text)
    return MaySpeak(rules=book.rules, exempt=exempt)


async def assert_not_silenced(conn: ReadConnection, creator_id: UUID, user: User) -> None:
    """Raise Banned or Muted, as committed by now. Asked with the room locked, which whoever mutes or bans locks too."""
    if user.id == creator_id:
        return
    standing = await queries.standing(conn, creator_id, user.id)
    if standing.banned:
        raise Banned
    if standing.muted_until is not None:
        raise Muted(standing.muted_until)


def assert_allowed(book: Rulebook, text: str) -> None:
    """Raise LinksOff or WordBlocked when the rules forbid a text."""
    if not book.rules.links and has_link(text):
        raise LinksOff
    if is_blocked(text, book.words):
        raise WordBlocked


async def _assert_follows(conn: ReadConnection, creator_id: UUID, user_id: UUID) -> None:
    if not await identity.is_following(conn, creator_id, user_id):
        raise FollowersOnly


async def take_turn(conn: Connection, room_id: UUID, user: User, speaker: MaySpeak) -> None:
    """Raise SlowMode unless it is the speaker's turn in this room; exact, whatever he sends at once and where."""
    slow_mode_s = speaker.rules.slow_mode_s
    if speaker.exempt or not slow_mode_s:
        return
    wait_s = await queries.take_turn(conn, room_id, user.id, slow_mode_s)
    if wait_s:
        raise SlowMode(retry_after_s=wait_s, slow_mode_s=slow_mode_s)
