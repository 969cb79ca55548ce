"""The shipped refund policies."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from largesse.db import Connection
from largesse.topups.refunds import queries
from largesse.topups.refunds.model import RefundPolicy


async def load_defaults(conn: Connection) -> None:
    """Fill an empty policy table."""
    text = (files("largesse.topups") / "data" / "refund_policy.json").read_text("utf-8")
    data = json.loads(text)
    await queries.insert_policies(conn, [_policy(raw) for raw in data["policies"]])


def _policy(raw: dict[str, Any]) -> RefundPolicy:
    fields = {**raw, "valid_from": datetime.fromisoformat(raw["valid_from"])}
    return RefundPolicy(**fields)
