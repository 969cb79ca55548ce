"""Paid messages and cheers: what is said with coins."""

from largesse.messages.approving import approve, list_held, with_approved
from largesse.messages.defaults import load_defaults
from largesse.messages.desk import MessageDesk
from largesse.messages.events import PaidEvent, marks_of, paid_event, paid_events, told
from largesse.messages.figures import FIGURES
from largesse.messages.model import MessageRules
from largesse.messages.reading import (
    PaidMessage,
    paid_messages,
    pinned,
    pinned_by_approval,
    pinned_max,
)
from largesse.messages.schemas import HeldMessage, MessageOrder, MessageReceipt, message_receipt
from largesse.messages.service import send_cheer, send_paid_message

__all__ = [
    "FIGURES",
    "HeldMessage",
    "MessageDesk",
    "MessageOrder",
    "MessageReceipt",
    "MessageRules",
    "PaidEvent",
    "PaidMessage",
    "approve",
    "list_held",
    "load_defaults",
    "marks_of",
    "message_receipt",
    "paid_event",
    "paid_events",
    "paid_messages",
    "pinned",
    "pinned_by_approval",
    "pinned_max",
    "send_cheer",
    "send_paid_message",
    "told",
    "with_approved",
]
