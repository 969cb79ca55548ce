"""Any history ends where the oracle says: a real database, compared after every step, wholly checked at the end.

LARGESSE_FAULTS=long plays many more and longer histories, other ones each time.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from largesse import finance, ledger
from largesse.db import Database, ReadConnection
from largesse.embedded import EmbeddedPostgres
from largesse.ledger import Code
from tests.ledger.world import Room, World, gift
from tests.properties.oracle import Oracle, Order, Viewer

T = TypeVar("T")
LONG = os.environ.get("LARGESSE_FAULTS") == "long"
PROFILE = settings(
    max_examples=300 if LONG else 25,
    stateful_step_count=60 if LONG else 30,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
START = datetime(2026, 1, 20, 12, tzinfo=UTC)
VIEWERS, CREATORS = ("v1", "v2"), ("c1", "c2")
STEPS = st.sampled_from(
    [("reverse_diamonds", "owe"), ("owe",), ("reverse_diamonds",), (), ("owe", "reverse_diamonds")]
)
GIVEN = {
    ledger.WalletFrozen: "frozen",
    ledger.BudgetExceeded: "over budget",
    ledger.InsufficientCoins: "too few",
}
MADE_BY_CLOSE = {"creator_payable", "creator_cost", "promotion_cost"}
"""Held against the rates by the balance sheet."""


class Ledger:
    """The real thing, on a clock of its own."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.now = START
        self.world = World(Database(url, size_max=4))
        self.people: dict[str, UUID] = {}
        self.rooms: dict[str, Room] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def open(self) -> None:
        await self.world.db.open()
        self._stack.push_async_callback(self.world.db.close)
        self.writer = await self._stack.enter_async_context(
            self.world.writer(clock=lambda: self.now)
        )
        for creator in CREATORS:
            self.rooms[creator] = await self.world.room()
        for viewer in VIEWERS:
            self.people[viewer] = await self.world.viewer()

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()

    async def set_rule(self, kind: str, steps: tuple[str, ...]) -> None:
        async with self.world.db.transaction() as conn:
            await conn.execute(
                "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
                " SELECT max(id) + 1, %s, %s, '2025-01-01' FROM reversal_rule",
                (kind, list(steps)),
            )

    async def give(self, viewer: str, creator: str, coins: int) -> str:
        wish = gift(self.people[viewer], self.rooms[creator], coins)
        try:
            await self.writer.submit(wish)
        except tuple(GIVEN) as refusal:
            return GIVEN[type(refusal)]
        return "given"

    async def close_until(self, day: Any) -> list[str]:
        """Close days; answers with what the balance sheet disagrees with."""
        await finance.close_day(self.world.db, day, at=self.now)
        async with self.world.db.read() as conn:
            return (await finance.balance_sheet(conn, day)).mismatches()


