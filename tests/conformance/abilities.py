"""What not every provider does. A test says what it needs; it runs for the providers that have it, and for the others
their reason is recorded (docs/CONFORMANCE.md).
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar

from largesse.topups.providers import PaymentEventKind
from tests.conformance.harness import Backend


class Ability(StrEnum):
    """Besides these there are the kinds of events, which not every provider tells."""

    PAGE = "page"
    """It has a hosted page to pay on."""
    OUR_PRICE = "our price"
    """It charges what the order says."""
    APPS = "apps"
    """Purchases start in an app, which hands in the store's proof."""
    ASKED_BY_ORDER = "asked by order"
    """It can be asked about an order that nobody told us anything of."""
    REFUNDS = "refunds"
    """It gives money back when we ask."""
    PARTIAL_REFUNDS = "partial refunds"
    INQUIRIES = "inquiries"
    """It tells of questions before any money moves."""
    TROUBLE = "trouble"
    """It can fail while we do not."""


Need: TypeAlias = Ability | PaymentEventKind


@dataclass(frozen=True)
class Entry:
    """A provider of the suite: how to start it, and what it does not do, with the reason."""

    start: Callable[[], AbstractContextManager[Backend]]
    cannot: Mapping[Need, str]

    def why_not(self, needs: tuple[Need, ...]) -> str | None:
        """Why a behaviour does not apply; None: it does."""
        return next((self.cannot[need] for need in needs if need in self.cannot), None)


_Test = TypeVar("_Test", bound=Callable[..., object])


def needs(*needed: Need) -> Callable[[_Test], _Test]:
    """For tests of what not every provider does."""
    return lambda test: _noted(test, "needed", needed)


def kinds(*wanted: PaymentEventKind) -> Callable[[_Test], _Test]:
    """For tests that take a `kind`: run once for each of these that the provider tells."""
    return lambda test: _noted(test, "kinds", wanted)


def needed_by(test: Callable[..., object]) -> tuple[Need, ...]:
    """What a test needs."""
    return tuple(getattr(test, "needed", ()))


def kinds_of(test: Callable[..., object]) -> tuple[PaymentEventKind, ...]:
    """The kinds that a test is run for; () when it takes none."""
    return tuple(getattr(test, "kinds", ()))


def _noted(test: _Test, name: str, value: tuple[object, ...]) -> _Test:
    setattr(test, name, value)
    return test
