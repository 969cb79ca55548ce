"""Blocked words: found also where they are disguised, within reason.

Texts and words are compared in one form: compatible characters made one (NFKC), accents and invisible characters
dropped, letter case folded, letters that look like Latin ones and digits that stand for letters put in their place.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

ANY_END = "*"
"""At the end of a word: whatever follows."""
SENTENCES = {0xFDFA: " ", 0xFDFB: " "}
"""Signs that would become a whole sentence each: a text of them would be read as one many times as long."""
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_LETTERS = re.compile(r"[^\W_]+")
_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W_][\s._*~|/-]{1,3}){2,}[^\W_](?![^\W_])")
"""Three or more letters that stand alone: s p a m, s.p.a.m."""
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts that put no spaces between words."""


@dataclass(frozen=True, slots=True)
class _Blocked:
    """Words in the one form."""

    whole: frozenset[str]
    starts: tuple[str, ...]
    phrases: tuple[str, ...]
    """With a blank on either side, as all words here; the last word of a start only begins so."""
    anywhere: tuple[str, ...]


def is_blocked(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text holds one of the words: whole, or beginning with it where it ends in `*`."""
    if not words or not text:
        return False
    blocked = _compiled(words)
    return any(_holds(tokens, blocked) for tokens in _readings(text)) or _holds_anywhere(
        text, blocked
    )


def _readings(text: str) -> Iterator[list[str]]:
    """The words of a text as written, and with spelled-out ones put together."""
    folded = _folded(text)
    yield _LETTERS.findall(folded)
    joined = _SPELLED.sub(lambda found: "".join(_LETTERS.findall(found.group())), folded)
    if joined != folded:
        yield _LETTERS.findall(joined)


def _holds(tokens: list[str], blocked: _Blocked) -> bool:
    if not blocked.whole.isdisjoint(tokens):
        return True
    if any(token.startswith(blocked.starts) for token in tokens):
        return True
    said = f" {' '.join(tokens)} "
    return any(phrase in said for phrase in blocked.phrases)


def _holds_anywhere(text: str, blocked: _Blocked) -> bool:
    if not blocked.anywhere:
        return False
    squeezed = "".join(_LETTERS.findall(_folded(text)))
    return any(word in squeezed for word in blocked.anywhere)


@lru_cache(maxsize=1000)
def _compiled(words: tuple[str, ...]) -> _Blocked:
    whole: set[str] = set()
    starts: list[str] = []
    phrases: list[str] = []
    anywhere: list[str] = []
    for word in words:
        tokens = tuple(_LETTERS.findall(_folded(word.removesuffix(ANY_END))))
        is_start = word.endswith(ANY_END)
        if not tokens:
            continue
        if _is_unspaced(tokens):
            anywhere.append("".join(tokens))
        elif len(tokens) > 1:
            phrases.append(f" {' '.join(tokens)}{'' if is_start else ' '}")
        elif is_start:
            starts.append(tokens[0])
        else:
            whole.add(tokens[0])
    return _Blocked(frozenset(whole), tuple(starts), tuple(phrases), tuple(anywhere))


def is_findable(word: str) -> bool:
    """Whether a word has a letter or digit by which it can be found."""
    return bool(_LETTERS.search(_folded(word.removesuffix(ANY_END))))


def _is_unspaced(tokens: tuple[str, ...]) -> bool:
    return any(
        unicodedata.name(character, "").startswith(_UNSPACED)
        for token in tokens
        for character in token
    )


def _folded(text: str) -> str:
    """The one form in which texts and words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.translate(SENTENCES)).casefold()
    kept = (c for c in decomposed if unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFKC", "".join(kept)).translate(_lookalikes())


@cache
def _lookalikes() -> dict[int, str]:
    """Letters and digits by what they pass for; data/lookalikes.json."""
    text = (files("largesse.moderation") / "data" / "lookalikes.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return {ord(alike): letter for letter, likes in table.items() for alike in likes}
