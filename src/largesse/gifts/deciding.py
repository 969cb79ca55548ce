"""The rules of giving that are ours; funds, budget and room are the ledger's."""

from datetime import datetime
from uuid import UUID

from largesse.gifts.desk import Rules
from largesse.gifts.errors import (
    CountOutOfRange,
    GiftChanged,
    GiftIdOutOfTime,
    MessageTooLong,
    NotStreakable,
    PostGiftOutOfRange,
    SelfGift,
    StreakIdOutOfTime,
)
from largesse.gifts.model import Draft, GiftRule, GiftType, Target, Wish
from largesse.gifts.text import clean_text
from largesse.identity import CountryUnknown, User, check_spending
from largesse.ledger import GiftRequest

_TIME_BIT, _VERSION_BIT, _VARIANT_BIT = 80, 76, 62
"""Where the milliseconds of a UUIDv7 begin, its version and its variant."""


def decide(rules: Rules, user: User, target: Target, wish: Wish, at: datetime) -> GiftRequest:
    """The request for the ledger, when every rule that is ours holds."""
    rule = rules.gift_rule(at)
    if not _is_made_about(wish.id, rule, at):
        raise GiftIdOutOfTime(at)
    gift = rules.find(wish.gift, at)
    if wish.version is not None and wish.version != gift.version:
        raise GiftChanged(version=gift.version, coins=gift.coins)
    if not 1 <= wish.count <= rule.count_max:
        raise CountOutOfRange(count_max=rule.count_max)
    if wish.streak is not None:
        _check_streak(wish.streak, gift, rule, at)
    message = _clean_message(wish.message, rule)
    _check_giver(rules, user, target, at)
    coins = gift.coins * wish.count
    if target.kind == "post" and not _fits_a_post(coins, rule):
        raise PostGiftOutOfRange(
            coins_min=rule.post_gift_coins_min, coins_max=rule.post_gift_coins_max
        )
    return GiftRequest(
        id=wish.id,
        sender_id=user.id,
        recipient_id=target.recipient_id,
        room_id=target.room_id,
        gift_type_no=gift.no,
        count=wish.count,
        coins=coins,
        share_id=rules.share.id,
        milli_diamonds=rules.share.milli_diamonds(coins),
        hold_min_days=_hold_min_days(rules, rule, user, at),
        bonus_hold_days=rules.hold_days["bonus"],
        streak_id=wish.streak,
        message=message,
        anonymous=wish.anonymous,
    )


def _is_made_about(id_: UUID, rule: GiftRule, at: datetime) -> bool:
    """A UUIDv7 was made at about the moment that it names, which decides where its row lies; others name none."""
    number = id_.int
    if number >> _VERSION_BIT & 0xF != 7 or number >> _VARIANT_BIT & 3 != 2:
        return True
    ahead_s = (number >> _TIME_BIT) / 1000 - at.timestamp()
    return -rule.id_age_max_s <= ahead_s <= rule.id_ahead_max_s


def _check_streak(streak: UUID, gift: GiftType, rule: GiftRule, at: datetime) -> None:
    if not gift.streakable:
        raise NotStreakable
    if not _is_made_about(streak, rule, at):
        raise StreakIdOutOfTime(at)


def _clean_message(message: str | None, rule: GiftRule) -> str | None:
    if message is None:
        return None
    text = clean_text(message, "message")
    if len(text) > rule.message_characters_max:
        raise MessageTooLong(message_characters_max=rule.message_characters_max)
    return text or None


def _fits_a_post(coins: int, rule: GiftRule) -> bool:
    return rule.post_gift_coins_min <= coins <= rule.post_gift_coins_max


def _hold_min_days(rules: Rules, rule: GiftRule, user: User, at: datetime) -> int:
    """Coins of a new account are the likeliest to be charged back."""
    is_new = (at - user.created_at).days < rule.new_viewer_days
    return rules.hold_days["new_viewer"] if is_new else 0


def _check_giver(rules: Rules, user: User, target: Target, at: datetime) -> None:
    """Somebody else, of a country that is open, and of age there."""
    if target.recipient_id == user.id:
        raise SelfGift
    country = rules.countries.get(user.country)
    if country is None:
        raise CountryUnknown
    check_spending(user, country, at.date())


def decide_draft(
    rules: Rules, user: User, target: Target, draft: Draft, at: datetime
) -> GiftRequest:
    """The request for something to pay for that is no gift of the catalogue."""
    rule = rules.gift_rule(at)
    if not _is_made_about(draft.id, rule, at):
        raise GiftIdOutOfTime(at)
    _check_giver(rules, user, target, at)
    return GiftRequest(
        id=draft.id,
        sender_id=user.id,
        recipient_id=target.recipient_id,
        room_id=target.room_id,
        gift_type_no=rules.built_in(draft.kind).no,
        count=draft.coins,
        coins=draft.coins,
        share_id=rules.share.id,
        milli_diamonds=rules.share.milli_diamonds(draft.coins),
        hold_min_days=_hold_min_days(rules, rule, user, at),
        bonus_hold_days=rules.hold_days["bonus"],
        message=draft.message,
        rules_no=draft.rules_no,
    )
