"""Gifts: the catalogue, and giving one."""

from largesse.gifts.defaults import load_defaults
from largesse.gifts.desk import GiftDesk, Rules
from largesse.gifts.errors import TextRefused
from largesse.gifts.figures import FIGURES
from largesse.gifts.model import Draft, GiftKind, GiftRule, GiftType, Target, Wish
from largesse.gifts.paying import find_paid, pay
from largesse.gifts.schemas import GiftOrder, GiftRef, Receipt
from largesse.gifts.service import (
    SentGift,
    built_in_types,
    gift_rule,
    gift_types_by_no,
    give_at_once,
    receipt,
    send_gift,
)
from largesse.gifts.streak_keys import EndedStreaks, StreakKey, streak_key
from largesse.gifts.text import clean_text

__all__ = [
    "FIGURES",
    "Draft",
    "EndedStreaks",
    "GiftDesk",
    "GiftKind",
    "GiftOrder",
    "GiftRef",
    "GiftRule",
    "GiftType",
    "Receipt",
    "Rules",
    "SentGift",
    "StreakKey",
    "Target",
    "TextRefused",
    "Wish",
    "built_in_types",
    "clean_text",
    "find_paid",
    "gift_rule",
    "gift_types_by_no",
    "give_at_once",
    "load_defaults",
    "pay",
    "receipt",
    "send_gift",
    "streak_key",
]
