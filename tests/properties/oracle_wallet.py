"""The oracle's coins and wallets: every coin is an object that knows where it is."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


@dataclass(eq=False)
class Gift:
    creator: str
    day: date
    due_on: date
    bonus: int
    coins: "list[Coin]" = field(default_factory=list)


@dataclass(eq=False)
class Coin:
    order: "Order"
    place: int
    """Among the coins bought with its order."""
    state: str = "unused"  # unused, given, repaid, removed
    settled: str = ""  # of a spent coin that was taken: diamonds, owed, borne
    spent_no: int = 0
    """When it was spent: counts all coins that its owner ever spent."""
    run: int = 0
    """Coins that paid back together have the same."""
    gift: Gift | None = None

    @property
    def value(self) -> int:
        net = self.order.gross - self.order.tax
        bought = len(self.order.coins)
        return net * (self.place + 1) // bought - net * self.place // bought


@dataclass(eq=False)
class Cause:
    kind: str = ""
    amount: int = 0
    cancelled: bool = False


@dataclass(eq=False)
class Order:
    currency: str
    gross: int
    tax: int
    fee: int
    hold: int
    bonus: int
    coins: list[Coin] = field(default_factory=list)
    causes: dict[str, Cause] = field(default_factory=dict)
    reversed: int = 0
    """Minor units."""
    steps: tuple[str, ...] | None = None
    taken: list[Coin] = field(default_factory=list)
    """The stack."""
    bonus_taken: int = 0

    def active(self) -> list[Cause]:
        return [cause for cause in self.causes.values() if cause.kind and not cause.cancelled]

    def tax_back(self) -> int:
        return self.tax * self.reversed // self.gross


class Viewer:
    """One wallet."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.queue: list[Coin] = []
        self.bonus: list[Order] = []
        """One entry per bonus coin: the order it came with."""
        self.spent: list[Coin] = []
        self.spent_count = 0
        self.owed = 0
        self.hold = 0
        self.month = (0, 0)
        self.month_spent = 0
        self.budget: int | None = None
        self.budget_next: tuple[int | None, datetime] | None = None

    def spend(self, count: int) -> list[Coin]:
        """Take the first coins of the queue."""
        coins, self.queue = self.queue[:count], self.queue[count:]
        for coin in coins:
            self.spent_count += 1
            coin.spent_no = self.spent_count
        self.spent += coins
        return coins

    def repay(self) -> None:
        for coin in self.spend(min(self.owed, len(self.queue))):
            coin.state, coin.run = "repaid", self.spent_count
            self.owed -= 1

    def return_repaid(self, count: int) -> None:
        """Coins that paid back come back, the last first; neighbours come back side by side."""
        free = [coin for coin in self.spent if coin.state == "repaid" and not coin.settled]
        free.sort(key=lambda coin: coin.spent_no, reverse=True)
        groups: list[list[Coin]] = []
        for coin in free[:count]:
            last = groups[-1][0] if groups else None
            if last and last.run == coin.run and last.spent_no == coin.spent_no + 1:
                groups[-1].insert(0, coin)
            else:
                groups.append([coin])
        for coin in (coin for group in groups for coin in group):
            self.spent.remove(coin)
            self.come_back(coin)

    def come_back(self, coin: Coin) -> None:
        coin.state, coin.settled = "unused", ""
        self.queue.append(coin)

    def budget_at(self, now: datetime) -> int | None:
        if self.budget_next is not None and self.budget_next[1] <= now:
            return self.budget_next[0]
        return self.budget

    def set_budget(self, coins: int | None, now: datetime) -> None:
        current = self.budget_at(now)
        waiting = self.budget_next if self.budget_next and self.budget_next[1] > now else None
        self.budget = current
        if coins == current or (coins is not None and (current is None or coins < current)):
            self.budget, self.budget_next = coins, None
        elif waiting is None or waiting[0] != coins:
            self.budget_next = coins, now + timedelta(hours=24)
        else:
            self.budget_next = waiting

    def spent_in(self, now: datetime) -> int:
        return self.month_spent if self.month == (now.year, now.month) else 0
