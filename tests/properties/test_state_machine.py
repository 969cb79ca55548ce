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
    precondition,
    rule,
    run_state_machine_as_test,
)

from largesse import finance, ledger
from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.ledger import Code
from tests.ledger.books import journal
from tests.ledger.world import Room, World, gift
from tests.properties.oracle import Oracle, Order, Viewer

T = TypeVar("T")
LONG = os.environ.get("LARGESSE_FAULTS") == "long"
PROFILE = settings(
    max_examples=300 if LONG else 14,
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
MONEY = {code.name.lower(): code for code in Code if code >= Code.PROVIDER_CLEARING}
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
        self._tick()
        tax = gross * tax_percent // 100
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
        coins=st.integers(1, 25),
    )
    def give(self, viewer: str, creator: str, coins: int) -> None:
        self._tick()
        expected = self.oracle.give(self.oracle.viewers[viewer], creator, coins, self.real.now)
        note(f"the gift is {expected}")
        assert self.real.run(self.real.give(viewer, creator, coins)) == expected

    @precondition(lambda self: self.ids)
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

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 50), name=st.sampled_from(["a", "b", "c"]))
    def cancel(self, which: int, name: str) -> None:
        self._tick()
        order = self._order(which)
        viewer = self.owners[order]
        self.oracle.cancel(self.oracle.viewers[viewer], order, name)
        self.real.run(self.real.world.cancel(self.real.people[viewer], self.ids[order], name))

    @rule(viewer=st.sampled_from(VIEWERS), coins=st.one_of(st.none(), st.integers(0, 80)))
    def set_budget(self, viewer: str, coins: int | None) -> None:
        self._tick()
        self.oracle.viewers[viewer].set_budget(coins, self.real.now)
        self.real.run(self.real.world.set_budget(self.real.people[viewer], coins, self.real.now))

    @rule(days=st.integers(1, 9))
    def pass_days(self, days: int) -> None:
        self.real.now += timedelta(days=days)

    @rule()
    def mature(self) -> None:
        self.real.run(ledger.mature_due(self.real.world.db, self.real.now))
        if self.ids:  # the journal's first entry is a top-up
            self.oracle.matured = self.real.now.date() - timedelta(days=1)

    @rule()
    def close_days(self) -> None:
        yesterday = self.real.now.date() - timedelta(days=1)
        if self.oracle.closed is None or self.oracle.closed < yesterday:
            self.oracle.closed = yesterday
        assert self.real.run(self.real.close_until(yesterday)) == []

    @invariant()
    def everybody_holds_what_they_should(self) -> None:
        for name, viewer in self.oracle.viewers.items():
            wallet = self.real.run(self.real.world.wallet(self.real.people[name]))
            assert (wallet.coins_paid, wallet.coins_bonus, wallet.coins_owed, wallet.frozen) == (
                len(viewer.queue),
                len(viewer.bonus),
                viewer.owed,
                viewer.owed > 0,
            )
        for creator in CREATORS:
            found = self.real.run(self.real.world.balances(self.real.rooms[creator].recipient_id))
            codes = (Code.DIAMONDS_PENDING, Code.DIAMONDS_AVAILABLE)
            assert tuple(found.get(code, 0) for code in codes) == self.oracle.diamonds(creator)

    @invariant()
    def every_purchase_is_where_it_should_be(self) -> None:
        for name in VIEWERS:
            lots = self.real.run(self._lots(name))
            expected = {
                self.ids[order]: self.oracle.coins_of(order)
                for order, owner in self.owners.items()
                if owner == name
            }
            assert lots == expected

    @invariant()
    def the_money_is_where_it_should_be(self) -> None:
        expected = self.oracle.money()
        for currency in ("USD", "JPY"):
            found = self.real.run(journal(self.real.world, currency))
            names = {code.name.lower(): amount for code, amount in found.items()}
            kept = {name: names[name] for name in names.keys() - MADE_BY_CLOSE}
            assert kept == expected.get(currency, {})

    def _tick(self) -> None:
        self.real.now += timedelta(seconds=1)

    def _order(self, which: int) -> Order:
        orders = list(self.ids)
        return orders[which % len(orders)]

    async def _lots(self, name: str) -> dict[UUID, tuple[int, int, int]]:
        async with self.real.world.db.read() as conn:
            found = await ledger.lots(conn, self.real.people[name])
        return {
            lot.id: (lot.coins_left, lot.coins_spent, lot.coins_refunded) for lot in found.items
        }

    async def _assert_proved(self) -> None:
        async with self.real.world.db.read() as conn:
            report = await ledger.check(conn)
        assert report.problems == []


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


@pytest.mark.timeout(7_200 if LONG else 120)
def test_any_history_ends_where_the_oracle_says(databases: Any) -> None:
    machine: Any = lambda: Histories(databases())  # noqa: E731
    run_state_machine_as_test(machine, settings=PROFILE)
