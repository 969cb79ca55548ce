"""What a buyer may still buy, in figures and in kind words."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from largesse.identity import User
from largesse.services import Services
from largesse.topups.guards import queries, rules, texts
from largesse.topups.guards.model import GuardRule, Measure, Past, Subject
from largesse.topups.guards.schemas import Limit, Limits
from largesse.types import PLATFORM_ID, now


async def limits_of(services: Services, user: User) -> Limits:
    """The limits that a buyer is told of, as they stand."""
    at = now()
    async with services.db.read() as conn:
        told = [
            rule
            for rule in await queries.rules_at(conn, at)
            if rules.is_told(rule) and rules.applies(rule, user.created_at, at)
        ]
        since = at - max((rule.window for rule in told), default=timedelta())
        past = await queries.past_orders(
            conn, Subject.PERSON, user.id, since=since, but=PLATFORM_ID
        )
    return view(told, past, account_created_at=user.created_at, at=at)


def view(
    told: Sequence[GuardRule], past: Sequence[Past], *, account_created_at: datetime, at: datetime
) -> Limits:
    """Limits as they stand at a moment, after these orders of the buyer."""
    items = [_limit(rule, past, at) for rule in told]
    of_coins = [item for item in items if item.measure == "coins"]
    tightest = min(of_coins, key=lambda item: item.left, default=None)
    new_days = [rule.account_age_max_days for rule in told if rule.account_age_max_days]
    return Limits(
        coins_left=tightest.left if tightest else None,
        resets_at=tightest.resets_at if tightest else None,
        account_new_until=account_created_at + timedelta(days=max(new_days)) if new_days else None,
        text=_text(items, tightest),
        items=items,
    )


def _limit(rule: GuardRule, past: Sequence[Past], at: datetime) -> Limit:
    recent = rules.counted(rule, past, at)
    used = sum(rules.weight(rule, one) for one in recent)
    free = [one.at + rule.window for one in recent]
    return Limit(
        name=rule.name,
        measure="coins" if rule.measure is Measure.COINS else "orders",
        amount=rule.amount,
        used=used,
        left=max(0, rule.amount - used),
        window_s=rule.window_s or 0,
        more_at=min(free, default=None),
        resets_at=max(free, default=None),
        text=texts.limit_sentence(rule),
    )


def _text(items: Sequence[Limit], tightest: Limit | None) -> str:
    full = [item for item in items if item.left == 0 and item.more_at is not None]
    if full:
        ready_at = max(item.more_at for item in full if item.more_at is not None)
        return (
            "You have reached a limit on buying, which keeps you and everybody safe."
            f" There is room again from {texts.moment(ready_at)}."
        )
    if tightest is None:
        return "There is no limit on what you can buy."
    return f"You can buy up to {tightest.left:,} more coins now."
