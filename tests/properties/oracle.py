"""What must be true after any history of top-ups, gifts, refunds, disputes, maturity and closes.

The plainest model there is: every single coin is an object that knows where it is. It shares no code with the ledger,
and most figures are sums over all coins, whatever way they came there.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.properties.oracle_wallet import Cause, Coin, Gift, Order, Viewer

MILLI_PER_COIN = 500
GIFT_HOLD_MIN = 7


class Oracle:
    """Everybody, and the platform's accounts."""

    def __init__(self, rules: dict[str, tuple[str, ...]]) -> None:
        self.rules = rules
        self.viewers: dict[str, Viewer] = {}
        self.gifts: list[Gift] = []
        self.matured: date | None = None
        """Everything due on this date or before is available."""
        self.closed: date | None = None

    # What happens

    def top_up(
        self, viewer: Viewer, coins: int, bonus: int, currency: str, gross: int, tax: int, hold: int
    ) -> Order:
        order = Order(currency, gross, tax, gross // 30, hold, bonus)
        order.coins = [Coin(order, place) for place in range(coins)]
        viewer.hold = max(hold, viewer.hold if viewer.queue else 0)
        viewer.orders.append(order)
        viewer.queue += order.coins
        viewer.bonus += [order] * bonus
        viewer.repay()
        return order

    def give(self, viewer: Viewer, creator: str, count: int, now: datetime) -> str:
        if viewer.owed:
            return "frozen"
        limit = viewer.budget_at(now)
        if limit is not None and viewer.spent_in(now) + count > limit:
            return "over budget"
        if count > len(viewer.bonus) + len(viewer.queue):
            return "too few"
        bonus = min(count, len(viewer.bonus))
        viewer.bonus = viewer.bonus[bonus:]
        hold = 0 if bonus == count else max(viewer.hold, GIFT_HOLD_MIN)
        gift = Gift(creator, now.date(), now.date() + timedelta(days=hold), bonus)
        gift.coins = viewer.spend(count - bonus)
        for coin in gift.coins:
            coin.state, coin.gift = "given", gift
        self.gifts.append(gift)
        viewer.month_spent = viewer.spent_in(now) + count
        viewer.month = (now.year, now.month)
        return "given"

    def reverse(self, viewer: Viewer, order: Order, name: str, kind: str, amount: int) -> None:
        cause = order.causes.setdefault(name, Cause())
        cause.kind = "chargeback" if "chargeback" in (cause.kind, kind) else kind
        cause.amount = max(cause.amount, min(amount, order.gross))
        self._settle(viewer, order)

    def cancel(self, viewer: Viewer, order: Order, name: str) -> None:
        order.causes.setdefault(name, Cause()).cancelled = True
        self._settle(viewer, order)

    # How an order is brought to what its causes come to

    def _settle(self, viewer: Viewer, order: Order) -> None:
        active = order.active()
        kind = "chargeback" if any(cause.kind == "chargeback" for cause in active) else "refund"
        before = order.reversed, list(order.taken), [coin.settled for coin in order.taken]
        owed_before = sum(coin.settled == "owed" for coin in order.taken)
        spendable = len(viewer.queue)
        order.reversed = min(order.gross, sum(cause.amount for cause in active))
        target = len(order.coins) * order.reversed // order.gross
        back = self._pop(order, len(order.taken) - target)
        if order.steps not in (None, self.rules[kind]):
            self._settle_again(order, self.rules[kind])
        order.steps = self.rules[kind]
        removed = self._push(viewer, order, target - len(order.taken), order.steps)
        for coin in removed:
            viewer.queue.remove(coin)
        for coin in back:
            viewer.come_back(coin)
        left = spendable - len(removed)
        holds = [coin.order.hold for coin in back]
        owed = sum(coin.settled == "owed" for coin in order.taken) - owed_before
        queued = len(viewer.queue)
        returned = max(0, -owed - viewer.owed)
        viewer.owed = max(0, viewer.owed + owed)
        viewer.return_repaid(returned)
        holds += [coin.order.hold for coin in viewer.queue[queued:]]
        viewer.repay()
        self._settle_bonus(viewer, order)
        if before != (order.reversed, order.taken, [coin.settled for coin in order.taken]):
            viewer.hold = max([viewer.hold if left else 0, *holds])

    def _pop(self, order: Order, count: int) -> list[Coin]:
        """Undo the last taken; answers those that were removed."""
        removed: list[Coin] = []
        for _ in range(count):
            coin = order.taken.pop()
            coin.settled = ""
            if coin.state == "removed":
                removed.append(coin)
        return removed

    def _push(self, viewer: Viewer, order: Order, count: int, steps: tuple[str, ...]) -> list[Coin]:
        """Take more; answers those that leave the wallet."""
        unused = [coin for coin in order.coins if coin.state == "unused"]
        unused.sort(key=lambda coin: coin.place, reverse=True)
        late = sorted(viewer.spent, key=lambda coin: coin.spent_no, reverse=True)
        spent = [coin for coin in late if coin.order is order and not coin.settled]
        repaid = [coin for coin in spent if coin.state == "repaid"]
        given = [coin for coin in spent if coin.state == "given"]
        taken = (unused + repaid + given)[: max(count, 0)]
        for coin in taken:
            if coin.state == "unused":
                coin.state = "removed"
            else:
                coin.settled = self._settlement(coin, steps)
            order.taken.append(coin)
        return [coin for coin in taken if coin.state == "removed"]

    def _settlement(self, coin: Coin, steps: tuple[str, ...]) -> str:
        if coin.state == "repaid":
            return "owed"
        assert coin.gift is not None
        for step in steps:
            if step == "owe":
                return "owed"
            if not self._is_matured(coin.gift):
                return "diamonds"
        return "borne"

    def _settle_again(self, order: Order, steps: tuple[str, ...]) -> None:
        for coin in order.taken:
            keeps = coin.settled == "diamonds" and steps[:1] == ("reverse_diamonds",)
            if coin.state == "given" and not keeps:
                coin.settled = self._settlement(coin, steps)

    def _settle_bonus(self, viewer: Viewer, order: Order) -> None:
        """As many as fall on the amount, if they are there; what comes back comes last."""
        wanted = order.bonus * order.reversed // order.gross
        there = viewer.bonus.count(order)
        target = min(wanted, order.bonus_taken + there)
        for _ in range(target - order.bonus_taken):
            last = len(viewer.bonus) - 1 - viewer.bonus[::-1].index(order)
            del viewer.bonus[last]
        viewer.bonus += [order] * (order.bonus_taken - target)
        order.bonus_taken = target

    def _is_matured(self, gift: Gift) -> bool:
        return self.matured is not None and gift.due_on <= self.matured

    # What must be true

    def diamonds(self, creator: str) -> tuple[int, int]:
        """Pending and available milli-diamonds."""
        found = [0, 0]
        for gift in self.gifts:
            if gift.creator == creator:
                kept = gift.bonus + sum(coin.settled != "diamonds" for coin in gift.coins)
                found[self._is_matured(gift)] += kept * MILLI_PER_COIN
        return found[0], found[1]

    def coins_of(self, order: Order) -> tuple[int, int, int]:
        """Left, spent and removed coins of a purchase."""
        states = Counter(coin.state for coin in order.coins)
        return states["unused"], states["given"] + states["repaid"], states["removed"]

    def money(self) -> dict[str, dict[str, int]]:
        """The platform's accounts per currency, debits positive; those at zero are left out."""
        found: dict[str, Counter[str]] = {}
        for order in self._orders():
            books = found.setdefault(order.currency, Counter())
            books["provider_clearing"] += order.gross - order.fee - order.reversed
            books["provider_fees"] += order.fee
            books["tax_payable"] -= order.tax - order.tax_back()
            books["chargeback_loss"] += order.reversed - order.tax_back()
            for coin in order.coins:
                self._count(books, coin)
        return {
            currency: {account: amount for account, amount in books.items() if amount}
            for currency, books in found.items()
        }

    def _count(self, books: Counter[str], coin: Coin) -> None:
        if coin.state in ("removed", "repaid"):
            books["chargeback_loss"] -= coin.value
        elif coin.gift and coin.state == "given" and self.closed and coin.gift.day <= self.closed:
            books["revenue"] -= coin.value
        else:
            books["deferred_revenue"] -= coin.value

    def _orders(self) -> Iterator[Order]:
        for viewer in self.viewers.values():
            yield from viewer.orders
