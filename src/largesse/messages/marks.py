"""Cheer marks in a text.

    text  = word { blanks word }
    word  = mark | anything without blanks
    mark  = name number             name: one of the marks, A-Z as good as a-z
    number = 1-9 { 0-9 }            at most 9 digits: so many coins

A mark is a whole word: `cheer100` is one; `cheer0`, `cheer007`, `cheer`, `100`, `recheer100`, `cheer100!` and
`cheer100cheer1` are words like others. Blanks are what Unicode calls white space. Every mark counts, the same one
twice as well; the text costs the sum of its numbers. web/src/lib/live/cheers.ts reads the same;
tests/messages/cheers.json has what both must find.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import regex

DIGITS_MAX = 9
_BLANKS = regex.compile(r"\p{White_Space}+")
"""Neither `str.split` nor JavaScript's `\\s` knows just these."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a text."""

    name: str
    coins: int


def find_marks(text: str, names: Collection[str]) -> list[Mark]:
    """The marks of a text in their order; `names` are in small letters."""
    found = (_mark(word, names) for word in _BLANKS.split(text))
    return [mark for mark in found if mark is not None]


def _mark(word: str, names: Collection[str]) -> Mark | None:
    if not word.isascii():
        return None
    name = word.rstrip("0123456789").lower()
    number = word[len(name) :]
    if name not in names or not number or number[0] == "0" or len(number) > DIGITS_MAX:
        return None
    return Mark(name, int(number))


def coins_of(marks: Sequence[Mark]) -> int:
    """What they cost together."""
    return sum(mark.coins for mark in marks)
