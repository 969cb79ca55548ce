"""Changing a rule: a new row from a moment on; what was decided by the old one stays decided."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from largesse import identity
from largesse.db import Connection, ReadConnection
from largesse.topups.errors import GuardChangeInvalid, GuardUnknown
from largesse.topups.guards import queries
from largesse.topups.guards.model import Action, GuardRule, Subject
from largesse.types import now

AMOUNT_MAX = 2**62


async def list_rules(conn: ReadConnection, at: datetime) -> list[GuardRule]:
    """The rules at a moment by name, also those that are off."""
    return await queries.rules_at(conn, at)


async def change_rule(
    conn: Connection,
    actor_id: UUID,
    name: str,
    *,
    amount: int | None = None,
    action: Action | None = None,
    valid_from: datetime | None = None,
) -> GuardRule:
    """Give a rule another amount or action from a moment on (default: now); answers with the rule as it then is.

    Raises GuardUnknown, GuardChangeInvalid.
    """
    at = now()
    starts_at = valid_from or at
    if starts_at < at:
        raise GuardChangeInvalid("A rule changes now or later, never in the past.")
    before = next(
        (one for one in await queries.rules_at(conn, starts_at) if one.name == name), None
    )
    if before is None:
        raise GuardUnknown(f"There is no rule {name}.")
    after = replace(
        before,
        amount=before.amount if amount is None else amount,
        action=before.action if action is None else action,
    )
    _check(before, after)
    if not await queries.insert_rule(conn, after, starts_at):
        raise GuardChangeInvalid("Another change of this rule takes effect at that very moment.")
    await identity.record(conn, actor_id, "guard.change", None, _told(before, after, starts_at))
    return after


def _check(before: GuardRule, after: GuardRule) -> None:
    if after == before:
        raise GuardChangeInvalid("The rule is like that already.")
    if not 0 <= after.amount <= AMOUNT_MAX:
        raise GuardChangeInvalid("An amount is a whole number from 0 on.")
    if after.subject is Subject.CARD and after.action is Action.REFUSE:
        raise GuardChangeInvalid("A card is known only when it has paid: such a rule can hold.")


def _told(before: GuardRule, after: GuardRule, starts_at: datetime) -> dict[str, Any]:
    return {
        "rule": after.name,
        "amount": [before.amount, after.amount],
        "action": [before.action, after.action],
        "valid_from": starts_at.isoformat(),
    }
