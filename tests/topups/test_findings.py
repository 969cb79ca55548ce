"""What is found of an order, and said about it: pure code."""

from datetime import UTC, datetime

import pytest

from largesse.topups.states import OrderState, Reason
from largesse.topups.support.findings import Asked, Facts, FindingCode, findings_of

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def _facts(
    state: OrderState,
    *noted: Reason,
    held: bool = False,
    has_page: bool = True,
    asked: Asked = Asked.ANSWERED,
) -> Facts:
    return Facts(state, held, has_page, asked, dict.fromkeys(noted, AT))


_S, _R = OrderState, Reason


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (_facts(_S.CREDITED, _R.COINS_CREDITED), ["credited"]),
        (_facts(_S.CREDITED, _R.SECOND_PAYMENT), ["credited", "paid_twice"]),
        (_facts(_S.CREDITED, _R.PARTIAL_REVERSAL), ["credited", "partly_refunded"]),
        (_facts(_S.CREDITED, _R.PAYMENT_MISMATCH), ["credited", "amount_differs"]),
        (_facts(_S.REFUNDED, _R.PARTIAL_REVERSAL), ["refunded"]),
        (_facts(_S.REFUNDED, _R.PAYMENT_RETURNED), ["returned"]),
        (_facts(_S.DISPUTED), ["disputed"]),
        (_facts(_S.PAID, _R.PAYMENT_RETURNING, held=True), ["returning"]),
        (_facts(_S.PAID, _R.PAYMENT_RETURNING, _R.RETURN_FAILED), ["return_failed"]),
        (
            _facts(_S.CREDITED, _R.SECOND_PAYMENT, _R.RETURN_FAILED),
            ["credited", "return_failed", "paid_twice"],
        ),
        (
            _facts(_S.CREDITED, _R.SECOND_PAYMENT, _R.SECOND_PAYMENT_RETURNED),
            ["credited", "second_returned"],
        ),
        (_facts(_S.CREDITED, _R.REFUND_REQUESTED), ["credited", "refund_underway"]),
        (_facts(_S.REFUNDED, _R.REFUND_REQUESTED, _R.MONEY_RETURNED), ["refunded"]),
        (_facts(_S.CREDITED, _R.REFUND_REQUESTED, _R.REFUND_FAILED), ["credited"]),
        (_facts(_S.PAID), ["being_credited"]),
        (_facts(_S.PAID, held=True), ["held"]),
        (_facts(_S.PENDING), ["waiting_for_payment"]),
        (_facts(_S.PENDING, _R.PAYMENT_MISMATCH), ["amount_differs"]),
        (_facts(_S.PENDING, asked=Asked.UNREACHABLE), ["provider_unreachable"]),
        (_facts(_S.EXPIRED, asked=Asked.UNREACHABLE), ["provider_unreachable"]),
        (_facts(_S.PENDING, asked=Asked.OFF), ["provider_off"]),
        (_facts(_S.PENDING, has_page=False, asked=Asked.NOT_POSSIBLE), ["open_app"]),
        (_facts(_S.CREATED, has_page=False), ["payment_unknown"]),
        (_facts(_S.FAILED, _R.PAYMENT_DECLINED), ["declined"]),
        (_facts(_S.FAILED, _R.PAYMENT_ABANDONED), ["abandoned"]),
        (_facts(_S.EXPIRED, _R.ORDER_EXPIRED), ["expired"]),
    ],
)
def test_what_is_found(facts: Facts, codes: list[str]) -> None:
    assert [each.code.value for each in findings_of(facts)] == codes


def test_every_finding_can_be_found_and_is_a_sentence() -> None:
    found = {
        each.code: each.text
        for state in OrderState
        for held in (False, True)
        for has_page in (False, True)
        for asked in Asked
        for noted in (None, *Reason)
        for each in findings_of(
            _facts(state, *([noted] if noted else []), held=held, has_page=has_page, asked=asked)
        )
    }
    assert set(found) == set(FindingCode)
    assert all(text.endswith(".") and len(text) > 40 for text in found.values())
