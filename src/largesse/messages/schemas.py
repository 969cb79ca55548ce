"""Bodies of the routes of messages that cost coins."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import StrictInt

from largesse.gifts import SentGift
from largesse.identity import Person
from largesse.messages.model import CHEER, HELD, MessageRules
from largesse.types import Schema, now
from largesse.wallet import WalletView, wallet_view


class PaidTierView(Schema):
    """What a paid message of at least `coins_min` may be, and how it is shown."""

    tier: int
    coins_min: int
    pin_s: int
    """On top of the chat for so long; 0: not there."""
    characters_max: int
    """As people count them: extended grapheme clusters."""
    emoji_max: int
    color: str
    """As #rrggbb."""


class CheerTierView(Schema):
    """How cheers of at least `coins_min` are shown."""

    tier: int
    coins_min: int
    name: str
    color: str


class CheerMarkView(Schema):
    """A word that costs coins when a number follows it at once: its name, then 1-9 and more digits, nothing else."""

    name: str
    alt: str


class CoinsRule(Schema):
    """What becomes of the coins, said before anybody pays."""

    code: Literal["coins_stay_given"]
    text: str


class MessagesView(Schema):
    """What coins buy in a chat now."""

    paid_tiers: list[PaidTierView]
    paid_coins_max: int
    cheer_tiers: list[CheerTierView]
    cheer_marks: list[CheerMarkView]
    cheer_coins_max: int
    """Of all marks in one message."""
    cheer_characters_max: int
    share_bp: int
    """The creator's share of the coins."""
    coins_rule: CoinsRule


class MessageOrder(Schema):
    """A message to pay for; `id` is made by the client and is the idempotency key."""

    id: UUID
    text: str
    coins: StrictInt
    """Of a cheer: what its marks cost together, as the viewer was shown."""


class MessageReceipt(Schema):
    """A message that was paid for."""

    id: UUID
    kind: Literal["paid_message", "cheer"]
    held: bool
    """Its text was not shown at once: a moderator looks at it first."""
    coins: int
    coins_paid: int
    coins_bonus: int
    milli_diamonds: int
    seq: int
    room_id: UUID
    created_at: datetime
    wallet: WalletView


class HeldMessage(Schema):
    """A paid message whose text waits for a moderator, who alone sees it."""

    seq: int
    at: datetime
    id: UUID
    sender: Person
    coins: int
    tier: int
    color: str
    pin_s: int
    text: str


_COINS_RULE = CoinsRule(
    code="coins_stay_given",
    text="The coins are given together with the message and stay given: also when its text waits for a moderator,"
    " is not approved, or is removed later.",
)


def messages_view(rules: MessageRules, at: datetime, share_bp: int) -> MessagesView:
    limits = rules.limits_at(at)
    return MessagesView(
        paid_tiers=[
            PaidTierView(
                tier=tier.tier,
                coins_min=tier.coins_min,
                pin_s=tier.pin_s,
                characters_max=tier.characters_max,
                emoji_max=tier.emoji_max,
                color=tier.color,
            )
            for tier in rules.tiers.paid.at(at)
        ],
        paid_coins_max=limits.paid_coins_max,
        cheer_tiers=[
            CheerTierView(
                tier=tier.tier, coins_min=tier.coins_min, name=tier.name, color=tier.color
            )
            for tier in rules.tiers.cheers.at(at)
        ],
        cheer_marks=[
            CheerMarkView(name=mark.name, alt=mark.alt) for mark in rules.tiers.marks.at(at)
        ],
        cheer_coins_max=limits.cheer_coins_max,
        cheer_characters_max=limits.cheer_characters_max,
        share_bp=share_bp,
        coins_rule=_COINS_RULE,
    )


def message_receipt(sent: SentGift) -> MessageReceipt:
    """What the sender is told."""
    entry, request = sent.entry, sent.entry.request
    return MessageReceipt(
        id=request.id,
        kind="cheer" if sent.gift.kind == CHEER else "paid_message",
        held=sent.gift.kind == HELD,
        coins=request.coins,
        coins_paid=entry.coins_paid,
        coins_bonus=entry.coins_bonus,
        milli_diamonds=request.milli_diamonds,
        seq=entry.seq,
        room_id=request.room_id,
        created_at=entry.created_at,
        wallet=wallet_view(entry.wallet, now()),
    )
