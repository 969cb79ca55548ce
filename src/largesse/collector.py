"""Python's garbage collector, set for a process that answers thousands of messages a second."""

import gc

_THRESHOLDS = (50_000, 5, 10)
"""Thousands of messages are on their way at any time, and none is in a circle: looking for circles less often is a
fifth less work. What is in circles waits a little longer: nothing of ours is, but errors of what we build on are, with
all that their frames hold. The second and third number bound it, to two or three million objects of what lived for
long; they are looked at only where so many were made more than went."""


def resume() -> None:
    """Once everything is imported: `largesse.entry` had the collector rest until now."""
    gc.freeze()
    gc.enable()


def settle() -> None:
    """Once a process has started: what start-up made stays, the collector need not walk it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
