"""A server with thousands of sockets is told to go: how long until all know, how evenly, and until they are back.

Two processes serve one database. Clients of the first come back at the second, as behind a load balancer, after the
random wait of the web's clients. Some give all the while: each gift counts once, whichever process answered it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.drain_crowd import PASSING
from bench.live import Seat, problems, seat_viewers, serving

GIFTS = 0
"""As many as come; `--gifts` changes nothing here."""
SOCKETS = 5_000
ROOMS = 25
GIVERS = 25
"""One in each room."""
_STEADY_S = 2.0
"""Before the server is told to go."""
_PATIENCE_S = 60.0
_ROOT = Path(__file__).resolve().parent.parent


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """The end of the first server, seen by its clients and by the machine."""
    seats = seat_viewers(url, viewers=SOCKETS, room_count=ROOMS)
    with serving(url, bus="postgres") as first, serving(url, bus="postgres") as second:
        found = _drain(first.pid, [first.port, second.port], seats)
        written = second.gifts()
    assert set(found["refused"]) <= PASSING, found["refused"]
    assert written == found["gifts"], f"{written} gifts of {found['gifts']}"
    assert problems(url) == []
    return _figures(found)


def _drain(pid: int, ports: Sequence[int], seats: Sequence[Seat]) -> dict[str, Any]:
    """What the crowd tells, and when the first process was gone."""
    crowd = subprocess.Popen(
        [sys.executable, "-m", "bench.drain_crowd"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with crowd:
        assert crowd.stdin is not None
        assert crowd.stdout is not None
        people = [[seat.token, str(seat.room_id)] for seat in seats]
        plan = {"ports": list(ports), "seats": people, "givers": GIVERS}
        crowd.stdin.write(json.dumps(plan).encode() + b"\n")
        crowd.stdin.flush()
        if not crowd.stdout.readline():
            raise RuntimeError("the crowd did not get in")
        time.sleep(_STEADY_S)
        began_s = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        crowd.stdin.write(json.dumps({"at_s": began_s}).encode() + b"\n")
        crowd.stdin.flush()
        gone_s = _until_gone(pid) - began_s
        answer = crowd.stdout.readline()
        if not answer:
            raise RuntimeError("the crowd did not come back")
    return {**json.loads(answer), "gone_s": gone_s}


def _until_gone(pid: int) -> float:
    """When a process of ours had ended."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while _runs(pid):
        if time.monotonic() > deadline_s:
            raise RuntimeError("the server did not end")
        time.sleep(0.02)
    return time.monotonic()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    told_s, back_s, away_s = found["told_s"], found["back_s"], found["away_s"]
    return {
        "sockets": SOCKETS,
        "codes": found["codes"],
        "told_p50_s": _round(_part(told_s, 0.5)),
        "told_last_s": _round(told_s[-1]),
        "told_most_in_a_second": _most(told_s),
        "gone_s": _round(found["gone_s"]),
        "back_last_s": _round(back_s[-1]),
        "back_most_in_a_second": _most(back_s),
        "away_p50_s": _round(_part(away_s, 0.5)),
        "away_p99_s": _round(_part(away_s, 0.99)),
        "away_most_s": _round(away_s[-1]),
        "tries": found["tries"],
        "gifts": found["gifts"],
        "gifts_sent_again": found["sent_again"],
    }


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _most(moments_s: Sequence[float]) -> int:
    """In the busiest second."""
    return max(Counter(int(at_s) for at_s in moments_s).values())


def _round(value_s: float) -> float:
    return round(value_s, 2)
