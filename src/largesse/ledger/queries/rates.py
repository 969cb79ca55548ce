"""The creator's share and what a diamond is worth: data with a date from which it holds."""

import json
from datetime import datetime
from importlib.resources import files

from largesse.db import Connection, ReadConnection
from largesse.ledger.model import RedemptionRate, Share


async def load_rates(conn: Connection) -> None:
    """Fill the empty rate tables from the package's data."""
    text = (files("largesse.ledger") / "data" / "rates.json").read_text(encoding="utf-8")
    defaults = json.loads(text)
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO share (id, share_bp, valid_from)"
            " SELECT %(id)s, %(share_bp)s, %(valid_from)s::timestamptz"
            " ON CONFLICT DO NOTHING",
            defaults["shares"],
        )
        await cursor.executemany(
            "INSERT INTO redemption_rate (id, currency, micro_per_diamond, valid_from)"
            " SELECT %(id)s, %(currency)s, %(micro_per_diamond)s, %(valid_from)s::timestamptz"
            " ON CONFLICT DO NOTHING",
            defaults["redemption_rates"],
        )


async def current_share(conn: ReadConnection, at: datetime) -> Share:
    """The share that holds at a moment; before all others the first."""
    cursor = await conn.execute(
        "SELECT id, share_bp FROM share"
        " WHERE valid_from <= greatest(%s, (SELECT min(valid_from) FROM share))"
        " ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    row = await cursor.fetchone()
    assert row is not None, "no share is loaded: run `largesse migrate`"
    return Share(*row)


async def current_redemption(
    conn: ReadConnection, at: datetime, currency: str = "USD"
) -> RedemptionRate:
    """What a diamond is worth in a currency at a moment; before all other rates the first."""
    cursor = await conn.execute(
        "SELECT id, currency, micro_per_diamond FROM redemption_rate r"
        " WHERE currency = %s AND valid_from <= greatest("
        "  %s, (SELECT min(valid_from) FROM redemption_rate WHERE currency = r.currency))"
        " ORDER BY valid_from DESC LIMIT 1",
        (currency, at),
    )
    row = await cursor.fetchone()
    assert row is not None, f"no redemption rate is loaded for {currency}"
    return RedemptionRate(*row)
