"""Text that people write to each other."""

import unicodedata

from largesse.gifts.errors import TextRefused

# Joiners stand inside emoji and in several scripts; other invisible characters can hide or reorder text.
_ALLOWED_FORMATS = frozenset("\u200c\u200d")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TAGS = range(0xE0020, 0xE0080)
"""Tag characters spell the flags of England, Scotland and Wales."""


def clean_text(text: str, field: str) -> str:
    """The text composed and trimmed; TextRefused when it holds control or direction characters."""
    trimmed = unicodedata.normalize("NFC", text).strip()
    if not trimmed.isascii() or not trimmed.isprintable():
        for character in trimmed:
            if _is_refused(character):
                raise TextRefused(field)
    return trimmed


def _is_refused(character: str) -> bool:
    if character in _ALLOWED_FORMATS or ord(character) in _TAGS:
        return False
    return unicodedata.category(character) in _REFUSED
