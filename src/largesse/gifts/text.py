"""Text that people write to each other."""

import unicodedata

import regex

from largesse.gifts.errors import TextRefused

# Joiners stand inside emoji and in several scripts; other invisible characters can hide or reorder text.
_ALLOWED_FORMATS = frozenset("\u200c\u200d")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TAGS = range(0xE0020, 0xE0080)
"""Tag characters spell the flags of England, Scotland and Wales."""
_COMPOSED_MAX = 5_000
"""Longer texts are too long for every use: they are refused for that, uncomposed."""
_PILE = regex.compile(r"(?<!\p{M})\p{M}{1001}")
"""Putting marks on one letter in order takes a time that grows with the square of their number."""


def clean_text(text: str, field: str) -> str:
    """The text composed and trimmed; TextRefused when it holds control or direction characters, or heaps of marks."""
    if not text.isascii() and _PILE.search(text):
        raise TextRefused(field)
    composed = unicodedata.normalize("NFC", text) if len(text) <= _COMPOSED_MAX else text
    trimmed = composed.strip()
    if not trimmed.isascii() or not trimmed.isprintable():
        for character in trimmed:
            if _is_refused(character):
                raise TextRefused(field)
    return trimmed


def _is_refused(character: str) -> bool:
    if character in _ALLOWED_FORMATS or ord(character) in _TAGS:
        return False
    return unicodedata.category(character) in _REFUSED
