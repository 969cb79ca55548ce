"""A process whose clock is before all figures goes by the first of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from largesse import figures
from largesse.db import Database
from largesse.figures import FigureSet
from largesse.goals import FIGURES
from largesse.messages.queries import message_rules
from largesse.types import living_by, new_id, now
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer
from tests.rooms.test_goals import Desk, a_goal, checked, desk

__all__ = ["desk"]

LONG_BEFORE = datetime(2019, 1, 1, tzinfo=UTC)
GOALS: FigureSet = FIGURES


def test_of_figures_those_hold_that_began_last_and_the_first_before() -> None:
    first = GOALS.model.model_construct(valid_from=now())
    later = GOALS.model.model_construct(valid_from=now() + timedelta(days=1))
    both = [later, first]
    assert figures.holding(both, later.valid_from) is later
    assert figures.holding(both, later.valid_from - timedelta(seconds=1)) is first
    assert figures.holding(both, LONG_BEFORE) is first


async def test_rooms_go_on(
    client: httpx.AsyncClient,
    desk: Desk,
    stream: dict[str, Any],
    creator: SignedIn,
    viewer: MakeViewer,
    db: Database,
) -> None:
    vera, path = await viewer(), f"/v1/streams/{stream['id']}"
    with living_by(lambda: datetime.now(UTC) - timedelta(days=400)):
        said = {"id": str(new_id()), "text": "hello"}
        answers = [
            await client.post(f"{path}/chat", json=said, headers=vera.headers),
            await desk.post(a_goal((None, 10))),
            await client.get("/v1/creator/overlays", headers=creator.headers),
            await client.patch(path, json={"title": "Chess"}, headers=creator.headers),
        ]
    assert [answer.status_code for answer in answers] == [201, 201, 200, 200]
    async with db.read() as conn:
        rules = await message_rules(conn)
    assert rules.limits_at(LONG_BEFORE) == rules.limits_at(now())
    assert rules.tiers.paid_tier(1, LONG_BEFORE) is not None
    await checked(db)
