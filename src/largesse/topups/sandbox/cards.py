"""Test cards of the sandbox, and the checks a real page makes on what is typed."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from largesse.topups.errors import CardInvalid, CardUnknown
from largesse.topups.providers import Payer
from largesse.topups.sandbox.outcomes import Outcome

_NUMBER = re.compile(r"\d{12,19}", re.ASCII)
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])\s*/\s*(\d{2})", re.ASCII)
_CVC = re.compile(r"\d{3,4}", re.ASCII)
HOLDER_CHARACTERS_MAX = 100
_FINGERPRINT_DIGITS = 24


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card number that the sandbox takes, and what paying with it does."""

    number: str
    label: str
    outcome: Outcome
    country: str | None
    """Where it was issued; None: in the country that is paid in."""

    def payer(self, holder: str, paid_in: str | None) -> Payer:
        """Who pays with it. The number and the name make the card: people at a demo all type the same numbers."""
        text = f"{self.number} {' '.join(holder.casefold().split())}"
        fingerprint = f"sbx_card_{hashlib.sha256(text.encode()).hexdigest()[:_FINGERPRINT_DIGITS]}"
        return Payer(country=self.country or paid_in, fingerprint=fingerprint)


@dataclass(frozen=True, slots=True)
class CardInput:
    """What the buyer typed."""

    card_number: str
    expiry: str
    cvc: str
    holder: str


@cache
def known_cards() -> tuple[KnownCard, ...]:
    """The cards of data/test_cards.json."""
    data = json.loads((files(__package__) / "data" / "test_cards.json").read_text("utf-8"))
    return tuple(
        KnownCard(row["number"], row["label"], Outcome(row["outcome"]), row.get("country"))
        for row in data["cards"]
    )


def check_card(card: CardInput, today: date) -> KnownCard:
    """The test card that was typed; raises CardInvalid with a reason per field, or CardUnknown."""
    number = card.card_number.replace(" ", "").replace("-", "")
    found = [
        ("card_number", _number_problem(number)),
        ("expiry", _expiry_problem(card.expiry.strip(), today)),
        ("cvc", None if _CVC.fullmatch(card.cvc.strip()) else "Three or four digits"),
        ("holder", _holder_problem(card.holder.strip())),
    ]
    errors = [{"field": field, "message": message} for field, message in found if message]
    if errors:
        raise CardInvalid(errors=errors)
    for known in known_cards():
        if known.number == number:
            return known
    raise CardUnknown(errors=[{"field": "card_number", "message": "Not one of the test cards"}])


def _number_problem(number: str) -> str | None:
    if not _NUMBER.fullmatch(number):
        return "12 to 19 digits"
    return None if passes_luhn(number) else "This number has a typing mistake"


def passes_luhn(number: str) -> bool:
    """The check digit of card numbers."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _expiry_problem(expiry: str, today: date) -> str | None:
    match = _EXPIRY.fullmatch(expiry)
    if match is None:
        return "Month and year, as MM/YY"
    month, year = int(match[1]), 2000 + int(match[2])
    return "This card has expired" if (year, month) < (today.year, today.month) else None


def _holder_problem(holder: str) -> str | None:
    if not holder:
        return "The name on the card"
    return "At most 100 characters" if len(holder) > HOLDER_CHARACTERS_MAX else None
