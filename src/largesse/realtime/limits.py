"""Every limit of the live rooms, in one place, and the bucket that enforces rates."""

import time

SOCKETS_PER_USER_MAX = 20
SOCKETS_PER_ADDRESS_MAX = 1_000
"""Of a public address: a household, an office, a mobile network."""
SOCKETS_PER_ROOM_MAX = 50_000
ROOMS_MAX = 10_000
"""Rooms that one process has open."""
SOCKET_FRAME_BYTES_MAX = 8 * 1024
"""The largest message a client may send; larger ones are answered with `frame_too_large`."""
BAD_FRAMES_MAX = 20
"""After so many malformed messages the protocol counts as broken and the socket is closed."""
JOIN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 10.0
"""How long a slow client may take to drain what is on its way before the close frame."""
ENTERING_MAX = 8
"""Sockets let in at a time, fewer than the database connections there are: the others wait for their turn, for as long
as it takes. Thousands that come at once would else wait for connections, in vain, and come again."""
SHUTDOWN_TIMEOUT_S = 5.0
DRAIN_SOCKETS_PER_S = 500
DRAIN_SPREAD_MAX_S = 8.0
"""A process that ends closes its sockets at this pace, and faster when it would take longer than that."""
OUTBOX_FRAMES_MAX = 256
"""Frames waiting for one socket; beyond it the socket is too slow and is closed."""
GIFTS_IN_FLIGHT_MAX = 64
"""Gifts of one socket between arrival and commit; the next one waits unread."""
MESSAGES_PER_S = 100.0
MESSAGES_BURST = 200.0
REFUSED_PER_S = 20.0
REFUSED_BURST = 1000.0
"""Messages refused as too fast; who does not slow down even then is closed."""
PINGS_PER_S = 2.0
PINGS_BURST = 50.0
PINGS_IGNORED_MAX = 1000
"""Pings of the WebSocket protocol: further ones are not answered, and end the connection when they do not stop."""
FRAGMENTS_MAX = 1000
"""Pieces of one message."""
RECHECK_S = 15.0
"""A session is looked up again before it pays or speaks when the last look is older than this."""
SESSION_WATCH_S = 60.0
"""How often the session of a socket that only listens is looked up."""

RECENT_EVENTS_MAX = 50
PINNED_KEPT = 500
"""So many paid messages are kept before those whose time is over are let go: a clock may have jumped for a moment."""
REPLAY_EVENTS_MAX = 1000
FRAME_EVENTS_MAX = 250
FRAME_PAUSE_MAX_S = 1.0
"""Between two frames of a busy room at most, however many sockets it has."""
HELD_EVENTS_MAX = 10_000
"""Events held back behind a gap; the rest is read from the log."""
GAP_WAIT_S = 0.25
"""How long a missing number may be on its way before it is read from the log."""
GAP_RETRY_S = 1.0
IDLE_ROOM_S = 1.0
"""How long a loaded room waits for the first of those who asked for it."""
SUMMARY_INTERVAL_S = 1.0
"""Supporters and the viewer count are told at most this often."""


class TokenBucket:
    """`burst` at once, then `rate_per_s`."""

    def __init__(self, *, rate_per_s: float, burst: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._filled_at_s = time.monotonic()

    def take(self) -> bool:
        """Use one token; false when there is none."""
        moment_s = time.monotonic()
        grown = self._tokens + (moment_s - self._filled_at_s) * self._rate_per_s
        self._tokens = min(self._burst, grown)
        self._filled_at_s = moment_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
