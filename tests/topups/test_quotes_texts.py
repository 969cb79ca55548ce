"""Prices as people write them: exact digits, the reader's locale, and a fallback for every nonsense."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.topups.price_texts import (
    Priced,
    locale_of,
    money_text,
    per_coin_text,
    tag_of,
    texts_of,
)

US, DE = locale_of("en-US", None), locale_of("de-DE", None)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "locale", "text"),
    [
        (370, "USD", "en-US", "$3.70"),
        (5, "USD", "en-US", "$0.05"),
        (123_456_789, "EUR", "de-DE", "1.234.567,89\xa0€"),
        (620, "JPY", "ja-JP", "￥620"),
        (1_140, "KWD", "en-US", "KWD1.140"),
        (1_500, "IQD", "en-US", "IQD1.500"),
        (10**17 + 1, "USD", "en-US", "$1,000,000,000,000,000.01"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(
    amount_minor: int, currency: str, locale: str, text: str
) -> None:
    found = money_text(amount_minor, currency, locale_of(locale, None))
    assert found == text


@pytest.mark.parametrize(
    ("gross_minor", "coins", "currency", "text"),
    [
        (370, 350, "USD", "$0.0106"),
        (100, 100, "USD", "$0.0100"),
        (620, 350, "JPY", "¥1.77"),
        (62_000, 350, "JPY", "¥177"),
        (62_000, 35, "JPY", "¥1,771"),
        (1_140, 350, "KWD", "0.00326"),
        (1, 1_000_000_000, "USD", "$0.0000000000100"),
        (500, 1, "USD", "$5.00"),
    ],
)
def test_a_coin_s_price_has_three_digits_that_say_something(
    gross_minor: int, coins: int, currency: str, text: str
) -> None:
    assert per_coin_text(gross_minor, coins, currency, US).lstrip("KWD\xa0") == text


@given(gross_minor=st.integers(1, 10**13), coins=st.integers(1, 10**9))
def test_a_coin_s_price_is_off_by_half_a_digit_at_most(gross_minor: int, coins: int) -> None:
    text = per_coin_text(gross_minor, coins, "USD", US).lstrip("$").replace(",", "")
    written = Decimal(text)
    digit = Decimal(1).scaleb(-len(text.partition(".")[2]))
    # |gross/100/coins - written| <= digit/2, multiplied out so that nothing is rounded here
    assert abs(Decimal(gross_minor) - written * 100 * coins) * 2 <= digit * 100 * coins


@given(amount_minor=st.integers(0, 10**18))
def test_an_amount_is_written_exactly(amount_minor: int) -> None:
    text = money_text(amount_minor, "USD", US).lstrip("$").replace(",", "")
    assert Decimal(text) * 100 == amount_minor


def test_the_words_are_the_reader_s() -> None:
    priced = Priced("USD", 370, 26, 396, 350, saving_bp=2699)
    english, german = texts_of(priced, US), texts_of(priced, DE)
    assert (english.per_coin, english.saving) == ("$0.0113 per coin", "save 26%")
    assert (german.per_coin, german.saving) == ("0,0113\xa0$ pro Coin", "26\xa0% sparen")
    assert (english.net, english.tax, english.total) == ("$3.70", "$0.26", "$3.96")


@pytest.mark.parametrize("saving_bp", [None, 0, 99])
def test_no_saving_is_not_praised(saving_bp: int | None) -> None:
    assert texts_of(Priced("USD", 370, 0, 370, 350, saving_bp), US).saving is None


@pytest.mark.parametrize(
    ("wanted", "header", "tag"),
    [
        (None, None, "en-US"),
        ("de-AT", "fr", "de-AT"),
        ("de_CH", None, "de-CH"),
        ("xx", "fr", "fr"),
        ("nl", None, "en-US"),  # known to Babel, but we have no words
        ("", "", "en-US"),
        ("\x00", "\x01;q=\x02", "en-US"),
        ("x" * 1000, "y" * 100_000, "en-US"),
        ("../../etc/passwd", "*", "en-US"),
        (None, "en;q=0.1, it;q=0.9", "it"),
        (None, "it;q=0, es", "es"),
        (None, "it;q=nan, ja;q=1e9, ko;q=0.5", "ko"),
        (None, "fr;q=0.5,de;q=0.5", "fr"),
        (None, "pt-BR,pt;q=0.9", "pt-BR"),
        (None, "ar-KW", "ar-KW"),
    ],
)
def test_the_locale_is_the_one_wanted_or_what_comes_next(
    wanted: str | None, header: str | None, tag: str
) -> None:
    assert tag_of(locale_of(wanted, header)) == tag


@given(wanted=st.none() | st.text(max_size=50), header=st.none() | st.text(max_size=200))
def test_any_text_gives_some_locale(wanted: str | None, header: str | None) -> None:
    priced = Priced("USD", 370, 0, 370, 350, saving_bp=3000)
    assert texts_of(priced, locale_of(wanted, header)).total
