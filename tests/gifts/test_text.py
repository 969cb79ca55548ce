"""Text that people write to each other: visible, and in the order it was written."""

import pytest

from largesse.gifts import TextRefused, clean_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hello \t", "hello"),
        ("\n hello", "hello"),
        ("e\u0301", "é"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("👍🏽", "👍🏽"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("שלום عليكم", "שלום عليكم"),
        ("नमस्ते", "नमस्ते"),
        ("می‌خواهم", "می‌خواهم"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_what_people_write_is_kept(text: str, cleaned: str | None) -> None:
    assert clean_text(text, "text") == (text if cleaned is None else cleaned)


@pytest.mark.parametrize(
    "character",
    "\x00\x07\x1b\x7f\x85\u200b\u200e\u200f\u061c\u202a\u202e\u2066\u2069\u2028\u2029\ufeff\ue000\ud800\n\t",
)
def test_control_and_direction_characters_are_refused(character: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_text(f"a{character}b", "message")
    assert refused.value.fields["errors"][0]["field"] == "message"
