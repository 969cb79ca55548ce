"""How fast history pages are when there are millions of gifts: the use cases behind them, with owners drawn by chance.

The database is filled by COPY with a chain that holds, the rollups by their follower; then every page is asked for in
turns, half of the times for one of the heaviest owners.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bench.history_load import History, load
from bench.server import postgres
from largesse import identity, ledger, outbox
from largesse.creators import earnings
from largesse.creators import statements as creator_statements
from largesse.db import Database
from largesse.finance import receipts
from largesse.identity import User
from largesse.main import load_defaults, start_services
from largesse.rooms import streams
from largesse.services import Services
from largesse.settings import Settings
from largesse.wallet import service as wallet
from largesse.wallet import statements as wallet_statements

GIFTS = 1_000_000
GIFTS_CHECKED_MAX = 200_000
"""Up to so many the whole journal is checked too."""
ROUNDS = 200
WARM_UP = 10
PAGE = 30
HEAVIEST = 10

Ask = Callable[[], Awaitable[object]]


class Pages:
    """Asks for pages of random owners; every second one is among the heaviest."""

    def __init__(self, services: Services, history: History) -> None:
        self.services = services
        self.history = history
        self.chance = random.Random(3)
        self.month = f"{datetime.now(UTC):%Y-%m}"

    def draw(self, ids: list[UUID]) -> UUID:
        return self.chance.choice(ids[:HEAVIEST] if self.chance.random() < 0.5 else ids)

    async def user(self, ids: list[UUID]) -> User:
        async with self.services.db.read() as conn:
            user = await identity.user_by_id(conn, self.draw(ids))
        assert user is not None
        return user

    async def wallet_history(self) -> Ask:
        """The newest page, or one from further back."""
        user, cursor = await self.user(self.history.viewers), None
        for _ in range(self.chance.choice([0, 0, 3])):
            page = await wallet.list_transactions(self.services, user, limit=100, cursor=cursor)
            cursor = page.next_cursor or cursor
        return lambda: wallet.list_transactions(self.services, user, limit=PAGE, cursor=cursor)

    async def earnings_by_day(self) -> Ask:
        user = await self.user(self.history.creators)
        days = self.chance.choice([30, 180])

        async def ask() -> object:
            async with self.services.db.read() as conn:
                return await earnings.earnings(conn, user, days=days)

        return ask

    async def gifts_received(self) -> Ask:
        user = await self.user(self.history.creators)
        return lambda: earnings.gifts_received(self.services, user, limit=PAGE, cursor=None)

    async def supporters(self) -> Ask:
        """The ranking of a post: half a year of gifts in one room."""
        post = self.draw(self.history.posts)

        async def ask() -> object:
            async with self.services.db.read() as conn:
                return await streams.supporters_page(conn, post, 100)

        return ask

    async def wallet_statement(self) -> Ask:
        user = await self.user(self.history.viewers)
        return lambda: wallet_statements.show_statement(self.services, user, self.month)

    async def creator_statement(self) -> Ask:
        user = await self.user(self.history.creators)
        return lambda: creator_statements.show_statement(self.services, user, self.month)

    async def receipt(self) -> Ask:
        """Of one of a viewer's gifts, for them or for the creator."""
        while True:
            viewer = await self.user(self.history.viewers)
            async with self.services.db.read() as conn:
                page = await ledger.wallet_history(conn, viewer.id, limit=PAGE)
                gifts = [event.gift for event in page.items if event.gift is not None]
                if not gifts:
                    continue
                gift = self.chance.choice(gifts)
                creator = await identity.user_by_id(conn, gift.recipient_id)
            assert creator is not None
            reader = self.chance.choice([viewer, creator])
            return lambda: receipts.receipt(self.services, reader, gift.id)


async def times(prepare: Callable[[], Awaitable[Ask]]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    found: list[float] = []
    for number in range(WARM_UP + ROUNDS):
        ask = await prepare()
        started = time.perf_counter()
        await ask()
        if number >= WARM_UP:
            found.append((time.perf_counter() - started) * 1000)
    found.sort()
    return {
        "p50_ms": round(found[len(found) // 2], 2),
        "p95_ms": round(found[int(len(found) * 0.95)], 2),
    }


async def sizes(db: Database) -> dict[str, int]:
    """Bytes of the gifts, and of the rollups, indexes included."""
    rollups = (
        *("creator_day", "viewer_month", "account_day", "room_supporter", "room_total"),
        "supporter_day",
    )
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
            "         WHERE inhparent = 'gift'::regclass)::bigint,"
            "       (SELECT sum(pg_total_relation_size(name::regclass))"
            "          FROM unnest(%s::text[]) AS name)::bigint,"
            "       pg_database_size(current_database())",
            (list(rollups),),
        )
        row = await cursor.fetchone()
    assert row is not None
    return {"gift_bytes": row[0], "rollup_bytes": row[1], "database_bytes": row[2]}


async def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """Load, follow, ask. The worst p95 is the figure."""
    db = Database(url, size_max=4)
    await db.open()
    async with db.transaction() as conn:
        await load_defaults(conn)
    started = time.perf_counter()
    history = await asyncio.to_thread(load, url, gifts, now=datetime.now(UTC))
    loaded = time.perf_counter()
    await outbox.catch_up(db)
    followed = time.perf_counter()
    await _settle(url)
    if gifts <= GIFTS_CHECKED_MAX:
        async with db.read() as conn:
            report = await ledger.check(conn)
        assert report.problems == [], report.problems
    async with start_services(Settings(), url=url) as services:
        pages = Pages(services, history)
        figures = {
            name: await times(prepare)
            for name, prepare in (
                ("wallet_history", pages.wallet_history),
                ("earnings_by_day", pages.earnings_by_day),
                ("gifts_received", pages.gifts_received),
                ("supporters", pages.supporters),
                ("wallet_statement", pages.wallet_statement),
                ("creator_statement", pages.creator_statement),
                ("receipt", pages.receipt),
            )
        }
    result = {
        "gifts": gifts,
        "viewers": len(history.viewers),
        "creators": len(history.creators),
        "load_s": round(loaded - started, 1),
        "follow_s": round(followed - loaded, 1),
        **await sizes(db),
        "pages": figures,
        "p95_ms": max(figure["p95_ms"] for figure in figures.values()),
    }
    await db.close()
    return result


async def _settle(url: str) -> None:
    """What autovacuum would have done after so much work."""
    db = Database(url, size_max=2)
    await db.open()
    conn = await db.connect()
    await conn.set_autocommit(True)
    await conn.execute("VACUUM ANALYZE")
    await conn.execute("CHECKPOINT")
    await conn.close()
    await db.close()


def main(*, as_json: bool = False, gifts: int = GIFTS) -> None:
    with postgres() as url:
        figures = asyncio.run(measure(url, gifts=gifts))
    if as_json:
        print(json.dumps(figures))
        return
    print(
        f"{figures['gifts']:,} gifts of {figures['viewers']:,} viewers to {figures['creators']:,}"
        f" creators: loaded in {figures['load_s']} s, followed in {figures['follow_s']} s,"
        f" {figures['database_bytes'] / 2**30:.1f} GiB"
    )
    for name, found in figures["pages"].items():
        print(
            f"{name.replace('_', ' '):<20} p50 {found['p50_ms']:>7} ms   p95 {found['p95_ms']:>7} ms"
        )


if __name__ == "__main__":
    main()
