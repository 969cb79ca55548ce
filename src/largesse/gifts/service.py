"""Giving a gift: the rules here, then the ledger decides funds, budget and room, and writes."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from largesse import ledger, moderation
from largesse.db import ReadConnection
from largesse.errors import AppError, IdempotencyConflict
from largesse.figures import holding
from largesse.gifts import queries
from largesse.gifts.deciding import decide
from largesse.gifts.desk import Rules
from largesse.gifts.errors import StreakEnded
from largesse.gifts.model import GiftRule, GiftType, Target, Wish
from largesse.gifts.schemas import CatalogueView, GiftRef, Receipt, gift_type_view
from largesse.gifts.streak_keys import streak_key
from largesse.gifts.text import clean_text
from largesse.identity import User
from largesse.ledger import GiftEntry, GiftRequest, GiftRow, WalletState, Withdrawn
from largesse.services import Services
from largesse.types import now
from largesse.wallet import wallet_view


@dataclass(frozen=True, slots=True)
class SentGift:
    """A gift in the journal, and what it was."""

    entry: GiftEntry
    gift: GiftType
    row: GiftRow | None = None
    """As the journal has it, where it was given before."""


async def catalogue(services: Services) -> CatalogueView:
    """What can be given now."""
    at = now()
    rules = await services.desk.rules()
    rule = rules.gift_rule(at)
    return CatalogueView(
        items=[gift_type_view(gift) for gift in rules.catalogue(at)],
        next_cursor=None,
        count_max=rule.count_max,
        message_characters_max=rule.message_characters_max,
        share_bp=rules.share.share_bp,
        post_gift_coins_min=rule.post_gift_coins_min,
        post_gift_coins_max=rule.post_gift_coins_max,
    )


async def gift_types_by_no(conn: ReadConnection, nos: Collection[int]) -> dict[int, GiftType]:
    """Gift types as gift rows name them, of any age."""
    if not nos:
        return {}
    return {gift.no: gift for gift in await queries.gift_types(conn, nos)}


async def built_in_types(conn: ReadConnection) -> dict[int, GiftType]:
    """The types of what is paid for that is no gift of the catalogue, by their numbers."""
    return {gift.no: gift for gift in await queries.gift_types(conn) if gift.kind != "gift"}


async def gift_rule(conn: ReadConnection, at: datetime) -> GiftRule:
    """The limits that hold at a moment."""
    return holding(await queries.gift_rules(conn), at)


def give_at_once(
    services: Services, user: User, target: Target, wish: Wish
) -> "asyncio.Future[GiftEntry] | None":
    """The gift on its way to the journal, when nothing needs to be read before; None: `send_gift` must decide.

    The future may end in IdempotencyConflict or Withdrawn: then, too, `send_gift` knows the answer.
    """
    rules = services.desk.rules_at_hand()
    if rules is None or wish.message or not services.desk.bans.knows(target.recipient_id):
        return None
    try:
        request = _decide(services, rules, user, target, wish)
    except AppError:  # unless it was given before
        return None
    if services.streaks.must_ask(request):
        return None
    services.desk.remember(user.id, user.display_name)
    return services.writer.submit_nowait(request)


async def send_gift(services: Services, user: User, target: Target, wish: Wish) -> SentGift:
    """Give a gift. The same wish again gives the stored gift, whatever the rules say by then."""
    rules = await services.desk.rules()
    await services.desk.know_bans(target.recipient_id)
    try:
        request = _decide(services, rules, user, target, wish)
        if services.streaks.must_ask(request) and await services.streaks.has_ended(request):
            raise StreakEnded
        request = await _with_rules(services, user, target, request)
    except AppError:
        if (earlier := await _earlier(services, user, target, wish)) is not None:
            return earlier
        raise
    services.desk.remember(user.id, user.display_name)
    try:
        entry = await services.writer.submit(request)
    except IdempotencyConflict:
        if (earlier := await _earlier(services, user, target, wish)) is not None:
            return earlier
        raise
    except Withdrawn:  # its sender was banned while it waited, or the rules changed: he is told now
        return await send_gift(services, user, target, wish)
    return _sent(services, entry)


async def _with_rules(
    services: Services, user: User, target: Target, request: GiftRequest
) -> GiftRequest:
    """The rules of the recipient's chat hold for what is said with a gift: by which it was looked at goes with it."""
    if request.message is None:
        return request
    async with services.db.read() as conn:
        allowed = await moderation.assert_may_speak(
            conn, target.recipient_id, target.room_id, user, request.message, paid=True
        )
    return replace(request, rules_no=allowed.rules_no)


