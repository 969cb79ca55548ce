"""Guards in words: kind ones for buyers, exact ones for operators."""

from datetime import datetime, timedelta

from largesse.topups.guards.model import GuardRule, HoldReason, Measure, Subject

_WHO = {
    Subject.PERSON: "This buyer",
    Subject.DEVICE: "This device",
    Subject.ADDRESS: "This network address",
    Subject.CARD: "This card or account",
}
_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


def span(seconds: int) -> str:
    """A window in words: `24 hours`, `7 days`, `90 seconds`."""
    if seconds % _DAY_S == 0 and seconds > _DAY_S:
        return _many(seconds // _DAY_S, "day")
    if seconds % _HOUR_S == 0:
        return _many(seconds // _HOUR_S, "hour")
    return _many(seconds, "second")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def limit_sentence(rule: GuardRule) -> str:
    """What a limit allows that its buyer is told of."""
    coins = rule.measure is Measure.COINS
    allowed = (
        f"buy up to {rule.amount:,} coins" if coins else f"place {_many(rule.amount, 'order')}"
    )
    days = rule.account_age_max_days
    while_new = "" if days is None else f" while your account is younger than {_many(days, 'day')}"
    return f"You can {allowed} within {span(rule.window_s or 0)}{while_new}."


def refusal_sentence(rule: GuardRule, ends_at: datetime | None) -> str:
    """Why an order is refused, and when it would not be."""
    if ends_at is None:
        return f"{limit_sentence(rule)} Please choose a smaller package."
    return f"{limit_sentence(rule)} This order fits again from {moment(ends_at)}."


def moment(at: datetime) -> str:
    """A moment in words, to the next full minute: `2026-11-22 14:05 UTC`."""
    return f"{at + timedelta(seconds=59, microseconds=999_999):%Y-%m-%d %H:%M} UTC"


def hold_sentence(reason: HoldReason, *, country: str, payer_country: str | None) -> str:
    """Why a payment is held, for an operator: ordered for `country`, paid from `payer_country`."""
    who, value, amount = _WHO[reason.subject], reason.value, reason.amount
    within = f"within {span(reason.window_s or 0)}; the limit is {amount:,}"
    match reason.measure:
        case Measure.COINS:
            said = f"{who} paid for {value:,} coins {within}"
        case Measure.ORDERS:
            said = f"{who} paid {_many(value, 'order')} {within}"
        case Measure.BUYERS:
            said = f"{who} paid for {_many(value, 'buyer')} {within}"
        case Measure.FAILURES:
            said = f"{who} had {_many(value, 'payment')} refused in a row before this one, {within}"
        case Measure.DISPUTES:
            said = f"{who} had {_many(value, 'payment')} disputed {within}"
        case Measure.ORDER_COINS:
            said = f"One order of {value:,} coins; the limit is {amount:,}"
        case Measure.OWED_COINS:
            said = f"The account owes {value:,} coins; the limit is {amount:,}"
        case Measure.FOREIGN_COINS:
            said = (
                f"Ordered for {country} and paid from {payer_country or 'another country'},"
                f" {value:,} coins; the limit is {amount:,}"
            )
    days = reason.account_age_max_days
    return f"{said}." if days is None else f"{said} for accounts younger than {_many(days, 'day')}."
