"""What rules count, where they end, and what a buyer is told: tables, no database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from largesse.topups.guards import limits, rules, texts
from largesse.topups.guards.defaults import shipped_periods, shipped_rules
from largesse.topups.guards.model import (
    Action,
    Breach,
    Case,
    Fate,
    GuardRule,
    HoldReason,
    Measure,
    Past,
    Subject,
)
from largesse.topups.guards.service import refusal

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
VERA, MAX, OTTO = UUID(int=1), UUID(int=2), UUID(int=3)
OPEN, PAID, DECLINED, CLOSED = Fate.OPEN, Fate.PAID, Fate.DECLINED, Fate.CLOSED
HOUR_S, DAY_S = 3600, 86400


def rule(measure: Measure = Measure.COINS, amount: int = 1000, **fields: Any) -> GuardRule:
    usual = GuardRule("limit", Subject.PERSON, measure, amount, DAY_S, None, Action.REFUSE)
    return replace(usual, **fields)


def past(
    minutes_ago: float, coins: int = 100, fate: Fate = PAID, user_id: UUID = VERA, **fields: Any
) -> Past:
    return Past(user_id, AT - timedelta(minutes=minutes_ago), coins, fate, **fields)


def case(
    coins: int = 100, *earlier: Past, subject: Subject = Subject.PERSON, **fields: Any
) -> Case:
    return Case(VERA, AT, coins, AT - timedelta(days=100), {subject: earlier}, **fields)


def value(one: GuardRule, judged: Case) -> int:
    return rules.value_of(one, judged, judged.past[one.subject])


@pytest.mark.parametrize(
    ("measure", "action", "earlier", "expected"),
    [
        # Before the payment everything that may still be paid counts; after it only what was.
        (Measure.COINS, Action.REFUSE, [past(1, 10, OPEN), past(2, 20), past(3, 40, CLOSED)], 130),
        (Measure.COINS, Action.HOLD, [past(1, 10, OPEN), past(2, 20), past(3, 40, CLOSED)], 120),
        (Measure.COINS, Action.REFUSE, [past(1, 10, DECLINED)], 100),
        (Measure.COINS, Action.REFUSE, [past(24 * 60), past(24 * 60 - 0.01, 5)], 105),
        (Measure.ORDERS, Action.REFUSE, [past(1, fate=fate) for fate in Fate], 5),
        (Measure.ORDERS, Action.HOLD, [past(1, fate=fate) for fate in Fate], 2),
        (Measure.ORDERS, Action.REFUSE, [], 1),
        (Measure.BUYERS, Action.REFUSE, [past(1), past(2, user_id=MAX), past(3, user_id=MAX)], 2),
        (Measure.BUYERS, Action.REFUSE, [past(1, fate=CLOSED, user_id=OTTO)], 2),
        (Measure.BUYERS, Action.HOLD, [past(1, fate=CLOSED, user_id=OTTO)], 1),
        (Measure.FAILURES, Action.REFUSE, [past(1, fate=DECLINED), past(2, fate=DECLINED)], 2),
        (Measure.FAILURES, Action.REFUSE, [past(2, fate=DECLINED), past(1)], 0),
        (Measure.FAILURES, Action.REFUSE, [past(1, fate=DECLINED), past(2), past(3, fate=DECLINED)], 1),
        # Leaving the page, or letting it expire, neither adds to the row nor breaks it.
        (Measure.FAILURES, Action.HOLD, [past(1, fate=CLOSED), past(2, fate=DECLINED), past(3, fate=OPEN)], 1),
        (Measure.DISPUTES, Action.HOLD, [past(1, disputed=True), past(2)], 1),
        (Measure.DISPUTES, Action.HOLD, [past(2 * 24 * 60, disputed=True)], 0),
    ],
)  # fmt: skip
def test_a_measure_counts(
    measure: Measure, action: Action, earlier: Sequence[Past], expected: int
) -> None:
    assert value(rule(measure, action=action), case(100, *earlier)) == expected


@pytest.mark.parametrize(
    ("measure", "judged", "expected"),
    [
        (Measure.ORDER_COINS, case(70), 70),
        (Measure.OWED_COINS, case(70, owed_coins=30), 30),
        (Measure.FOREIGN_COINS, case(70), 0),
        (Measure.FOREIGN_COINS, case(70, payer_is_foreign=True), 70),
    ],
)
def test_what_looks_at_the_order_alone(measure: Measure, judged: Case, expected: int) -> None:
    assert value(rule(measure, window_s=None), judged) == expected


@pytest.mark.parametrize(("coins", "broken"), [(900, False), (901, True)])
def test_a_limit_may_be_reached_but_not_passed(coins: int, broken: bool) -> None:
    found = rules.breaches([rule(amount=1000)], case(coins, past(5, 100)), Action.REFUSE)
    assert bool(found) is broken


def test_only_rules_of_the_asked_action_speak() -> None:
    all_three = [rule(amount=1, action=action) for action in Action]
    for action in Action:
        assert [one.rule.action for one in rules.breaches(all_three, case(), action)] == [action]


def test_a_subject_that_is_not_known_is_not_judged() -> None:
    of_device = rule(amount=0, subject=Subject.DEVICE)
    assert rules.breaches([of_device], case(), Action.REFUSE) == []
    assert rules.breaches([of_device], case(subject=Subject.DEVICE), Action.REFUSE) != []


@pytest.mark.parametrize(
    ("age", "applies"),
    [
        (timedelta(), True),
        (timedelta(days=7) - timedelta(seconds=1), True),
        (timedelta(days=7), False),
        (None, False),
    ],
)
def test_a_rule_for_new_accounts(age: timedelta | None, applies: bool) -> None:
    made_at = None if age is None else AT - age
    assert rules.applies(rule(account_age_max_days=7), made_at, AT) is applies
    assert rules.applies(rule(), made_at, AT) is True


@pytest.mark.parametrize(
    ("coins", "minutes"),
    [
        (400, 0),  # fits now
        (401, 2 * 60),  # the oldest must fall out, 22 hours after it was paid
        (700, 2 * 60),
        (701, 12 * 60),
        (1000, 24 * 60 - 30),
        (1001, None),  # never
    ],
)
def test_when_an_order_fits_again(coins: int, minutes: int | None) -> None:
    earlier = [past(30, 150), past(22 * 60, 300), past(12 * 60, 150)]
    free_at = rules.free_at(rule(amount=1000), earlier, AT, coins)
    assert free_at == (None if minutes is None else AT + timedelta(minutes=minutes))


def breach(one: GuardRule, ends_at: datetime | None = None) -> Breach:
    return Breach(one, 5000, ends_at)


SOON, LATER = AT + timedelta(minutes=5), AT + timedelta(hours=5)


@pytest.mark.parametrize(
    ("found", "limit", "ends_at"),
    [
        ([breach(rule(name="a"), SOON), breach(rule(name="b"), LATER)], "b", LATER),
        ([breach(rule(name="a"), SOON), breach(rule(name="b"), None)], "b", None),
        ([breach(rule(Measure.ORDERS, name="a"), SOON)], "a", SOON),
        # What looks for stolen cards is not told, alone or beside a limit that is.
        ([breach(rule(Measure.FAILURES, name="a"), None)], None, None),
        ([breach(rule(name="a", subject=Subject.DEVICE), None)], None, None),
        ([breach(rule(Measure.BUYERS, name="a", subject=Subject.ADDRESS))], None, None),
        ([breach(rule(Measure.FAILURES, name="a")), breach(rule(name="b"), SOON)], "b", SOON),
    ],
)
def test_what_a_refusal_tells(
    found: list[Breach], limit: str | None, ends_at: datetime | None
) -> None:
    told = refusal(found, AT)
    assert told.status == 429
    assert told.fields["limit"] == limit
    assert told.fields["ends_at"] == ends_at
    assert told.fields.get("retry_after_s") == (
        None if ends_at is None else (ends_at - AT).total_seconds()
    )
    if limit is None:
        assert told.fields == {"limit": None, "ends_at": None}
        assert "limit" not in told.detail


def test_a_wait_is_rounded_up_to_whole_seconds() -> None:
    told = refusal([breach(rule(), AT + timedelta(seconds=1, microseconds=1))], AT)
    assert told.fields["retry_after_s"] == 2


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (rule(), "You can buy up to 1,000 coins within 24 hours."),
        (
            rule(account_age_max_days=7),
            "You can buy up to 1,000 coins within 24 hours while your account is younger than 7 days.",
        ),
        (rule(Measure.ORDERS, 1, window_s=HOUR_S), "You can place 1 order within 1 hour."),
        (rule(Measure.ORDERS, 30, window_s=90), "You can place 30 orders within 90 seconds."),
    ],
)
def test_a_limit_in_words(one: GuardRule, said: str) -> None:
    assert texts.limit_sentence(one) == said
    assert texts.refusal_sentence(one, None) == f"{said} Please choose a smaller package."
    until = datetime(2026, 11, 22, 14, 4, 1, tzinfo=UTC)
    later = f"{said} This order fits again from 2026-11-22 14:05 UTC."
    assert texts.refusal_sentence(one, until) == later


@pytest.mark.parametrize("measure", list(Measure))
def test_every_reason_of_a_hold_reads_with_its_figures(measure: Measure) -> None:
    for subject in Subject:
        reason = HoldReason("some_rule", subject, measure, 12_345, 6_789, 7 * DAY_S, None)
        said = texts.hold_sentence(reason, country="DE", payer_country="BR")
        assert "12,345" in said
        assert "6,789" in said
        assert said.endswith(".")


def test_a_foreign_payer_in_words() -> None:
    reason = HoldReason("r", Subject.PERSON, Measure.FOREIGN_COINS, 7000, 5000, None, 30)
    said = texts.hold_sentence(reason, country="DE", payer_country="BR")
    assert said == (
        "Ordered for DE and paid from BR, 7,000 coins; the limit is 5,000 for accounts younger than 30 days."
    )
    assert "another country" in texts.hold_sentence(reason, country="DE", payer_country=None)


def test_shipped_rules_fit_each_other_and_how_long_digests_are_kept() -> None:
    shipped = shipped_rules()
    assert len({one.name for one in shipped}) == len(shipped)
    assert rules.kept_too_short(shipped, shipped_periods()) == []
    short = replace(shipped_periods(), visitor_keep_days=1, payer_keep_days=1)
    too_long = set(rules.kept_too_short(shipped, short))
    assert {"device_buyers", "card_disputes"} <= too_long
    assert "person_disputes" not in too_long  # counted by person: nothing is blanked there
    for one in shipped:
        if one.measure in (Measure.ORDER_COINS, Measure.OWED_COINS, Measure.FOREIGN_COINS):
            assert one.window_s is None
        else:
            assert one.window_s
        assert one.subject is not Subject.CARD or one.action is Action.HOLD


def test_limits_as_they_stand() -> None:
    told = [
        rule(name="day", amount=1000),
        rule(name="new", amount=500, account_age_max_days=7),
        rule(Measure.ORDERS, 3, name="hour", window_s=HOUR_S),
    ]
    made_at = AT - timedelta(days=2)
    earlier = [past(30, 100), past(10, 200, OPEN), past(5, 999, CLOSED)]
    shown = limits.view(told, earlier, account_created_at=made_at, at=AT)
    assert (shown.coins_left, shown.account_new_until) == (200, made_at + timedelta(days=7))
    assert shown.resets_at == AT + timedelta(days=1, minutes=-10)
    assert [(item.name, item.used, item.left) for item in shown.items] == [
        ("day", 300, 700),
        ("new", 300, 200),
        ("hour", 3, 0),
    ]
    assert shown.items[0].more_at == AT + timedelta(days=1, minutes=-30)
    assert shown.text.endswith("There is room again from 2026-11-22 12:30 UTC.")


def test_limits_of_one_who_bought_nothing() -> None:
    made_at = AT - timedelta(days=200)
    shown = limits.view([rule(amount=1000)], [], account_created_at=made_at, at=AT)
    assert (shown.coins_left, shown.resets_at, shown.account_new_until) == (1000, None, None)
    assert shown.text == "You can buy up to 1,000 more coins now."
    none = limits.view([], [], account_created_at=made_at, at=AT)
    assert (none.coins_left, none.items) == (None, [])
    assert none.text == "There is no limit on what you can buy."


def test_a_limit_that_was_lowered_leaves_nothing_and_not_less() -> None:
    shown = limits.view([rule(amount=50)], [past(1, 80)], account_created_at=AT, at=AT)
    assert shown.coins_left == 0
