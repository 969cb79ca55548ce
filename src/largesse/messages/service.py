"""Saying something with coins: the rules of messages here, those of giving in `gifts`, funds in the ledger."""

import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from largesse import gifts, moderation
from largesse.errors import AppError
from largesse.gifts import Draft, GiftKind, SentGift, Target, clean_text
from largesse.identity import User
from largesse.ledger import Withdrawn
from largesse.messages.counting import count_characters, count_emoji
from largesse.messages.errors import (
    CheerChanged,
    CheerOutOfRange,
    CheerTooLong,
    MessageCoinsOutOfRange,
    NoCheer,
    PaidMessageTooLong,
    TooManyEmoji,
)
from largesse.messages.marks import coins_of, find_marks
from largesse.messages.model import CHEER, HELD, PAID, MessageRules, MessageWish
from largesse.moderation import MaySpeak
from largesse.services import Services
from largesse.types import now


async def send_paid_message(
    services: Services, user: User, target: Target, wish: MessageWish
) -> SentGift:
    """Pay for a message; returns after the commit. The same wish again gives the stored one, whatever the rules say by
    then; whether it is held was decided the first time."""
    text = clean_text(wish.text, "text")

    async def draft() -> Draft:
        rules = await services.messages.rules()
        _check_paid(rules, text, wish.coins, now())
        allowed = await _may_say(services, user, target, text)
        held = allowed.book.rules.hold_paid_messages and not allowed.exempt
        kind: GiftKind = HELD if held and text else "paid_message"
        rules_no = allowed.rules_no if text else None
        return Draft(wish.id, kind, wish.coins, message=text or None, rules_no=rules_no)

    return await _pay(services, user, target, wish, text, PAID, draft)


async def send_cheer(services: Services, user: User, target: Target, wish: MessageWish) -> SentGift:
    """Say something with cheer marks in it, for what they cost together; as `send_paid_message` otherwise."""
    text = clean_text(wish.text, "text")

    async def draft() -> Draft:
        rules = await services.messages.rules()
        _check_cheer(rules, text, wish.coins, now())
        allowed = await _may_say(services, user, target, text)
        return Draft(wish.id, CHEER, wish.coins, message=text, rules_no=allowed.rules_no)

    return await _pay(services, user, target, wish, text, (CHEER,), draft)


async def _pay(
    services: Services,
    user: User,
    target: Target,
    wish: MessageWish,
    text: str,
    kinds: Collection[GiftKind],
    draft: Callable[[], Awaitable[Draft]],
) -> SentGift:
    """Pay, unless it was paid for before; drafted anew when the rules changed while it waited."""
    try:
        while True:
            with contextlib.suppress(Withdrawn):
                return await gifts.pay(services, user, target, await draft())
    except AppError:
        earlier = await gifts.find_paid(
            services,
            user,
            target.room_id,
            wish.id,
            kinds=kinds,
            coins=wish.coins,
            message=text or None,
        )
        if earlier is None:
            raise
        return earlier


def _check_paid(rules: MessageRules, text: str, coins: int, at: datetime) -> None:
    """So many coins pay for this text."""
    coins_max = rules.limits_at(at).paid_coins_max
    tier = rules.tiers.paid_tier(coins, at)
    if tier is None or coins > coins_max:
        coins_min = rules.tiers.paid.at(at)[0].coins_min
        raise MessageCoinsOutOfRange(coins_min=coins_min, coins_max=coins_max)
    characters, emoji = count_characters(text), count_emoji(text)
    if characters > tier.characters_max:
        raise PaidMessageTooLong(
            tier=tier.tier, characters=characters, characters_max=tier.characters_max
        )
    if emoji > tier.emoji_max:
        raise TooManyEmoji(tier=tier.tier, emoji=emoji, emoji_max=tier.emoji_max)


def _check_cheer(rules: MessageRules, text: str, coins: int, at: datetime) -> None:
    """The marks of this text cost what the viewer was shown, and no more than one message may."""
    limits = rules.limits_at(at)
    marks = find_marks(text, {mark.name for mark in rules.tiers.marks.at(at)})
    if not marks:
        raise NoCheer
    counted = coins_of(marks)
    if counted != coins:
        raise CheerChanged(coins=counted)
    if counted > limits.cheer_coins_max:
        raise CheerOutOfRange(coins_max=limits.cheer_coins_max)
    if rules.tiers.cheer_tier(counted, at) is None:
        raise CheerOutOfRange(coins_max=limits.cheer_coins_max)
    if count_characters(text) > limits.cheer_characters_max:
        raise CheerTooLong(characters_max=limits.cheer_characters_max)


async def _may_say(services: Services, user: User, target: Target, text: str) -> MaySpeak:
    """Raise unless the user may say this here, before anything is paid."""
    async with services.db.read() as conn:
        return await moderation.assert_may_speak(
            conn, target.recipient_id, target.room_id, user, text, paid=True
        )
