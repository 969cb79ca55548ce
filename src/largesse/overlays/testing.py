"""Trying an overlay out: its open pages are sent samples, and nobody else."""

from uuid import UUID

from largesse import identity
from largesse.overlays import queries
from largesse.overlays.errors import TestedTooOften
from largesse.overlays.samples import samples
from largesse.overlays.schemas import TestOverlay
from largesse.overlays.service import own_overlay
from largesse.realtime import Event, TestTold
from largesse.services import Services
from largesse.types import now

_WINDOW_S = 60


async def test_overlay(
    services: Services, creator_id: UUID, overlay_id: UUID, wish: TestOverlay
) -> None:
    """Show samples wherever this overlay is open; TestedTooOften beyond the limit per creator."""
    moment = now()
    async with services.db.transaction() as conn:
        row = await own_overlay(conn, creator_id, overlay_id)
        hits_max = (await queries.rule(conn, moment)).tests_max_per_min
        wait_s = await identity.rate_limited(
            conn, f"overlay_test:{creator_id}", hits_max, _WINDOW_S
        )
    if wait_s:
        raise TestedTooOften(retry_after_s=wait_s)
    rules = await services.messages.rules()
    events = samples(row.kind, wish.kind, wish.coins, moment, rules)
    told = TestTold(op="test", events=[Event(root=event) for event in events])
    frame = told.model_dump_json()
    services.hub.try_overlay(creator_id, overlay_id, frame)
