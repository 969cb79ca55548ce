"""Paid messages and cheers: what is said with coins."""

from largesse.messages.defaults import load_defaults
from largesse.messages.desk import MessageDesk

__all__ = ["MessageDesk", "load_defaults"]
