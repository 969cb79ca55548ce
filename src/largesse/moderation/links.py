"""Addresses of web pages in a text, also where the dot is spelled out."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from linkify_it import LinkifyIt  # type: ignore[import-untyped]

from largesse.moderation.words import SENTENCES

_BRACKETED_DOT = re.compile(
    r"(?<!\s)\s*[(\[{<]\s*(?:\.|dot|punkt|punto|point)\s*[)\]}>]\s*", re.IGNORECASE
)
"""example (dot) com"""
_OTHER_DOTS = re.compile("[\u3002\uff0e\uff61\u2024\u00b7\u30fb]")
_SCHEME = re.compile(r"(?<![^\W_])(?:h(?:tt|xx)ps?\s*:\s*//|www\s*\.\s*(?=\w))", re.IGNORECASE)
_INVISIBLE = frozenset({"Cf"})


def has_link(text: str) -> bool:
    """Whether a text names a web page or a mail address."""
    if len(text) < _SHORTEST:
        return False
    plain = unicodedata.normalize("NFKC", _OTHER_DOTS.sub(".", text.translate(SENTENCES)))
    plain = "".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE)
    finder = _finder()
    dotted = finder.spoken.sub(".", _BRACKETED_DOT.sub(".", plain))
    if _SCHEME.search(plain):
        return True
    return any(_names_page(reading, finder) for reading in {plain, dotted})


def _names_page(text: str, finder: "_Finder") -> bool:
    return any(
        match.schema or "/" in match.raw or _ending(match.raw) not in finder.words
        for match in finder.linkify.match(text) or ()
    )


def _ending(address: str) -> str:
    return address.rpartition(".")[2].casefold()


_SHORTEST = len("t.co")


@dataclass(frozen=True, slots=True)
class _Finder:
    linkify: LinkifyIt
    spoken: re.Pattern[str]
    """The dot of "example dot com" and "example .com"; only before endings that nobody writes otherwise."""
    words: frozenset[str]
    """Endings that are everyday words: "yes.it is" is a full stop without its space, unless a path follows."""


@cache
def _finder() -> _Finder:
    text = (files("largesse.moderation") / "data" / "links.json").read_text(encoding="utf-8")
    data: dict[str, list[str]] = json.loads(text)
    linkify = LinkifyIt()
    linkify.tlds(data["endings"], keep_old=True)
    endings = "|".join(data["spoken_endings"])
    spoken = re.compile(rf"(?<=\w)(?:\s+dot\s+|\s+\.\s*|\.\s+)(?=(?:{endings})\b)", re.IGNORECASE)
    return _Finder(linkify, spoken, frozenset(data["word_endings"]))
