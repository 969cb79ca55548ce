"""How many frames, and how many events, one process delivers to the viewers of its rooms; the same by the baselines.

Real gifts, every rule on, committed before anybody sees them. At a quiet pace each gift is a frame of its own; then the
same server gathers events into a frame every 50 ms, as it does by default. Baselines send each gift as it comes.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bench.live import Seat, problems, seat_viewers
from bench.machine import REST_S
from bench.rooms import BASELINES, Ask, Contestant, crowd, givers, largesse

GIFTS = 3_000
"""Of the fastest level; the slower ones last as long."""
VIEWERS = 500
"""Of each room, beside those who give."""
GIVERS = 40
"""Each may send 100 messages a second."""
QUIET_ROOMS = 2
"""A room leaves half of the time to others, so that it takes two to keep a process busy."""
QUIET_GIFTS_PER_S = (80, 160, 240)
BUSY_GIFTS_PER_S = (500, 1_000, 2_000, 3_000)
BASELINE_GIFTS_PER_S = 400
"""More than any of them can deliver to so many viewers."""
FRAME_INTERVAL_MS = 50
LEVEL_S = 5.0
_RAMP_S = 1.0
"""Of a level, before what is counted begins."""
_SWEEP_PAUSE_S = 0.03
"""The crowd reads in rounds: one read may bring several frames."""
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One server in one way of work."""

    seats: Sequence[Seat]
    """Givers first."""
    rooms: int
    level_s: float
    rest_s: float
    sound: bool
    """Whether each viewer must get each event, or only as many as the server can send."""


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """Both ways of ours, then each baseline."""
    level_s = LEVEL_S * min(1.0, gifts / GIFTS)
    rest_s = REST_S / 4 if gifts >= GIFTS else 0.0
    everybody = seat_viewers(url, viewers=QUIET_ROOMS * (VIEWERS + GIVERS), room_count=QUIET_ROOMS)
    quiet = Plan(everybody, QUIET_ROOMS, level_s, rest_s, True)
    one_room = [seat for seat in everybody if seat.room_id == everybody[0].room_id]
    busy = Plan(one_room, 1, level_s, rest_s, True)
    with largesse(url, frame_interval_ms=0) as server:
        frames = run(server, quiet, QUIET_GIFTS_PER_S)
    with largesse(url, frame_interval_ms=FRAME_INTERVAL_MS) as server:
        deliveries = run(server, busy, BUSY_GIFTS_PER_S)
    baselines = {}
    for name, start in BASELINES.items():
        with start() as server:
            plan = Plan(one_room, 1, level_s, rest_s, False)
            baselines[name] = run(server, plan, (BASELINE_GIFTS_PER_S,))
    assert problems(url) == []
    return _figures(frames, deliveries, baselines)


def run(server: Contestant, plan: Plan, rates: Sequence[int]) -> dict[str, Any]:
    """Fill the rooms, then one level after the other; the best of them, and all."""
    number = GIVERS * plan.rooms
    giving, watching = plan.seats[:number], plan.seats[number:]
    empty_bytes = server.memory_bytes()
    with crowd(server, watching, pause_s=_SWEEP_PAUSE_S) as count:
        time.sleep(_RAMP_S)
        each_bytes = (server.memory_bytes() - empty_bytes) / len(watching)
        with givers(server, giving, watchers=1) as give:
            levels = []
            for rate in rates:
                time.sleep(plan.rest_s)
                levels.append(_level(server, plan, count, give, rate))
    return {
        "viewers": len(plan.seats),
        "rooms": plan.rooms,
        "memory_bytes_per_viewer": round(each_bytes),
        "levels": levels,
    }


def _level(server: Contestant, plan: Plan, count: Ask, give: Ask, rate: int) -> dict[str, Any]:
    before = count({})
    patience_s = _PATIENCE_S if plan.sound else 0.0
    wanted = {"rate_per_s": rate, "duration_s": plan.level_s, "patience_s": patience_s}
    ramp_s = min(_RAMP_S, plan.level_s / 4)
    with ThreadPoolExecutor(1) as pool:
        giving = pool.submit(give, wanted)
        time.sleep(ramp_s)
        first, server_first_s = count({}), server.cpu_s()
        time.sleep(plan.level_s - 2 * ramp_s)
        last, server_last_s = count({}), server.cpu_s()
        given = giving.result()
    if plan.sound:
        _nothing_was_lost(plan, before, count, given)
    seconds = last["at_s"] - first["at_s"]
    server_s = max(0.01, server_last_s - server_first_s)
    frames, events = last["frames"] - first["frames"], last["events"] - first["events"]
    return {
        "gifts_per_s": rate,
        "frames_per_s": round(frames / seconds),
        "deliveries_per_s": round(events / seconds),
        "megabytes_per_s": round((last["bytes"] - first["bytes"]) / seconds / 1e6, 1),
        "server_cpu_percent": round(100 * server_s / seconds),
        "load_cpu_percent": round(100 * (last["cpu_s"] - first["cpu_s"]) / seconds),
        "frames_per_cpu_s": round(frames / server_s),
        "deliveries_per_cpu_s": round(events / server_s),
        "p50_ms": given["p50_ms"],
        "p99_ms": given["p99_ms"],
    }


def _nothing_was_lost(
    plan: Plan, before: dict[str, Any], count: Ask, given: dict[str, Any]
) -> None:
    """Every gift was acknowledged, every viewer of its room got its event once, and nobody was closed."""
    assert given["refused"] == 0, given["codes"]
    assert given["acknowledged"] == given["given"], given
    watching = len(plan.seats) - GIVERS * plan.rooms
    wanted = given["given"] * watching // plan.rooms
    deadline_s = time.monotonic() + _PATIENCE_S
    after = count({})
    while after["events"] - before["events"] < wanted and time.monotonic() < deadline_s:
        time.sleep(0.1)
        after = count({})
    assert after["closed"] == 0, "a viewer was closed"
    assert after["events"] - before["events"] == wanted, "events were lost or doubled"
    if plan.rooms == 1:
        assert after["events_least"] == after["events_most"], "viewers got different events"


def _figures(
    frames: dict[str, Any], deliveries: dict[str, Any], baselines: dict[str, Any]
) -> dict[str, Any]:
    most_frames = max(frames["levels"], key=lambda level: level["frames_per_s"])
    most_deliveries = max(deliveries["levels"], key=lambda level: level["deliveries_per_s"])
    rates = {name: found["levels"][0] for name, found in baselines.items()}
    return {
        "viewers": deliveries["viewers"],
        "frames_per_s": most_frames["frames_per_s"],
        "frames_per_cpu_s": most_frames["frames_per_cpu_s"],
        "deliveries_per_s": most_deliveries["deliveries_per_s"],
        "deliveries_per_cpu_s": most_deliveries["deliveries_per_cpu_s"],
        "memory_bytes_per_viewer": deliveries["memory_bytes_per_viewer"],
        "ratios": {
            name: {
                "frames": round(most_frames["frames_per_s"] / level["frames_per_s"], 2),
                "frames_per_cpu": round(
                    most_frames["frames_per_cpu_s"] / level["frames_per_cpu_s"], 2
                ),
                "deliveries": round(
                    most_deliveries["deliveries_per_s"] / level["deliveries_per_s"], 1
                ),
            }
            for name, level in rates.items()
        },
        "frame_of_its_own": frames,
        "coalesced": deliveries,
        "baselines": baselines,
    }
