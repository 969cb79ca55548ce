"""Becoming a creator, the gifting switch, and the rules behind it."""

import json
from datetime import datetime
from importlib import resources
from typing import Any
from uuid import UUID

from largesse import identity, ledger
from largesse.creators import queries
from largesse.creators.eligibility import reasons
from largesse.creators.errors import NotEligible
from largesse.creators.model import CreatorRule
from largesse.creators.schemas import EligibilityView
from largesse.db import Connection, Database, ReadConnection, past_deadlocks
from largesse.identity import Role, User
from largesse.types import now


async def become_creator(db: Database, user: User) -> EligibilityView:
    """Anybody may; doing it again changes nothing. Gifts stay off until they are switched on."""
    async with db.transaction() as conn:
        await add_creator(conn, user.id)
        return await eligibility(conn, user)


async def add_creator(conn: Connection, user_id: UUID) -> None:
    """Give a user the role and a creator's row."""
    granted = await identity.grant_role(conn, user_id, Role.CREATOR)
    added = await queries.insert_creator(conn, user_id, now())
    if granted or added:
        await identity.record(conn, user_id, "creator.begin", user_id, {})


async def eligibility(conn: ReadConnection, user: User) -> EligibilityView:
    """Whether the user may switch gifts on, and what stands in the way."""
    at = now()
    found = reasons(
        user,
        followers=await identity.followers(conn, user.id),
        rule=await queries.creator_rule(conn, at),
        country=await identity.country_rule(conn, user.country),
        at=at,
    )
    return EligibilityView(
        eligible=all(reason.met for reason in found),
        gifting=await queries.gifting(conn, user.id),
        reasons=found,
    )


async def set_gifting(db: Database, user: User, *, enabled: bool) -> EligibilityView:
    """Switch gifts on or off, in open rooms too; off is always possible."""
    # Open rooms are also locked by batches of gifts, in another order.
    return await past_deadlocks(lambda: _set_gifting(db, user, enabled))


async def _set_gifting(db: Database, user: User, enabled: bool) -> EligibilityView:
    async with db.transaction() as conn:
        await queries.insert_creator(conn, user.id, now())
        changed = await queries.update_gifting(conn, user.id, enabled, now())
        view = await eligibility(conn, user)
        if enabled and not view.eligible:
            raise NotEligible(reasons=[reason.model_dump() for reason in view.reasons])
        if changed:
            await ledger.set_gifting(conn, user.id, enabled)
            await identity.record(conn, user.id, "creator.gifting", user.id, {"enabled": enabled})
        return view


async def gifting_for_new_room(conn: Connection, creator_id: UUID) -> bool:
    """Whether a room opened in this transaction takes gifts; the switch waits until it ends."""
    return await queries.gifting_held(conn, creator_id)


async def hold_days(conn: ReadConnection, at: datetime) -> dict[str, int]:
    """Days until diamonds are available, by where the coins came from."""
    return await queries.hold_days(conn, at)


async def load_defaults(conn: Connection) -> None:
    """Fill the rule tables when they are empty."""
    rule = _read("creator_rules.json")
    valid_from = rule.pop("valid_from")
    await queries.insert_creator_rule(conn, CreatorRule(**rule), valid_from)
    holds = _read("hold_rules.json")
    await queries.insert_hold_rules(conn, holds["days"], holds["valid_from"])


def _read(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath("data", name).read_text("utf-8"))
