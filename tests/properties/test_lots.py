"""Lots as intervals: against a model that keeps every single coin."""

from collections import deque
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from largesse.ledger.lots import Span, Use, paid_by, spent_of, without_unused

Steps = list[tuple[str, int]]
STEPS: st.SearchStrategy[Steps] = st.lists(
    st.tuples(st.sampled_from(["buy", "give", "refund"]), st.integers(1, 12)), max_size=40
)


class Coins:
    """The model: a queue with one item per coin, marked with its lot."""

    def __init__(self) -> None:
        self.queue: deque[UUID] = deque()
        self.spent: dict[UUID, int] = {}

    def give(self, coins: int) -> list[Use]:
        used: dict[UUID, int] = {}
        for _ in range(coins):
            lot_id = self.queue.popleft()
            used[lot_id] = used.get(lot_id, 0) + 1
            self.spent[lot_id] = self.spent.get(lot_id, 0) + 1
        return [Use(lot_id, count) for lot_id, count in used.items()]


@settings(deadline=None)  # a busy machine is no failure
@given(STEPS)
def test_intervals_say_what_a_queue_of_coins_says(steps: Steps) -> None:
    model, spans, turnover = Coins(), list[Span](), 0
    gifts: list[tuple[int, int, list[Use]]] = []
    for step, number in steps:
        if step == "buy":
            lot_id = UUID(int=len(spans) + 1)
            spans.append(Span(lot_id, turnover + len(model.queue), number))
            model.queue.extend([lot_id] * number)
        elif step == "give" and number <= len(model.queue):
            gifts.append((turnover, number, model.give(number)))
            turnover += number
        elif step == "refund" and spans:
            lot_id = spans[number % len(spans)].lot_id
            spans = without_unused(spans, lot_id, turnover)
            model.queue = deque(coin for coin in model.queue if coin != lot_id)
    for spent_before, coins, uses in gifts:
        assert paid_by(spans, spent_before, coins) == uses
    for span in spans:
        assert spent_of(span, turnover) == model.spent.get(span.lot_id, 0)
        assert span.coins - spent_of(span, turnover) == model.queue.count(span.lot_id)
