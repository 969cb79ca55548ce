"""Bodies of the moderation routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from largesse.identity import Person
from largesse.realtime import ChatRules
from largesse.types import Schema

_WORDS_READ_MAX = 10_000
"""Beyond it a request is not even looked at; the limit of the rules is smaller."""
SEQ_MAX = 2**63 - 1

Seq = Annotated[int, Field(ge=1, le=SEQ_MAX)]


class ChatLimits(Schema):
    """How far the rules may go."""

    slow_mode_max_s: int
    words_max: int
    word_characters_max: int
    mute_max_s: int
    moderators_max: int


class ChatRulesView(ChatRules):
    """The rules of a creator's chats as their keepers see them."""

    words: list[str]
    """Blocked; whole words and phrases, or with `*` at the end whatever begins so."""
    limits: ChatLimits


class PutChatRules(Schema):
    """All rules at once; what is left out stays as it is."""

    slow_mode_s: int | None = None
    followers_only: bool | None = None
    links: bool | None = None
    hold_paid_messages: bool | None = None
    words: Annotated[list[str] | None, Field(max_length=_WORDS_READ_MAX)] = None


class UserBody(Schema):
    """Whom it concerns."""

    user_id: UUID


class MuteBody(Schema):
    """Who may not speak, and for how long."""

    user_id: UUID
    seconds: int


class PinBody(Schema):
    """Which message goes on top."""

    seq: Seq


class RemovedView(Schema):
    """A message whose text is gone."""

    seq: int
    removed: bool


class PinView(Schema):
    """The message on top of the chat."""

    seq: int


class ModeratorView(Schema):
    """A moderator of the creator's rooms."""

    user: Person
    created_at: datetime


class MuteView(Schema):
    """Somebody who may not speak in the creator's rooms until then."""

    user: Person
    until: datetime
    by: Person
    created_at: datetime


class BanView(Schema):
    """Somebody who may neither speak nor give in the creator's rooms."""

    user: Person
    by: Person
    created_at: datetime
