"""SQL of creators and the rules about them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from largesse.creators.model import CreatorRule
from largesse.db import Connection, ReadConnection


async def insert_creator(conn: Connection, user_id: UUID, at: datetime) -> bool:
    """Add a creator with gifts off; False when there is one already."""
    cursor = await conn.execute(
        "INSERT INTO creator (id, gifting, updated_at) VALUES (%s, false, %s) ON CONFLICT (id) DO NOTHING",
        (user_id, at),
    )
    return cursor.rowcount == 1


async def gifting(conn: ReadConnection, user_id: UUID) -> bool:
    """Whether a creator takes gifts."""
    cursor = await conn.execute("SELECT gifting FROM creator WHERE id = %s", (user_id,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def gifting_held(conn: Connection, user_id: UUID) -> bool:
    """Whether a creator takes gifts; it stays so until the caller's transaction ends."""
    cursor = await conn.execute("SELECT gifting FROM creator WHERE id = %s FOR SHARE", (user_id,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def update_gifting(conn: Connection, user_id: UUID, enabled: bool, at: datetime) -> bool:
    """Set the switch; False when it stood so already."""
    cursor = await conn.execute(
        "UPDATE creator SET gifting = %s, updated_at = %s WHERE id = %s AND gifting <> %s",
        (enabled, at, user_id, enabled),
    )
    return cursor.rowcount == 1


async def creator_rule(conn: ReadConnection, at: datetime) -> CreatorRule:
    """The rule that holds at a moment."""
    cursor = await conn.execute(
        "SELECT live_followers_min, post_followers_min, account_age_min_days, recent_public_post_days"
        "  FROM creator_rule WHERE valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    row = await cursor.fetchone()
    assert row is not None, "no creator rule is loaded: run `largesse migrate`"
    return CreatorRule(*row)


async def insert_creator_rule(conn: Connection, rule: CreatorRule, valid_from: str) -> None:
    """Fill an empty rule table."""
    await conn.execute(
        "INSERT INTO creator_rule (valid_from, live_followers_min, post_followers_min,"
        "                          account_age_min_days, recent_public_post_days)"
        " SELECT %s::timestamptz, %s, %s, %s, %s WHERE NOT EXISTS (SELECT FROM creator_rule)",
        (
            valid_from,
            rule.live_followers_min,
            rule.post_followers_min,
            rule.account_age_min_days,
            rule.recent_public_post_days,
        ),
    )


async def hold_days(conn: ReadConnection, at: datetime) -> dict[str, int]:
    """The hold of every source of coins that holds at a moment; before all others its first."""
    cursor = await conn.execute(
        "SELECT DISTINCT ON (source) source, days FROM hold_rule r"
        " WHERE valid_from <= greatest("
        "  %s, (SELECT min(valid_from) FROM hold_rule WHERE source = r.source))"
        " ORDER BY source, valid_from DESC",
        (at,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def insert_hold_rules(conn: Connection, days: Mapping[str, int], valid_from: str) -> None:
    """Fill an empty hold table."""
    await conn.execute(
        "INSERT INTO hold_rule (valid_from, source, days)"
        " SELECT %s::timestamptz, source, days FROM unnest(%s::text[], %s::smallint[]) AS hold (source, days)"
        "  WHERE NOT EXISTS (SELECT FROM hold_rule)",
        (valid_from, list(days.keys()), list(days.values())),
    )
