"""How long a text is to the people who read it."""

import regex

CLUSTER_CODE_POINTS_MAX = 12
"""No emoji has more. What piles up more signs on one letter counts once for every so many."""

# Flags are two letters each; \X alone would count all letters before each of them.
_CLUSTER = regex.compile(
    r"\p{RI}{2}[\p{Grapheme_Cluster_Break=Extend}\p{GCB=SpacingMark}\u200D]*+|\X"
)
_EMOJI = regex.compile(r"[\p{Emoji_Presentation}\uFE0F\u20E3]")
"""Drawn as a picture by itself, or because a sign behind it asks for that."""


def count_characters(text: str) -> int:
    """Characters as people see them (Unicode's extended grapheme clusters): a family in one picture is one."""
    return sum(-(-len(cluster) // CLUSTER_CODE_POINTS_MAX) for cluster in _clusters(text))


def count_emoji(text: str) -> int:
    """Pictures among them: also flags, keycaps, and several that are joined into one."""
    return sum(1 for cluster in _clusters(text) if _EMOJI.search(cluster))


def _clusters(text: str) -> list[str]:
    found: list[str] = _CLUSTER.findall(text)
    return found
