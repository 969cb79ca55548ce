"""Texts of titles, captions and chat."""

from largesse.gifts import clean_text
from largesse.rooms.errors import ChatEmpty, ChatTooLong, TextLengthWrong
from largesse.rooms.model import CHAT_CHARACTERS_MAX


def bounded_text(text: str, field: str, characters_max: int) -> str:
    """A title or caption: trimmed, not empty, not too long."""
    cleaned = clean_text(text, field)
    if not 1 <= len(cleaned) <= characters_max:
        raise TextLengthWrong(field, characters_max)
    return cleaned


def chat_text(text: str) -> str:
    """What somebody says: trimmed, not empty, not too long."""
    cleaned = clean_text(text, "text")
    if not cleaned:
        raise ChatEmpty
    if len(cleaned) > CHAT_CHARACTERS_MAX:
        raise ChatTooLong(characters_max=CHAT_CHARACTERS_MAX)
    return cleaned
