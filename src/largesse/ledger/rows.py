"""Column lists that several queries share."""

GIFT_COLUMNS = (
    "id, sender_id, recipient_id, room_id, seq, gift_type_no, count, coins_paid, coins_bonus,"
    " spent_before, milli_diamonds, share_id, hold_days, streak_id, message, created_at,"
    " lane, batch_no"
)
