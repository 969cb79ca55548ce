"""Characters and emoji as people count them."""

import pytest

from largesse.messages.counting import count_characters, count_emoji


@pytest.mark.parametrize(
    ("text", "characters", "emoji"),
    [
        ("", 0, 0),
        ("hello", 5, 0),
        ("e\u0301", 1, 0),
        ("한국어", 3, 0),
        ("שלום", 4, 0),
        ("👍", 1, 1),
        ("👍🏽", 1, 1),
        ("👩‍👩‍👧‍👦", 1, 1),
        ("👩🏻‍❤️‍💋‍👩🏼", 1, 1),
        ("🇩🇪🇫🇷", 2, 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1, 1),
        ("1️⃣ 2", 3, 1),
        ("© 2026", 6, 0),
        ("©️", 1, 1),
        ("❤", 1, 0),
        ("❤️", 1, 1),
        ("#1 in 2026", 10, 0),
        ("😀😀😀", 3, 3),
        ("a" + "\u0301" * 12, 2, 0),
        ("a" + "\u0301" * 99, 9, 0),
    ],
)
def test_a_text_is_as_long_as_people_see_it(text: str, characters: int, emoji: int) -> None:
    assert (count_characters(text), count_emoji(text)) == (characters, emoji)
