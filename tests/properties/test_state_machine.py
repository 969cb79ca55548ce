"""Any history ends where the oracle says: a real database, compared after every step, wholly checked at the end.

LARGESSE_FAULTS=long plays many more and longer histories, other ones each time.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
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

from largesse import ledger
from largesse.embedded import EmbeddedPostgres
from tests.properties.oracle import Oracle
from tests.properties.oracle_wallet import Order, Viewer
from tests.properties.real import CREATORS, VIEWERS, Ledger

LONG = os.environ.get("LARGESSE_FAULTS") == "long"
PROFILE = settings(
    max_examples=200 if LONG else 12,
    stateful_step_count=30 if LONG else 12,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
BUSY_STEPS = 120 if LONG else 50
VIEWER, CREATOR = st.sampled_from(VIEWERS), st.sampled_from(CREATORS)
NUMBER = st.integers(0, 50)
STEPS = st.sampled_from(
    [("reverse_diamonds", "owe"), ("owe",), ("reverse_diamonds", "owe"), ("reverse_diamonds",), ()]
)


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
        self.told: list[tuple[Order, str]] = []

    def teardown(self) -> None:
        self.clocks.close()
        try:
            self.real.run(self.real.assert_proved())
        finally:
            self.real.close()

    @initialize(refund=STEPS, chargeback=STEPS, seed=st.integers(1, 2**32))
    def begin(self, refund: tuple[str, ...], chargeback: tuple[str, ...], seed: int) -> None:
        self.oracle.rules = {"refund": refund, "chargeback": chargeback}
        for kind, steps in self.oracle.rules.items():
            self.real.run(self.real.set_rule(kind, steps))
        for viewer in VIEWERS:
            self._top_up(viewer, 30, 5, "USD", 333, 33, 7)
        self._live_busily(seed)

    @rule(
        viewer=VIEWER,
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
        viewer=VIEWER,
        creator=CREATOR,
        gifts=st.lists(st.integers(1, 15), min_size=1, max_size=4),
    )
    def give(self, viewer: str, creator: str, gifts: list[int]) -> None:
        for coins in gifts:
            self._tick()
            expected = self.oracle.give(self.oracle.viewers[viewer], creator, coins, self.real.now)
            note(f"{coins} coins are {expected}")
            assert self.real.run(self.real.give(viewer, creator, coins)) == expected

    @rule(viewer=VIEWER, creator=CREATOR)
    def give_all(self, viewer: str, creator: str) -> None:
        """Give away whatever is there."""
        wallet = self.oracle.viewers[viewer]
        if coins := len(wallet.queue) + len(wallet.bonus):
            self.give(viewer, creator, [coins])

    @rule(which=NUMBER, name=st.sampled_from(["r1", "r2"]), percent=st.integers(1, 130))
    def refund(self, which: int, name: str, percent: int) -> None:
        self._reverse(which, name, "refund", percent)

    @rule(
        which=NUMBER,
        name=st.sampled_from(["d1", "d2", "r1"]),
        percent=st.sampled_from([100, 100, 95, 70, 40]),
    )
    def dispute(self, which: int, name: str, percent: int) -> None:
        self._reverse(which, name, "chargeback", percent)

    @precondition(lambda self: self.told)
    @rule(which=NUMBER)
    def win(self, which: int) -> None:
        """A dispute is won, or a refund fails."""
        self._cancel(*self.told[which % len(self.told)])

    @rule(which=NUMBER, name=st.sampled_from(["d1", "d2"]))
    def win_early(self, which: int, name: str) -> None:
        self._cancel(self._order(which), name)

    @rule(viewer=VIEWER, coins=st.one_of(st.none(), st.integers(50, 300)))
    def set_budget(self, viewer: str, coins: int | None) -> None:
        self._tick()
        self.oracle.viewers[viewer].set_budget(coins, self.real.now)
        self.real.run(self.real.world.set_budget(self.real.people[viewer], coins, self.real.now))

    @rule(days=st.sampled_from([0, 1, 3, 7, 8, 22]), matures=st.booleans(), closes=st.booleans())
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

    def _live_busily(self, seed: int) -> None:
        """Many steps that lead somewhere: single rules seldom meet on the same coins."""
        chance = random.Random(seed)
        for _ in range(BUSY_STEPS):
            self._live(chance)
            self.everything_is_where_it_should_be()

    def _live(self, chance: random.Random) -> None:
        viewer, which = chance.choice(VIEWERS), chance.randrange(50)
        step = chance.choices(
            ["top_up", "give", "give_all", "dispute", "refund", "win", "days"],
            [4, 6, 1, 4, 2, 3, 1],
        )[0]
        note(f"{step} {viewer} {which}")
        if step == "top_up":
            gross = chance.randint(1, 400)
            coins, bonus = chance.randint(1, 30), chance.choice([0, 0, 5])
            currency, hold = chance.choice(["USD", "JPY"]), chance.choice([7, 21])
            self._top_up(viewer, coins, bonus, currency, gross, gross // 11, hold)
        elif step == "give":
            gifts = [chance.randint(1, 12) for _ in range(chance.randint(1, 3))]
            self.give(viewer, chance.choice(CREATORS), gifts)
        elif step == "give_all":
            self.give_all(viewer, chance.choice(CREATORS))
        elif step == "dispute":
            self.dispute(which, chance.choice(["d1", "d2"]), chance.choice([100, 80, 50]))
        elif step == "refund":
            self.refund(which, "r1", chance.randint(5, 100))
        elif step == "win" and self.told:
            self._cancel(*chance.choice(self.told))
        elif step == "days":
            self.pass_days(chance.choice([1, 8, 22]), chance.random() < 0.5, chance.random() < 0.5)

    @invariant()
    def everything_is_where_it_should_be(self) -> None:
        found = self.real.run(self.real.found())
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

    def _reverse(self, which: int, name: str, kind: ledger.ReversalKind, percent: int) -> None:
        self._tick()
        order = self._order(which)
        amount = max(1, order.gross * percent // 100)
        viewer = self.owners[order]
        self.told.append((order, name))
        self.oracle.reverse(self.oracle.viewers[viewer], order, name, kind, amount)
        self.real.run(
            self.real.world.take_back(self.real.people[viewer], self.ids[order], kind, amount, name)
        )

    def _cancel(self, order: Order, name: str) -> None:
        self._tick()
        viewer = self.owners[order]
        self.oracle.cancel(self.oracle.viewers[viewer], order, name)
        self.real.run(self.real.world.cancel(self.real.people[viewer], self.ids[order], name))

    def _tick(self) -> None:
        self.real.now += timedelta(seconds=1)

    def _order(self, which: int) -> Order:
        orders = list(self.ids)
        return orders[which % len(orders)]


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