def _decide(
    services: Services, rules: Rules, user: User, target: Target, wish: Wish
) -> GiftRequest:
    at = now()
    services.desk.clock.check(at)
    request = decide(rules, user, target, wish, at)
    services.desk.assert_not_banned(target.recipient_id, user.id)
    key = streak_key(request)
    if key is not None and key in services.desk.ended_streaks:
        raise StreakEnded
    return request


def _sent(services: Services, entry: GiftEntry) -> SentGift:
    gift = services.desk.gift_type(entry.request.gift_type_no)
    assert gift is not None, "the rules were read, so every gift type is known"
    return SentGift(entry=entry, gift=gift)


def receipt(sent: SentGift) -> Receipt:
    """What the giver is told."""
    entry, gift = sent.entry, sent.gift
    request = entry.request
    return Receipt(
        id=request.id,
        gift=GiftRef(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name),
        count=request.count,
        coins=request.coins,
        coins_paid=entry.coins_paid,
        coins_bonus=entry.coins_bonus,
        milli_diamonds=request.milli_diamonds,
        seq=entry.seq,
        room_id=request.room_id,
        created_at=entry.created_at,
        wallet=wallet_view(entry.wallet, now()),
    )


async def _earlier(services: Services, user: User, target: Target, wish: Wish) -> SentGift | None:
    """The gift stored under this id; IdempotencyConflict when the wish asks for something else.

    A retry whose gift was withdrawn or changed meanwhile must be told that it was given.
    """
    sent = await stored_gift(services, user, wish.id)
    if sent is not None and not (sent.row and _is_same(sent.row, sent.gift, target, wish)):
        raise IdempotencyConflict
    return sent


async def stored_gift(services: Services, user: User, id: UUID) -> SentGift | None:
    """What a user's id stands for in the journal, as a duplicate; the desk must have read its rules."""
    async with services.db.read() as conn:
        row = await ledger.find_gift(conn, user.id, id)
        if row is None:
            return None
        wallet = await ledger.wallet_state(conn, user.id)
    gift = services.desk.gift_type(row.gift_type_no)
    if gift is None:
        raise IdempotencyConflict
    return SentGift(_entry_of(row, wallet), gift, row)


def _is_same(stored: GiftRow, gift: GiftType, target: Target, wish: Wish) -> bool:
    """Whether the stored gift is what the wish asks for."""
    return (
        gift.kind == "gift"
        and wish.gift in (gift.slug, str(gift.id))
        and wish.version in (None, gift.version)
        and (wish.count, wish.streak) == (stored.count, stored.streak_id)
        and wish.anonymous == stored.anonymous
        and stored.may_have_said(clean_text(wish.message or "", "message") or None)
        and target.room_id == stored.room_id
    )


def _entry_of(row: GiftRow, wallet: WalletState) -> GiftEntry:
    request = GiftRequest(
        id=row.id,
        sender_id=row.sender_id,
        recipient_id=row.recipient_id,
        room_id=row.room_id,
        gift_type_no=row.gift_type_no,
        count=row.count,
        coins=row.coins,
        share_id=row.share_id,
        milli_diamonds=row.milli_diamonds,
        hold_min_days=row.hold_days,
        bonus_hold_days=row.hold_days,
        streak_id=row.streak_id,
        message=row.message,
        anonymous=row.anonymous,
    )
    return GiftEntry(
        request=request,
        seq=row.seq,
        coins_paid=row.coins_paid,
        coins_bonus=row.coins_bonus,
        spent_before=row.spent_before,
        hold_days=row.hold_days,
        created_at=row.created_at,
        lane=row.lane,
        batch_no=row.batch_no,
        wallet=wallet,
        duplicate=True,
        first_ever=row.first_ever,
    )
