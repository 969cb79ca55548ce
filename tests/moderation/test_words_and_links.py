"""Blocked words and addresses are found in disguise, and ordinary text is left alone."""

import pytest

from largesse.moderation.links import has_link
from largesse.moderation.words import is_blocked

WORDS = ("spam", "buy now", "free*", "get rich*", "脏话", "Ärger")


@pytest.mark.parametrize(
    "text",
    [
        "spam",
        "SPAM!",
        "so much Spam here",
        "s p a m",
        "s.p.a.m",
        "s-p-a-m",
        "sp\u200bam",
        "sp\u00adam",
        "s\u0336p\u0336a\u0336m",
        "\u0455\u0440\u0430m",
        "5p4m",
        "$pam",
        "\uff53\uff50\uff41\uff4d",
        "𝓼𝓹𝓪𝓶",
        "spàm",
        "buy now",
        "BUY   NOW!!",
        "buy-now",
        "free",
        "freebies",
        "FREEEEE",
        "get richer today",
        "这是脏话吗",
        "脏 话",
        "ARGER",
        "ärger",
    ],
)
def test_a_blocked_word_is_found(text: str) -> None:
    assert is_blocked(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "spammer",
        "class of spa mountains",
        "buyer now",
        "now buy",
        "refreed",
        "get poor and rich",
        "I am a b c d",
        "what a lovely song 👩‍🎤",
        "шалом",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert not is_blocked(text, WORDS)


def test_without_words_nothing_is_blocked() -> None:
    assert not is_blocked("spam", ())


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "see EXAMPLE.COM/offer now",
        "https://example.test",
        "http://x",
        "hxxps://example.test",
        "www.example",
        "write to me@example.com",
        "example dot com",
        "example (dot) com",
        "example [.] com",
        "example . com",
        "example. com",
        "example。com",
        "exam\u200bple.com",
        "\uff45xample.com",
        "discord.gg/abc",
        "t.me/abc",
        "пример.рф",
        "twitch.tv",
        "shop.example.xyz",
    ],
)
def test_an_address_is_found(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "nice. it works",
        "yes.it is",
        "hi.my name is Vera",
        "wow...ok",
        "e.g. this",
        "version 1.2.3",
        "3.5 times",
        "the dot is there",
        "@vera hello",
        "well,come in",
        "10:30 or 11.30",
    ],
)
def test_ordinary_sentences_are_no_addresses(text: str) -> None:
    assert not has_link(text)
