"""Paying for what is no gift of the catalogue: a row of a built-in type, told apart by its kind."""

from collections.abc import Collection
from uuid import UUID

from largesse.errors import IdempotencyConflict
from largesse.gifts.deciding import decide_draft
from largesse.gifts.model import Draft, GiftKind, Target
from largesse.gifts.service import SentGift, stored_gift
from largesse.identity import User
from largesse.ledger import Withdrawn
from largesse.services import Services
from largesse.types import now


async def pay(services: Services, user: User, target: Target, draft: Draft) -> SentGift:
    """Pay for a draft whose own rules hold; returns after the commit. Refused as a gift is, also for a used id.

    Raises Withdrawn when the rules of texts changed while it waited: they must be asked anew.
    """
    rules = await services.desk.rules()
    await services.desk.know_bans(target.recipient_id)
    at = now()
    services.desk.clock.check(at)
    request = decide_draft(rules, user, target, draft, at)
    services.desk.assert_not_banned(target.recipient_id, user.id)
    services.desk.remember(user.id, user.display_name)
    try:
        entry = await services.writer.submit(request)
    except Withdrawn:  # while it waited
        services.desk.assert_not_banned(target.recipient_id, user.id)
        raise
    return SentGift(entry=entry, gift=rules.built_in(draft.kind))


async def find_paid(
    services: Services,
    user: User,
    room_id: UUID,
    id: UUID,
    *,
    kinds: Collection[GiftKind],
    coins: int,
    message: str | None,
) -> SentGift | None:
    """What was stored under this id, if anything was; IdempotencyConflict when it was something else than asked for."""
    await services.desk.rules()
    sent = await stored_gift(services, user, id)
    if sent is None or sent.row is None:
        return None
    row = sent.row
    is_same = (row.room_id, row.coins) == (room_id, coins) and row.may_have_said(message)
    if sent.gift.kind not in kinds or not is_same:
        raise IdempotencyConflict
    return sent
