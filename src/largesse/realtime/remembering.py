"""The encoded events that a room remembers, for those who come back after a moment."""

from collections import deque

from largesse.realtime.retelling import Change, mentions, retold
from largesse.realtime.told import read_told
from largesse.realtime.writing import write_event


def retell(log: deque[tuple[int, str]], change: Change) -> None:
    """Let what is remembered read as it does after the change: nobody is sent a text that was removed."""
    may_matter = mentions(change)
    for place, (seq, text) in enumerate(log):
        if not may_matter(seq, text) or (earlier := read_told(text)) is None:
            continue
        now = retold(earlier.event, change)
        if now is not earlier.event:
            log[place] = (seq, write_event(now))
