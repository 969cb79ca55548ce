"""Limits on one gift that an operator may set."""

from pydantic import model_validator

from largesse.figures import Amount, Characters, Coins, Days, Figures, FigureSet, Seconds, Small


class GiftFigures(Figures):
    """Limits on one gift, and how many supporters are shown."""

    count_max: Amount
    message_characters_max: Characters
    post_gift_coins_min: Coins
    post_gift_coins_max: Coins
    new_viewer_days: Days
    leaderboard_rows: Small
    id_age_max_s: Seconds
    id_ahead_max_s: Seconds

    @model_validator(mode="after")
    def _in_order(self) -> "GiftFigures":
        if self.post_gift_coins_min > self.post_gift_coins_max:
            raise ValueError("post_gift_coins_min is above post_gift_coins_max")
        return self


FIGURES = FigureSet("gifts", "limits on one gift", GiftFigures, "gift_rule")
