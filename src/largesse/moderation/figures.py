"""Rules of a chat whose creator set none, and limits of all chats, that an operator may set."""

from typing import Annotated

from pydantic import Field, StrictBool, model_validator

from largesse.figures import Amount, Figures, FigureSet, Seconds

_None = Annotated[int, Field(strict=True, ge=0, le=10_000)]


class ChatFigures(Figures):
    """Defaults and limits of chats."""

    slow_mode_s: Annotated[int, Field(strict=True, ge=0, le=86_400)]
    followers_only: StrictBool
    links: StrictBool
    hold_paid_messages: StrictBool
    slow_mode_max_s: Seconds
    mute_max_s: Seconds
    words_max: _None
    word_characters_max: Annotated[int, Field(strict=True, ge=1, le=200)]
    moderators_max: _None
    removed_text_days: Annotated[int, Field(strict=True, ge=0, le=3_650)]
    acts_max: Amount
    acts_window_s: Seconds

    @model_validator(mode="after")
    def _in_order(self) -> "ChatFigures":
        if self.slow_mode_s > self.slow_mode_max_s:
            raise ValueError("slow_mode_s is above slow_mode_max_s")
        return self


FIGURES = FigureSet("chat", "default rules and limits of chats", ChatFigures, "chat_default")