class Histories(RuleBasedStateMachine):
    """Two viewers, two creators."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.real = Ledger(url)
        self.real.run(self.real.open())
        self.clocks = ExitStack()
        for module in ("top_ups", "reversals"):
            clock = patch(f"largesse.ledger.{module}.now", lambda: self.real.now)
            self.clocks.enter_context(clock)
        self.oracle = Oracle({})
        self.oracle.viewers = {name: Viewer() for name in VIEWERS}
        self.ids: dict[Order, UUID] = {}
        self.owners: dict[Order, str] = {}

    def teardown(self) -> None:
        self.clocks.close()
        try:
            self.real.run(self._assert_proved())
        finally:
            self.real.close()

    @initialize(refund=STEPS, chargeback=STEPS)
    def set_rules(self, refund: tuple[str, ...], chargeback: tuple[str, ...]) -> None:
        self.oracle.rules = {"refund": refund, "chargeback": chargeback}
        for kind, steps in self.oracle.rules.items():
            self.real.run(self.real.set_rule(kind, steps))
        for viewer in VIEWERS:
            self._top_up(viewer, 30, 5, "USD", 333, 33, 7)

    @rule(
        viewer=st.sampled_from(VIEWERS),
        coins=st.integers(1, 30),
        bonus=st.sampled_from([0, 0, 5]),
        currency=st.sampled_from(["USD", "JPY"]),
        gross=st.integers(1, 400),
        tax_percent=st.sampled_from([0, 7, 20]),
        hold=st.sampled_from([7, 21]),
    )
    def top_up(
        self,
        viewer: str,
        coins: int,
        bonus: int,
        currency: str,
        gross: int,
        tax_percent: int,
        hold: int,
    ) -> None:
        self._top_up(viewer, coins, bonus, currency, gross, gross * tax_percent // 100, hold)

    def _top_up(
        self, viewer: str, coins: int, bonus: int, currency: str, gross: int, tax: int, hold: int
    ) -> None:
        self._tick()
        order = self.oracle.top_up(
            self.oracle.viewers[viewer], coins, bonus, currency, gross, tax, hold
        )
        self.owners[order] = viewer
        self.ids[order] = self.real.run(
            self.real.world.top_up(
                self.real.people[viewer],
                coins,
                bonus,
                currency=currency,
                gross_minor=gross,
                tax_minor=tax,
                fee_minor=order.fee,
                hold_days=hold,
            )
        )

    @rule(
        viewer=st.sampled_from(VIEWERS),
        creator=st.sampled_from(CREATORS),
        gifts=st.lists(st.integers(1, 25), min_size=1, max_size=3),
    )
    def give(self, viewer: str, creator: str, gifts: list[int]) -> None:
        for coins in gifts:
            self._tick()
            expected = self.oracle.give(self.oracle.viewers[viewer], creator, coins, self.real.now)
            note(f"{coins} coins are {expected}")
            assert self.real.run(self.real.give(viewer, creator, coins)) == expected

    @rule(
        which=st.integers(0, 50),
        name=st.sampled_from(["a", "b", "c"]),
        kind=st.sampled_from(["refund", "chargeback"]),
        percent=st.one_of(st.just(100), st.integers(1, 130)),
    )
    def reverse(self, which: int, name: str, kind: ledger.ReversalKind, percent: int) -> None:
        self._tick()
        order = self._order(which)
        amount = max(1, order.gross * percent // 100)
        viewer = self.owners[order]
        self.oracle.reverse(self.oracle.viewers[viewer], order, name, kind, amount)
        self.real.run(
            self.real.world.take_back(self.real.people[viewer], self.ids[order], kind, amount, name)
        )

    @rule(which=st.integers(0, 50), name=st.sampled_from(["a", "b", "c"]))
    def cancel(self, which: int, name: str) -> None:
        self._tick()
        order = self._order(which)
        viewer = self.owners[order]
        self.oracle.cancel(self.oracle.viewers[viewer], order, name)
        self.real.run(self.real.world.cancel(self.real.people[viewer], self.ids[order], name))

    @rule(viewer=st.sampled_from(VIEWERS), coins=st.one_of(st.none(), st.integers(20, 200)))
    def set_budget(self, viewer: str, coins: int | None) -> None:
        self._tick()
        self.oracle.viewers[viewer].set_budget(coins, self.real.now)
        self.real.run(self.real.world.set_budget(self.real.people[viewer], coins, self.real.now))

    @rule(days=st.integers(0, 9), matures=st.booleans(), closes=st.booleans())
    def pass_days(self, days: int, matures: bool, closes: bool) -> None:
        """Some days go by; then the jobs run, or not."""
        self.real.now += timedelta(days=days)
        yesterday = self.real.now.date() - timedelta(days=1)
        if matures:
            self.real.run(ledger.mature_due(self.real.world.db, self.real.now))
            self.oracle.matured = yesterday
        if closes:
            self.oracle.closed = max(self.oracle.closed or yesterday, yesterday)
            assert self.real.run(self.real.close_until(yesterday)) == []

    @invariant()
    def everything_is_where_it_should_be(self) -> None:
        found = self.real.run(self._found())
        assert found == self._expected()

    def _expected(self) -> dict[str, Any]:
        expected: dict[str, Any] = {"money": self.oracle.money()}
        for name, viewer in self.oracle.viewers.items():
            coins = len(viewer.queue), len(viewer.bonus), viewer.owed, viewer.owed > 0
            lots = {
                self.ids[order]: self.oracle.coins_of(order)
                for order, owner in self.owners.items()
                if owner == name
            }
            expected[name] = coins, lots
        return {**expected, **{name: self.oracle.diamonds(name) for name in CREATORS}}

    async def _found(self) -> dict[str, Any]:
        real = self.real
        async with real.world.db.read() as conn:
            found: dict[str, Any] = {"money": await _money(conn)}
            for name in VIEWERS:
                wallet = await ledger.wallet_state(conn, real.people[name])
                coins = wallet.coins_paid, wallet.coins_bonus, wallet.coins_owed, wallet.frozen
                rows = (await ledger.lots(conn, real.people[name])).items
                found[name] = (
                    coins,
                    {lot.id: (lot.coins_left, lot.coins_spent, lot.coins_refunded) for lot in rows},
                )
            for name in CREATORS:
                held = await ledger.balances(conn, real.rooms[name].recipient_id)
                pending = held.get(Code.DIAMONDS_PENDING, 0)
                found[name] = pending, held.get(Code.DIAMONDS_AVAILABLE, 0)
        return found

    def _tick(self) -> None:
        self.real.now += timedelta(seconds=1)

    def _order(self, which: int) -> Order:
        orders = list(self.ids)
        return orders[which % len(orders)]

    async def _assert_proved(self) -> None:
        async with self.real.world.db.read() as conn:
            report = await ledger.check(conn)
        assert report.problems == []


async def _money(conn: ReadConnection) -> dict[str, dict[str, int]]:
    """The platform's accounts per currency that the oracle knows; those at zero are left out."""
    cursor = await conn.execute(
        "SELECT asset, code, sum(amount)::bigint FROM posting WHERE code >= 40 GROUP BY asset, code"
    )
    found: dict[str, dict[str, int]] = {}
    for asset, code, amount in await cursor.fetchall():
        name = Code(code).name.lower()
        accounts = found.setdefault(asset, {})
        if amount and name not in MADE_BY_CLOSE:
            accounts[name] = amount
    return found


@pytest.fixture
def databases(postgres: EmbeddedPostgres) -> Iterator[Any]:
    """Makes fresh databases, one at a time."""
    names: list[str] = []

    def fresh() -> str:
        with psycopg.connect(postgres.url, autocommit=True) as conn:
            drop(conn)
            names.append(f"history_{uuid4().hex}")
            conn.execute(
                f"CREATE DATABASE {names[-1]} TEMPLATE largesse_template STRATEGY file_copy"
            )
        return postgres.url.replace("dbname=largesse", f"dbname={names[-1]}")

    def drop(conn: "psycopg.Connection[Any]") -> None:
        if names:
            conn.execute(f"DROP DATABASE IF EXISTS {names[-1]} WITH (FORCE)")

    yield fresh
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        drop(conn)


@pytest.mark.timeout(7_200 if LONG else 600)
def test_any_history_ends_where_the_oracle_says(databases: Any) -> None:
    machine: Any = lambda: Histories(databases())  # noqa: E731
    run_state_machine_as_test(machine, settings=PROFILE)
