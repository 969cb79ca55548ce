"""Which words of a text are cheer marks, and what they cost."""

import pytest

from largesse.messages.marks import Mark, coins_of, find_marks

NAMES = {"cheer", "spark", "glow", "hooray"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cheer1", [("cheer", 1)]),
        ("CHEER100 Spark7", [("cheer", 100), ("spark", 7)]),
        ("so good cheer100 cheer100", [("cheer", 100), ("cheer", 100)]),
        ("glow5\u00a0hooray10\u3000cheer2", [("glow", 5), ("hooray", 10), ("cheer", 2)]),
        ("cheer999999999", [("cheer", 999_999_999)]),
        ("hooray20 👏 שלום", [("hooray", 20)]),
    ],
)
def test_marks_are_whole_words_with_a_number(text: str, found: list[tuple[str, int]]) -> None:
    assert find_marks(text, NAMES) == [Mark(*mark) for mark in found]
    assert coins_of(find_marks(text, NAMES)) == sum(coins for _, coins in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cheer",
        "100",
        "cheer 100",
        "cheer0",
        "cheer007",
        "cheer-5",
        "cheer+5",
        "cheer1.5",
        "cheer1e3",
        "cheer100!",
        "(cheer100)",
        "recheer100",
        "cheer100cheer1",
        "cheer1000000000",
        "cheer" + "9" * 5000,
        "cheer\u0967\u0966\u0966",
        "cheer\uff11\uff10\uff10",
        "\uff43heer100",
        "sp\u0430rk5",
        "bits100",
        "cheer\u200d100",
        "cheer100\u200d",
        "cheer\u0660",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert find_marks(text, NAMES) == []
