"""A process whose clock jumps while streaks are open ends each of them once, in its time."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from largesse.db import Database
from largesse.services import Services
from largesse.types import living_by, new_id
from tests.rooms.conftest import MakeViewer
from tests.streaks.conftest import (
    assert_totals_hold,
    ends_of,
    eventually,
    give,
    keep_up,
    log_of,
)

LONG_AGO, FAR_AHEAD = datetime(1990, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("moment", [LONG_AGO, FAR_AHEAD], ids=["1990", "2190"])
async def test_a_streak_ends_in_its_time(
    client: httpx.AsyncClient,
    services: Services,
    other: Services,
    stream: dict[str, Any],
    viewer: MakeViewer,
    moment: datetime,
    monkeypatch: pytest.MonkeyPatch,
    db: Database,
) -> None:
    monkeypatch.setattr("largesse.streaks.closing.SWEEP_S", 0.05)
    monkeypatch.setattr("largesse.streaks.closing.MARGIN_S", 0.1)
    vera, mine, orphan = await viewer(coins=10), new_id(), new_id()
    await give(services, vera, stream, mine)
    await give(other, vera, stream, orphan)  # that process ends nothing: the sweep does
    await keep_up(db)

    async def both() -> bool:
        async with db.read() as conn:
            cursor = await conn.execute("SELECT count(*) FROM room_event WHERE type = 'streak_end'")
            row = await cursor.fetchone()
        return row == (2,)

    with living_by(lambda: moment):
        await eventually(both)
    assert len(await ends_of(client, stream)) == 2
    assert_totals_hold(await log_of(client, stream))
