"""Bodies of the gift routes."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from largesse.gifts.model import AnimationKind, GiftType
from largesse.types import Schema
from largesse.wallet import WalletView


class Animation(Schema):
    """How a gift moves, and its drawing."""

    kind: AnimationKind
    duration_ms: int
    art_url: str


class GiftTypeView(Schema):
    """A gift that can be given now."""

    id: UUID
    version: int
    slug: str
    name: str
    coins: int
    streakable: bool
    alt: str
    animation: Animation


class CatalogueView(Schema):
    """Everything that can be given, and the limits on one gift."""

    items: list[GiftTypeView]
    next_cursor: None
    count_max: int
    message_characters_max: int
    share_bp: int
    """The creator's share of a gift's coins, so that the viewer knows before he gives."""
    post_gift_coins_min: int
    post_gift_coins_max: int
    """What one gift on a post may take, so that the panel offers only what is accepted."""


class GiftOrder(Schema):
    """A gift to give; `id` is made by the client and is the idempotency key."""

    id: UUID
    gift: str = Field(min_length=1, max_length=64)
    """Slug or id."""
    count: StrictInt
    version: StrictInt | None = None
    """The version the viewer saw: refused when it is not the current one."""
    message: str | None = None
    streak: UUID | None = None
    anonymous: StrictBool = False
    """Show nobody in the room, the creator included, who gave it."""


class GiftRef(Schema):
    """Which gift, in which version."""

    id: UUID
    version: int
    slug: str
    name: str


class Receipt(Schema):
    """A gift that was given."""

    id: UUID
    gift: GiftRef
    count: int
    coins: int
    coins_paid: int
    coins_bonus: int
    milli_diamonds: int
    seq: int
    room_id: UUID
    created_at: datetime
    wallet: WalletView


def gift_type_view(gift: GiftType) -> GiftTypeView:
    return GiftTypeView(
        id=gift.id,
        version=gift.version,
        slug=gift.slug,
        name=gift.name,
        coins=gift.coins,
        streakable=gift.streakable,
        alt=gift.alt,
        animation=Animation(
            kind=gift.animation_kind,
            duration_ms=gift.animation_duration_ms,
            art_url=f"/art/gifts/{gift.slug}.svg",
        ),
    )
