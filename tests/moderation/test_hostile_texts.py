"""Texts made to be slow to read, of the size of a whole request: readings whose time grew with the square of the length
would not end within a test's time limit."""

import pytest

from largesse.gifts import TextRefused, clean_text
from largesse.messages.counting import count_characters, count_emoji
from largesse.moderation.links import has_link
from largesse.moderation.words import is_blocked

SIZE = 60_000
WORDS = ("spam", "a a a b", "stem*", *(f"{'a ' * 20}b{no}" for no in range(100)))


@pytest.mark.parametrize(
    "text",
    ["a" + " " * SIZE + "b", "( " * (SIZE // 2), "http " * (SIZE // 5), "a." * (SIZE // 2), "@" * SIZE],
)  # fmt: skip
def test_links_and_words_are_looked_for_in_one_go(text: str) -> None:
    assert not has_link(text)
    assert not is_blocked(text, WORDS)


def test_many_long_phrases_are_looked_for_in_one_go() -> None:
    phrases = tuple(f"{'a ' * 20}b{no}" for no in range(200))
    for said in ("a " * SIZE, "\ufdfa" * SIZE):
        assert not is_blocked(said, phrases)
    assert is_blocked("well, " + "a " * 30 + "b199!", phrases)
    assert not is_blocked("a " * 19 + "b199", phrases)
    assert is_blocked("see a bad wording", ("bad word*",))
    assert not is_blocked("see a bad wording", ("bad word", "ad word*"))


@pytest.mark.parametrize("text", ["🇩" * SIZE, "🇩🇪a" * (SIZE // 3), "z" + "\u0301" * SIZE])
def test_characters_are_counted_in_one_go(text: str) -> None:
    assert count_characters(text) > 0
    assert count_emoji(text) > 0 or "🇩" not in text


def test_heaps_of_marks_are_not_put_in_order() -> None:
    with pytest.raises(TextRefused):
        clean_text("z" + "\u0301" * (SIZE // 2) + "\u0323" * (SIZE // 2), "text")
    heaps = ("z" + "\u0301" * 500 + "\u0323" * 500) * (SIZE // 1001)
    assert clean_text(f" {heaps} ", "text") == heaps  # too long for every use


def test_a_flag_with_marks_is_one_character() -> None:
    assert count_characters("🇩🇪\u0301🇫🇷\u200d🇩a") == 4
