"""Figures of recognition that an operator may set; `RecognitionRule` says what each one is."""

from typing import Annotated

from pydantic import Field, StrictBool

from largesse.figures import Coins, Figures, FigureSet, Seconds, Small


class RecognitionFigures(Figures):
    """Banners, entrances and thanks."""

    banner_coins_min: Coins
    banner_pause_s: Annotated[int, Field(strict=True, ge=0, le=86_400)]
    entrance_default: StrictBool
    entrance_places: Annotated[int, Field(strict=True, ge=0, le=1_000)]
    entrance_days: Annotated[int, Field(strict=True, ge=1, le=366)]
    entrance_pause_s: Seconds
    entrance_refresh_s: Seconds
    thanks_max: Small
    thanks_window_s: Seconds
    thanks_characters_max: Small


FIGURES = FigureSet(
    "recognition", "banners, entrances, thanks", RecognitionFigures, "recognition_rule"
)
