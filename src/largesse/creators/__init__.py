"""Creators: who may receive gifts, the switch, and what they earned."""

from largesse.creators.errors import NotEligible
from largesse.creators.jobs import register_jobs
from largesse.creators.model import RoomTitle, RoomTitles
from largesse.creators.service import (
    add_creator,
    eligibility,
    gifting_for_new_room,
    hold_days,
    load_defaults,
    set_gifting,
)
from largesse.creators.titles import register_room_titles

__all__ = [
    "NotEligible",
    "RoomTitle",
    "RoomTitles",
    "add_creator",
    "eligibility",
    "gifting_for_new_room",
    "hold_days",
    "load_defaults",
    "register_jobs",
    "register_room_titles",
    "set_gifting",
]
