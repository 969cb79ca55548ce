"""Setting the rules of a creator's chats."""

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from largesse import ledger
from largesse.db import Connection, ReadConnection
from largesse.identity import User
from largesse.moderation import queries
from largesse.moderation.errors import FieldWrong
from largesse.moderation.events import act_data
from largesse.moderation.model import ChatDefault, Rulebook
from largesse.moderation.pace import count_act
from largesse.moderation.port import rooms
from largesse.moderation.roles import assert_moderates
from largesse.moderation.schemas import ChatLimits, ChatRulesView, PutChatRules
from largesse.moderation.telling import Telling
from largesse.moderation.words import ANY_END, is_findable
from largesse.realtime import ChatRules
from largesse.services import Services
from largesse.types import now

_TYPED_MAX = 1_000
"""No word is longer, however it is typed."""


async def get_rules(services: Services, user: User, creator_id: UUID) -> ChatRulesView:
    """The rules, for those who keep them; raises NotAModerator."""
    async with services.db.read() as conn:
        await assert_moderates(conn, creator_id, user)
        return await _view(conn, creator_id)


async def put_rules(
    services: Services, user: User, creator_id: UUID, body: PutChatRules
) -> ChatRulesView:
    """Set rules and blocked words, in all rooms of the creator; raises NotAModerator, FieldWrong."""
    async with services.db.transaction() as conn:
        await assert_moderates(conn, creator_id, user)
        await count_act(conn, user)
        limits = await queries.default_at(conn, now())
        await queries.lock_rulebook(conn, creator_id)
        before = await queries.rulebook(conn, creator_id, now())
        after = _changed(before, body, limits)
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        if after != before:
            await _store(conn, telling, creator_id, before, after)
        view = await _view(conn, creator_id)
    telling.tell()
    return view


async def _store(
    conn: Connection, telling: Telling, creator_id: UUID, before: Rulebook, after: Rulebook
) -> None:
    await queries.put_rulebook(conn, creator_id, after, now())
    if telling.place is not None:
        await ledger.change_rules(conn, telling.place.room_id)
    if after.rules != before.rules:
        await telling.act(conn, act_data("rules", rules=after.rules))
    await telling.record(
        conn,
        "chat.rules",
        creator_id,
        **after.rules.model_dump(),
        words_added=sorted(set(after.words) - set(before.words)),
        words_dropped=sorted(set(before.words) - set(after.words)),
    )


def _changed(before: Rulebook, body: PutChatRules, limits: ChatDefault) -> Rulebook:
    given = body.model_dump(exclude_none=True, exclude={"words"})
    rules = ChatRules.model_validate(before.rules.model_dump() | given)
    if not 0 <= rules.slow_mode_s <= limits.slow_mode_max_s:
        raise FieldWrong("slow_mode_s", f"0 to {limits.slow_mode_max_s} seconds")
    words = before.words if body.words is None else _clean_words(body.words, limits)
    return Rulebook(rules, words)


def _clean_words(words: Sequence[str], limits: ChatDefault) -> tuple[str, ...]:
    """As typed, trimmed, each once."""
    if any(len(word) > _TYPED_MAX for word in words):  # not even composed: marks on a letter cost
        raise FieldWrong("words", f"A word has 1 to {limits.word_characters_max} characters")
    cleaned = tuple(dict.fromkeys(unicodedata.normalize("NFC", word).strip() for word in words))
    if len(cleaned) > limits.words_max:
        raise FieldWrong("words", f"At most {limits.words_max} words")
    for word in cleaned:
        if not word or len(word) > limits.word_characters_max:
            raise FieldWrong("words", f"A word has 1 to {limits.word_characters_max} characters")
        if not word.isprintable():
            raise FieldWrong("words", "Control and direction characters are not allowed")
        if not is_findable(word):
            raise FieldWrong("words", "A word needs a letter or digit")
        if ANY_END in word[:-1]:
            raise FieldWrong("words", f"{ANY_END} stands at the end only")
    return cleaned


async def _view(conn: ReadConnection, creator_id: UUID) -> ChatRulesView:
    book = await queries.rulebook(conn, creator_id, now())
    limits = await queries.default_at(conn, now())
    return ChatRulesView(
        **book.rules.model_dump(),
        words=list(book.words),
        limits=ChatLimits(
            slow_mode_max_s=limits.slow_mode_max_s,
            words_max=limits.words_max,
            word_characters_max=limits.word_characters_max,
            mute_max_s=limits.mute_max_s,
            moderators_max=limits.moderators_max,
        ),
    )
