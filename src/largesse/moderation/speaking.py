"""Whether somebody may say something in a creator's rooms."""

from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.identity import User
from largesse.moderation import queries, speaking_queries
from largesse.moderation.errors import (
    Banned,
    FollowersOnly,
    LinksOff,
    Muted,
    SlowMode,
    WordBlocked,
)
from largesse.moderation.links import has_link
from largesse.moderation.model import MaySpeak, Rulebook, Speaker, Standing
from largesse.moderation.roles import Rank, rank_of
from largesse.moderation.words import is_blocked
from largesse.realtime import ChatRules
from largesse.types import now


async def chat_rules(conn: ReadConnection, creator_id: UUID) -> ChatRules:
    """What holds for the chat of a creator's rooms now."""
    return (await queries.rulebook(conn, creator_id, now())).rules


async def assert_may_speak(
    conn: ReadConnection, creator_id: UUID, room_id: UUID, user: User, text: str, *, paid: bool
) -> MaySpeak:
    """Raise Banned, Muted, FollowersOnly, LinksOff, WordBlocked or SlowMode unless `user` may say a clean text.

    `paid`: it comes with coins (a paid message, cheers, a gift's message). Then it needs no follow and no turn, and
    who is muted may still give without a text. Those who keep the rules are held to none but a mute or ban.
    """
    found = await speaking_queries.speaker(conn, creator_id, room_id, user.id, now())
    exempt = _is_exempt(found, creator_id, user)
    _assert_not_barred(found.standing, silent=paid and not text)
    if not exempt:
        _assert_follows(found, paid=paid)
        assert_allowed(found.book, text)
        _assert_turn(found, paid=paid)
    return MaySpeak(book=found.book, exempt=exempt, rules_no=found.rules_no)


async def speak(
    conn: Connection, creator_id: UUID, room_id: UUID, user: User, text: str, before: MaySpeak
) -> None:
    """Decide anew about a text of a chat, where `assert_may_speak` said `before`; then it is the speaker's turn.

    Call it with the room locked, which whoever bans, mutes, dismisses or changes rules locks too: who commits second
    obeys the first. Follows lock no room: those that are committed count.
    """
    found = await speaking_queries.speaker(conn, creator_id, room_id, user.id, now())
    _assert_not_barred(found.standing, silent=False)
    if _is_exempt(found, creator_id, user):
        return
    _assert_follows(found, paid=False)
    if before.exempt or found.book != before.book:
        assert_allowed(found.book, text)
    _assert_turn(found, paid=False)
    if found.book.rules.slow_mode_s:
        await speaking_queries.take_turn(conn, room_id, user.id)


def _is_exempt(found: Speaker, creator_id: UUID, user: User) -> bool:
    return rank_of(user, creator_id, appointed=found.standing.moderator) > Rank.VIEWER


def _assert_not_barred(standing: Standing, *, silent: bool) -> None:
    if standing.banned:
        raise Banned
    if standing.muted_until is not None and not silent:
        raise Muted(standing.muted_until)


def _assert_follows(found: Speaker, *, paid: bool) -> None:
    if found.book.rules.followers_only and not found.following and not paid:
        raise FollowersOnly


def _assert_turn(found: Speaker, *, paid: bool) -> None:
    if found.wait_s and not paid:
        raise SlowMode(retry_after_s=found.wait_s, slow_mode_s=found.book.rules.slow_mode_s)


def assert_allowed(book: Rulebook, text: str) -> None:
    """Raise LinksOff or WordBlocked when the rules forbid a text."""
    if not book.rules.links and has_link(text):
        raise LinksOff
    if is_blocked(text, book.words):
        raise WordBlocked
