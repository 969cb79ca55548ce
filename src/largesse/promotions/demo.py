"""The promotions of demo mode."""

import json
from datetime import timedelta
from importlib.resources import files

from largesse.db import Database
from largesse.promotions import queries, service
from largesse.promotions.schemas import PromotionBody
from largesse.types import PLATFORM_ID, now

_DAYS = 365


async def add_demo_promotions(db: Database) -> None:
    """Make sure that the promotions of data/demo_promotions.json exist, from now on for a year."""
    text = (files(__package__) / "data" / "demo_promotions.json").read_text("utf-8")
    at = now()
    span = {"starts_at": at, "ends_at": at + timedelta(days=_DAYS)}
    bodies = [
        PromotionBody.model_validate({**raw, **span}) for raw in json.loads(text)["promotions"]
    ]
    async with db.read() as conn:
        missing = [body for body in bodies if await queries.find_by_slug(conn, body.slug) is None]
    await service.import_all(db, PLATFORM_ID, missing)
