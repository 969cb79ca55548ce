"""Moderation: the rules of a creator's chat, who keeps them, and who may not speak or give."""

from largesse.moderation.bans import Bans, ban_listener
from largesse.moderation.bars import read_bars
from largesse.moderation.defaults import load_defaults
from largesse.moderation.errors import (
    Banned,
    CannotModerate,
    FollowersOnly,
    LinksOff,
    MessageNotFound,
    Muted,
    NotAModerator,
    SlowMode,
    WordBlocked,
)
from largesse.moderation.events import MODERATION, READERS, act_data, read_moderation, target_of
from largesse.moderation.figures import FIGURES
from largesse.moderation.forgetting import forget_person
from largesse.moderation.jobs import register_jobs
from largesse.moderation.model import AS_SAID, MaySpeak, MessageMark, MessageState, Standing
from largesse.moderation.pace import count_act
from largesse.moderation.port import Place, RoomsPort, register_rooms
from largesse.moderation.roles import assert_moderates, role_in, role_of
from largesse.moderation.speaking import (
    assert_may_speak,
    chat_rules,
    speak,
)
from largesse.moderation.states import message_states, pinned, pinned_by_approval, set_state

__all__ = [
    "AS_SAID",
    "FIGURES",
    "MODERATION",
    "READERS",
    "Banned",
    "Bans",
    "CannotModerate",
    "FollowersOnly",
    "LinksOff",
    "MaySpeak",
    "MessageMark",
    "MessageNotFound",
    "MessageState",
    "Muted",
    "NotAModerator",
    "Place",
    "RoomsPort",
    "SlowMode",
    "Standing",
    "WordBlocked",
    "act_data",
    "assert_may_speak",
    "assert_moderates",
    "ban_listener",
    "chat_rules",
    "count_act",
    "forget_person",
    "load_defaults",
    "message_states",
    "pinned",
    "pinned_by_approval",
    "read_bars",
    "read_moderation",
    "register_jobs",
    "register_rooms",
    "role_in",
    "role_of",
    "set_state",
    "speak",
    "target_of",
]
