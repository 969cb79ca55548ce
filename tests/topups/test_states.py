"""The order's state machine."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.topups.states import (
    OrderEvent,
    OrderState,
    Reason,
    next_step,
    state_after,
    state_of_reversals,
)

S, E = OrderState, OrderEvent
TOLD = [
    E.PAYMENT_SUCCEEDED,
    E.PAYMENT_DECLINED,
    E.PAYMENT_ABANDONED,
    E.ORDER_EXPIRED,
]


def test_the_usual_way_leads_through_pending_and_paid_to_credited() -> None:
    state = S.CREATED
    for event in (E.CHECKOUT_OPENED, E.PAYMENT_SUCCEEDED, E.COINS_CREDITED):
        step = next_step(state, event)
        assert step is not None
        assert step.reason.value == event.value
        state = step.state
    assert state is S.CREDITED


def test_a_success_after_expiry_is_paid_and_says_so() -> None:
    step = next_step(S.EXPIRED, E.PAYMENT_SUCCEEDED)
    assert step is not None
    assert (step.state, step.reason) == (S.PAID, Reason.PAID_AFTER_EXPIRY)


@pytest.mark.parametrize("state", [S.PAID, S.CREDITED, S.REFUNDED, S.DISPUTED])
@pytest.mark.parametrize("event", [E.PAYMENT_DECLINED, E.PAYMENT_ABANDONED, E.ORDER_EXPIRED])
def test_no_failure_undoes_a_payment(state: OrderState, event: OrderEvent) -> None:
    assert next_step(state, event) is None


def test_coins_are_credited_only_from_paid() -> None:
    sources = [state for state in S if next_step(state, E.COINS_CREDITED)]
    assert sources == [S.PAID]


@pytest.mark.parametrize(
    ("disputed", "whole", "state"),
    [
        (False, False, S.CREDITED),
        (False, True, S.REFUNDED),
        (True, False, S.DISPUTED),
        (True, True, S.DISPUTED),
    ],
)
def test_a_dispute_outranks_a_refund(disputed: bool, whole: bool, state: OrderState) -> None:
    assert state_of_reversals(disputed, whole) is state


@given(told=st.lists(st.sampled_from(TOLD), max_size=6))
def test_every_order_of_the_same_events_ends_in_the_same_state(told: list[OrderEvent]) -> None:
    ends = {state_after(S.PENDING, order) for order in permutations(told)}
    assert len(ends) == 1


@given(told=st.lists(st.sampled_from(TOLD), max_size=8), data=st.data())
def test_repeated_events_change_nothing(told: list[OrderEvent], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(told), max_size=8)) if told else []
    assert state_after(S.PENDING, tuple(told + repeats)) == state_after(S.PENDING, tuple(told))
