"""Display names cannot disguise themselves, and addresses have one form."""

import pytest

from largesse.identity.names import clean_display_name, clean_email, login_key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Vera  Lind ", "Vera Lind"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u5c71\u7530 \u592a\u90ce", "\u5c71\u7530 \u592a\u90ce"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("x" * 40, "x" * 40),
        (" " * 20 + "x" * 40, "x" * 40),
    ],
)
def test_names_are_trimmed_and_composed(text: str, name: str) -> None:
    assert clean_display_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "\u200d", "\u00a0", "a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb", "a\nb", "a\tb", "a\x00b",
        "a\u200bb", "a\ufeffb", "a\u2028b", "a\ud800b", "a\U000e0041b", "\ue000", "x" * 41,
    ],
)  # fmt: skip
def test_invisible_and_direction_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="character"):
        clean_display_name(text)


def test_an_address_is_stored_in_one_form() -> None:
    assert clean_email(" Vera.Lind@Example.COM ") == "vera.lind@example.com"
    assert clean_email("viewer@demo.test") == "viewer@demo.test"
    assert login_key(" VERA.lind@example.com") == "vera.lind@example.com"


@pytest.mark.parametrize(
    "text", ["", "vera", "vera@", "@example.com", "a b@example.com", "a@b@c.com"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        clean_email(text)
