"""Which words of a text are cheer marks, and what they cost: by the table that the web's tests read too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from largesse.gifts import clean_text
from largesse.messages.marks import Mark, coins_of, find_marks

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("cheers.json").read_text())
NAMES = frozenset(TABLE["names"])
BLANKS = (" ", "\t", "\n", "\u00a0", "\u3000", "\u0085", "\u2028")


def marks_of(parts: list[Any]) -> list[Mark]:
    return [Mark(**part) for part in parts if not isinstance(part, str)]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: str(case["about"]))
def test_a_text_has_the_marks_of_the_table(case: dict[str, Any]) -> None:
    found = find_marks(case["text"], NAMES)
    assert found == marks_of(case["parts"])
    assert coins_of(found) == sum(mark.coins for mark in marks_of(case["parts"]))


@pytest.mark.parametrize("case", TABLE["sent"], ids=lambda case: str(case["about"]))
def test_what_is_sent_costs_what_the_page_said(case: dict[str, Any]) -> None:
    assert coins_of(find_marks(clean_text(case["text"], "text"), NAMES)) == case["coins"]


def test_any_two_texts_with_a_blank_between_have_the_marks_of_both() -> None:
    for first in TABLE["cases"]:
        for place, second in enumerate(TABLE["cases"]):
            text = first["text"] + BLANKS[place % len(BLANKS)] + second["text"]
            both = [*marks_of(first["parts"]), *marks_of(second["parts"])]
            assert find_marks(text, NAMES) == both, text


def test_drawn_texts_cost_what_the_table_says() -> None:
    drawn = _drawn()
    for place, coins in enumerate(TABLE["drawn"]["coins"]):
        texts = [next(drawn) for _ in range(100)]
        assert sum(coins_of(find_marks(text, NAMES)) for text in texts) == coins, place


def _drawn() -> Iterator[str]:
    """As the table describes it."""
    tokens, x = TABLE["drawn"]["tokens"], TABLE["drawn"]["start"]
    while True:
        text, left = "", None
        while left != 0:
            x = 16807 * x % (2**31 - 1)
            if left is None:
                left = 1 + x % 8
            else:
                text, left = text + tokens[x % len(tokens)], left - 1
        yield text
