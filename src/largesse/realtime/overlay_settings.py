"""What a creator may set about an overlay, by its kind. Every figure is within the bounds that a page can show."""

import re
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, RootModel

from largesse.types import Schema, one_line

OverlayKind: TypeAlias = Literal["alerts", "goal", "supporters", "ticker", "chat"]
AlertKind: TypeAlias = Literal["gift", "streak", "paid_message", "cheer", "goal"]
"""What an alert is about; a gift that belongs to a streak is part of that streak's alert. Goal: it was reached."""
TickerKind: TypeAlias = Literal["gift", "paid_message", "cheer"]
Layout: TypeAlias = Literal["stage", "card", "banner"]
"""Stage: large, in the middle. Card: picture beside the words. Banner: one line."""
Entrance: TypeAlias = Literal["rise", "slide", "pop", "fade"]
SoundName: TypeAlias = Literal["chime", "coin", "sparkle", "drum", "fanfare", "pop"]
TextSize: TypeAlias = Literal["small", "medium", "large"]

TEMPLATE_NAMES = frozenset({"name", "count", "gift", "coins", "message"})
_PLACE = re.compile(r"\{([^{}]*)\}")
_COINS_MAX = 1_000_000_000


def _template(text: str) -> str:
    """Holds no names but ours, and stays in its line."""
    unknown = sorted(set(_PLACE.findall(text)) - TEMPLATE_NAMES)
    if unknown or _PLACE.sub("", text).strip("{}") != _PLACE.sub("", text):
        raise ValueError("may hold {name}, {count}, {gift}, {coins} and {message}")
    return one_line(text)


Template = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_template)]
Coins = Annotated[int, Field(ge=0, le=_COINS_MAX)]
Percent = Annotated[int, Field(ge=0, le=100)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Line = Annotated[str, Field(max_length=60), AfterValidator(one_line)]


class AlertVariation(Schema):
    """How alerts of some kinds look from some coins on; of those that fit, the one with the most `coins_min` counts."""

    coins_min: Coins = 0
    kinds: list[AlertKind] = Field(min_length=1, max_length=5)
    layout: Layout = "card"
    entrance: Entrance = "rise"
    duration_s: int = Field(default=5, ge=2, le=30)
    sound: SoundName | None = "chime"
    volume_percent: Percent = 60
    template: Template = "{name} sent {gift} ×{count}"
    accent: Color = "#f2b84b"


class AlertSpeech(Schema):
    """Messages read aloud by a voice of the browser."""

    enabled: bool = False
    coins_min: Coins = 100
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    """As BCP 47, "en-GB"; null: the browser's own."""
    rate_percent: int = Field(default=100, ge=50, le=200)
    volume_percent: Percent = 80
    characters_max: int = Field(default=120, ge=10, le=400)


def default_variations() -> list[AlertVariation]:
    """What an alert box starts with."""
    streak = "{name} sent {gift} ×{count}"
    return [
        AlertVariation(kinds=["gift", "streak"], template=streak),
        AlertVariation(
            kinds=["paid_message", "cheer"],
            sound="sparkle",
            template="{name} · {coins} coins",
        ),
        AlertVariation(
            kinds=["goal"], layout="banner", entrance="pop", sound="fanfare", template="{message}"
        ),
        AlertVariation(
            coins_min=1000,
            kinds=["gift", "streak", "paid_message", "cheer"],
            layout="stage",
            entrance="pop",
            duration_s=8,
            sound="fanfare",
            template=streak,
        ),
    ]


class AlertSettings(Schema):
    """The alert box."""

    kind: Literal["alerts"]
    coins_min: Coins = 0
    """Cheaper ones are not shown at all."""
    pause_ms: int = Field(default=600, ge=0, le=10_000)
    """Between two alerts."""
    hold: bool = False
    """Alerts wait until the creator approves them in the studio."""
    variations: list[AlertVariation] = Field(
        default_factory=default_variations, min_length=1, max_length=20
    )
    speech: AlertSpeech = Field(default_factory=AlertSpeech)


class GoalSettings(Schema):
    """How far the stream's goals are."""

    kind: Literal["goal"]
    goals: Literal["next", "all"] = "next"
    """Next: only the first that is open."""
    keep_reached: bool = True
    """A goal that was reached stays until the next one."""
    size: TextSize = "medium"
    accent: Color = "#f2b84b"


class SupportersSettings(Schema):
    """Who gave most in this stream."""

    kind: Literal["supporters"]
    title: Line = "Top supporters"
    places: int = Field(default=5, ge=1, le=10)
    show_coins: bool = True
    size: TextSize = "medium"
    accent: Color = "#f2b84b"


def _all_kinds() -> list[TickerKind]:
    return ["gift", "paid_message", "cheer"]


class TickerSettings(Schema):
    """The latest gifts and messages, in one moving line."""

    kind: Literal["ticker"]
    items: int = Field(default=10, ge=1, le=30)
    kinds: list[TickerKind] = Field(default_factory=_all_kinds, min_length=1, max_length=3)
    coins_min: Coins = 0
    speed: Literal["slow", "medium", "fast"] = "medium"
    size: TextSize = "medium"
    accent: Color = "#f2b84b"


class ChatSettings(Schema):
    """What is said in the room."""

    kind: Literal["chat"]
    lines: int = Field(default=12, ge=1, le=40)
    fade_s: int = Field(default=0, ge=0, le=600)
    """After so long a line goes; 0: it stays until newer ones push it out."""
    paid: bool = True
    """Paid messages and cheers too."""
    size: TextSize = "medium"


AnyOverlaySettings: TypeAlias = (
    AlertSettings | GoalSettings | SupportersSettings | TickerSettings | ChatSettings
)


class OverlaySettings(RootModel[Annotated[AnyOverlaySettings, Field(discriminator="kind")]]):
    """What may be set about an overlay; depends on its kind."""


class HoldSwitch(Schema):
    """Where in a room's log holding was last switched on or off: what came after it goes by the present switch."""

    room_id: UUID
    seq: int
