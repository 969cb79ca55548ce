"""What the suite is about: the closed list. Tests carry `@behaviour("duplicate")`, a name of this list."""

from collections.abc import Callable
from typing import TypeVar

import pytest

BEHAVIOURS: dict[str, str] = {
    "duplicate": "The same payment told several times, by whomever, credits once.",
    "reordered": "Notifications in any order end in the same state and the same wallet.",
    "tampered": "A notification that was changed on its way, or not signed, is refused.",
    "replayed": "A good notification sent again a day too late is refused.",
    "late": "A success after the order expired or failed still credits.",
    "missing": "A payment that no notification tells of is credited: found by asking, or handed in by the app.",
    "partial refund": "A part given back takes that part of the coins, once.",
    "failed refund": "A refund that did not go through gives the coins back.",
    "dispute won": "A dispute takes the coins, and winning it brings them back.",
    "dispute lost": "A dispute takes the coins, and losing it takes nothing more.",
    "inquiry moves no money": "A question about a payment, with nothing decided, changes no wallet.",
    "unknown product": "A purchase of another product than ordered credits nothing.",
    "wrong environment": "What was signed for another environment (test or live, another app or server) is refused.",
    "wrong currency": "A payment in another currency than ordered credits nothing.",
    "wrong amount": "A payment of another amount than ordered credits nothing.",
    "another person's receipt": "A proof of purchase handed in by somebody else, or of no order here, moves nothing.",
    "provider down at checkout": "The buyer is told; the same try later opens one page of one order.",
    "provider down at look-up": "Nothing is lost or guessed; once the provider is back, it credits once.",
    "slow": "A provider that does not answer in time is given up, and asked again later.",
    "500": "A provider that fails is asked again later, with nothing done twice.",
    "429": "A provider that says it is asked too often is asked again later, with nothing done twice.",
    "double tap": "The same order sent twice at once is one order with one page.",
    "second payment returned": "An order that was paid twice credits once, and the second payment goes back.",
    "held order": "A payment held for review credits nothing until it is released, then once.",
}
"""Name -> what holds at the end, in the buyer's wallet, the order and the ledger."""

_Test = TypeVar("_Test", bound=Callable[..., object])


def behaviour(name: str) -> Callable[[_Test], _Test]:
    """For tests: which behaviour they show."""
    assert name in BEHAVIOURS, f"the list of behaviours has no {name!r}"
    mark: Callable[[_Test], _Test] = pytest.mark.behaviour(name)
    return mark


def behaviours_of(test: Callable[..., object]) -> tuple[str, ...]:
    """The behaviours that a test shows."""
    marks: list[pytest.Mark] = getattr(test, "pytestmark", [])
    return tuple(mark.args[0] for mark in marks if mark.name == "behaviour")
