"""Tiers, cheer marks and limits of messages that cost coins, which an operator may set."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from largesse.figures import Characters, Coins, Colour, Figures, FigureSet, RowsOf
from largesse.types import Schema


class PaidTierFigures(Schema):
    """What a paid message of at least `coins_min` may be."""

    coins_min: Coins
    pin_s: Annotated[int, Field(strict=True, ge=0, le=86_400)]
    characters_max: Annotated[int, Field(strict=True, ge=0, le=2_000)]
    emoji_max: Annotated[int, Field(strict=True, ge=0, le=2_000)]
    color: Colour


class CheerTierFigures(Schema):
    """How cheers of at least `coins_min` look."""

    coins_min: Coins
    name: Annotated[str, Field(min_length=1, max_length=40)]
    color: Colour


class CheerMarkFigures(Schema):
    """A word that costs coins when a number follows it at once."""

    name: Annotated[str, Field(pattern=r"^[a-z]{2,20}$")]
    alt: Annotated[str, Field(min_length=1, max_length=200)]


class MessageFigures(Figures):
    """All of it: the tiers lowest first."""

    paid_coins_max: Coins
    cheer_coins_max: Coins
    cheer_characters_max: Characters
    pinned_max: Annotated[int, Field(strict=True, ge=1, le=200)]
    paid_message_tiers: Annotated[list[PaidTierFigures], Field(min_length=1, max_length=100)]
    cheer_tiers: Annotated[list[CheerTierFigures], Field(min_length=1, max_length=100)]
    cheer_marks: Annotated[list[CheerMarkFigures], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _make_sense(self) -> "MessageFigures":
        _rising("paid_message_tiers", self.paid_message_tiers, self.paid_coins_max)
        _rising("cheer_tiers", self.cheer_tiers, self.cheer_coins_max)
        names = [mark.name for mark in self.cheer_marks]
        if len(set(names)) < len(names):
            raise ValueError("cheer_marks names a mark twice")
        return self


def _rising(
    name: str, tiers: Sequence[PaidTierFigures] | Sequence[CheerTierFigures], coins_max: int
) -> None:
    coins = [tier.coins_min for tier in tiers]
    if coins != sorted(set(coins)):
        raise ValueError(f"{name} must rise: each coins_min above the one before")
    if coins[-1] > coins_max:
        raise ValueError(f"{name} has a tier that nobody can pay, above the most of one message")


FIGURES = FigureSet(
    "messages",
    "paid messages and cheers: tiers, marks, limits",
    MessageFigures,
    "message_rule",
    {
        "paid_message_tiers": RowsOf("paid_message_tier", "tier", PaidTierFigures),
        "cheer_tiers": RowsOf("cheer_tier", "tier", CheerTierFigures),
        "cheer_marks": RowsOf("cheer_mark", "position", CheerMarkFigures),
    },
)
