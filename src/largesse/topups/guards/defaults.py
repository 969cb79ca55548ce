"""Loads the shipped rules."""

import json
from datetime import datetime
from importlib import resources
from typing import Any

from largesse.db import Connection
from largesse.topups.guards import queries
from largesse.topups.guards.model import Action, GuardRule, Measure, Periods, Subject


async def load_defaults(conn: Connection) -> None:
    """Fill empty rule tables."""
    if await queries.any_rule(conn):
        return
    data = _data()
    valid_from = datetime.fromisoformat(data["valid_from"])
    for name, amount in data["periods"].items():
        await queries.insert_period(conn, name, amount, valid_from)
    for rule in shipped_rules():
        await queries.insert_rule(conn, rule, valid_from)


def shipped_rules() -> list[GuardRule]:
    """The rules of data/guard_rules.json."""
    return [_rule(**raw) for raw in _data()["rules"]]


def shipped_periods() -> Periods:
    """The periods of data/guard_rules.json."""
    return Periods(**_data()["periods"])


def _rule(
    *,
    name: str,
    subject: str,
    measure: str,
    amount: int,
    action: str,
    window_s: int | None = None,
    account_age_max_days: int | None = None,
) -> GuardRule:
    return GuardRule(
        name,
        Subject(subject),
        Measure(measure),
        amount,
        window_s,
        account_age_max_days,
        Action(action),
    )


def _data() -> Any:
    return json.loads(
        resources.files(__package__).joinpath("data", "guard_rules.json").read_text("utf-8")
    )
