"""Guards as pure functions: what a rule counts, whether it is broken, and until when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from largesse.topups.guards.model import (
    Action,
    Breach,
    Case,
    Fate,
    GuardRule,
    Measure,
    Past,
    Periods,
    Subject,
)

_EVERY_FATE = frozenset(Fate)
_COUNTED: Mapping[tuple[Action, Measure], frozenset[Fate]] = {
    # Open orders count before the payment: else many opened at once could all be paid.
    (Action.REFUSE, Measure.COINS): frozenset({Fate.OPEN, Fate.PAID}),
    (Action.REFUSE, Measure.ORDERS): _EVERY_FATE,
    (Action.REFUSE, Measure.BUYERS): _EVERY_FATE,
    (Action.HOLD, Measure.COINS): frozenset({Fate.PAID}),
    (Action.HOLD, Measure.ORDERS): frozenset({Fate.PAID}),
    (Action.HOLD, Measure.BUYERS): frozenset({Fate.PAID}),
}
_TOLD = frozenset({Measure.COINS, Measure.ORDERS})


def breaches(rules: Iterable[GuardRule], case: Case, action: Action) -> list[Breach]:
    """The rules with this action that the order goes beyond."""
    found = []
    for rule in rules:
        if rule.action is not action or not applies(rule, case.account_created_at, case.at):
            continue
        past = case.past.get(rule.subject)
        if past is None:
            continue
        value = value_of(rule, case, past)
        if value > rule.amount:
            found.append(Breach(rule, value, _ends_at(rule, case, past)))
    return found


def applies(rule: GuardRule, account_created_at: datetime | None, at: datetime) -> bool:
    """Whether a rule is meant for an account of this age. One of unknown age counts as old."""
    if rule.account_age_max_days is None:
        return True
    if account_created_at is None:
        return False
    return at - account_created_at < timedelta(days=rule.account_age_max_days)


def counted(rule: GuardRule, past: Sequence[Past], at: datetime) -> list[Past]:
    """The earlier orders that a rule counts at a moment."""
    fates = _COUNTED.get((rule.action, rule.measure), _EVERY_FATE)
    return [one for one in past if one.fate in fates and one.at > at - rule.window]


def value_of(rule: GuardRule, case: Case, past: Sequence[Past]) -> int:
    """What a rule's measure comes to with this order."""
    match rule.measure:
        case Measure.ORDER_COINS:
            return case.coins
        case Measure.OWED_COINS:
            return case.owed_coins
        case Measure.FOREIGN_COINS:
            return case.coins if case.payer_is_foreign else 0
    recent = counted(rule, past, case.at)
    match rule.measure:
        case Measure.COINS:
            return case.coins + sum(one.coins for one in recent)
        case Measure.ORDERS:
            return 1 + len(recent)
        case Measure.BUYERS:
            return len({case.user_id, *(one.user_id for one in recent)})
        case Measure.FAILURES:
            return failures_in_a_row(recent)
        case Measure.DISPUTES:
            return sum(one.disputed for one in recent)


def failures_in_a_row(past: Iterable[Past]) -> int:
    """Refused payments since the last one that went through; orders left or still open say nothing."""
    row = 0
    for one in sorted(past, key=lambda one: one.at, reverse=True):
        if one.fate is Fate.PAID:
            break
        row += one.fate is Fate.DECLINED
    return row


def is_told(rule: GuardRule) -> bool:
    """Whether the buyer is told which limit it was: not of those that look for stolen cards, whose users would learn
    what to change."""
    return rule.action is Action.REFUSE and rule.subject is Subject.PERSON and rule.measure in _TOLD


def weight(rule: GuardRule, past: Past) -> int:
    """How much of a told limit an earlier order takes."""
    return past.coins if rule.measure is Measure.COINS else 1


def free_at(rule: GuardRule, past: Sequence[Past], at: datetime, wanted: int) -> datetime | None:
    """From when on so much more fits into a told limit; None: never, it is more than the limit."""
    recent = sorted(counted(rule, past, at), key=lambda one: one.at)
    room = rule.amount - sum(weight(rule, one) for one in recent)
    if wanted <= room:
        return at
    for one in recent:
        room += weight(rule, one)
        if wanted <= room:
            return one.at + rule.window
    return None


def _ends_at(rule: GuardRule, case: Case, past: Sequence[Past]) -> datetime | None:
    if not is_told(rule):
        return None
    return free_at(rule, past, case.at, case.coins if rule.measure is Measure.COINS else 1)


def told(found: Sequence[Breach]) -> Breach | None:
    """Of several breaches the one that is told: one that never ends, else the last to end. None: none of them."""
    openly = [one for one in found if is_told(one.rule)]
    endless = [one for one in openly if one.ends_at is None]
    ending = [(one.ends_at, number) for number, one in enumerate(openly) if one.ends_at is not None]
    if endless:
        return endless[0]
    return openly[max(ending)[1]] if ending else None


def kept_too_short(rules: Iterable[GuardRule], periods: Periods) -> list[str]:
    """Names of rules that look further back than the digests they count by are kept."""
    days = {
        Subject.DEVICE: periods.visitor_keep_days,
        Subject.ADDRESS: periods.visitor_keep_days,
        Subject.CARD: periods.payer_keep_days,
    }
    return [
        rule.name
        for rule in rules
        if rule.subject in days and rule.window > timedelta(days=days[rule.subject])
    ]
