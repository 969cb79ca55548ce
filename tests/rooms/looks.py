"""Looks for goals that are reached, when a test wants them."""

from dataclasses import dataclass

import pytest

from largesse.goals import Keeping, Reaching
from largesse.realtime import Looking


@dataclass(frozen=True)
class Looks:
    """Who looks for goals that are reached, at the test's call alone: the app's own do not."""

    keeping: type[Keeping]
    reaching: type[Reaching]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    class Kept(Keeping):
        look = Keeping.look

    class Reached(Reaching):
        look = Reaching.look

    async def idle(_: Looking) -> None:
        return

    monkeypatch.setattr(Keeping, "look", idle)
    monkeypatch.setattr(Reaching, "look", idle)
    return Looks(Kept, Reached)
