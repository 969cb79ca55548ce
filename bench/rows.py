"""What the table shows of each benchmark's figures."""

from collections.abc import Callable, Iterator
from typing import Any

Figures = dict[str, Any]
Row = tuple[str, str]


def _core(found: Figures) -> Iterator[Row]:
    yield f"durable gifts/s, batches of up to {found['batch_size']}", _n(found["gifts_per_s"])
    yield "one gift per transaction, same rows (pgbench)", _n(found["one_per_transaction_per_s"])
    yield "ratio", str(found["ratio_to_one_per_transaction"])
    yield "bytes per gift, indexes and batches included", _n(found["bytes_per_gift"])
    yield "a batch, p50 / p99", f"{found['batch_p50_ms']} / {found['batch_p99_ms']} ms"
    for size, rate in found["gifts_per_s_by_batch_size"].items():
        yield f"gifts/s, batches of up to {size}", _n(rate)
    for skew, rate in found["gifts_per_s_by_skew"].items():
        yield f"gifts/s, {skew.replace('_', ' ')}", _n(rate)


def _live(way: str) -> Any:
    def rows(found: Figures) -> Iterator[Row]:
        yield f"gifts/s acknowledged over {way}", _rate(found)
        used = (f"{found[f'{part}_cpu_us_per_gift']} µs" for part in ("server", "postgres", "load"))
        yield "  processor time of a gift: server, PostgreSQL, load", ", ".join(used)
        for level in found["levels"]:
            in_flight = level["in_flight_each"]
            yield f"  {level['connections']} connections x {in_flight} on their way", _rate(level)

    return rows


def _rate(level: Figures) -> str:
    return f"{_n(level['gifts_per_s'])}   p50 {level['p50_ms']} ms, p99 {level['p99_ms']} ms"


def _history(found: Figures) -> Iterator[Row]:
    yield f"p95 of the slowest page at {_n(found['gifts'])} gifts", f"{found['p95_ms']} ms"
    for page, times in found["pages"].items():
        yield f"  {page.replace('_', ' ')}, p50 / p95", f"{times['p50_ms']} / {times['p95_ms']} ms"


def _n(number: float) -> str:
    return f"{number:,}"


def _fanout(found: Figures) -> Iterator[Row]:
    yield from _level("frames of their own", found["frame_of_its_own"], "frames")
    yield from _level("events, in frames of 50 ms", found["coalesced"], "deliveries")
    for name, baseline in found["baselines"].items():
        yield from _level(f"{name}, events", baseline, "frames")
    for name, ratios in found["ratios"].items():
        pairs = (f"{each.replace('_', ' ')} {ratio}" for each, ratio in ratios.items())
        yield f"times as much as {name}", ", ".join(pairs)


def _level(label: str, found: Figures, what: str) -> Iterator[Row]:
    """The best level, by the clock and for each second of the process's processor time."""
    best = max(found["levels"], key=lambda level: level[f"{what}_per_s"])
    rate, cpu = best[f"{what}_per_s"], best[f"{what}_per_cpu_s"]
    yield f"{label}/s to {_n(found['viewers'])} viewers", _n(rate)
    share = f"{_n(cpu)}   (the process got {best['server_cpu_percent']} % of a core)"
    yield "  for each second of processor time", share
    yield "  memory of a viewer", f"{_n(round(found['memory_bytes_per_viewer'] / 1024))} KiB"


def _latency(found: Figures) -> Iterator[Row]:
    for name, levels in found["contestants"].items():
        for level in levels:
            times = f"p50 {level['p50_ms']} ms, p99 {level['p99_ms']} ms"
            label = f"{name.replace('_', ' ')}, {_n(level['gifts_per_s'])} gifts/s"
            yield f"gift to another viewer: {label}", times if level["kept_up"] else "fell behind"


def _browser(found: Figures) -> Iterator[Row]:
    rate = found["gifts_per_s"]
    longest = f"{found['longest_task_cpu_ms']} ms, {found['longest_task_ms']} ms by the clock"
    yield f"a phone's longest task at {rate} gifts/s, processor time", longest
    over = f"{found['tasks_over_100_ms_cpu']}, {found['tasks_over_100_ms']} by the clock"
    yield "  tasks over 100 ms", over
    dropped = found["letters_dropped"] + found["taps_dropped"]
    yield "  letters and taps, dropped", f"{found['letters'] + found['taps']}, {dropped}"
    yield "  slowest answer to input", f"{found['input_worst_ms']} ms"


def _drain(found: Figures) -> Iterator[Row]:
    told = f"{found['told_p50_s']} s, {found['told_last_s']} s"
    yield (
        f"{_n(found['sockets'])} sockets of a server that is told to go: half told, all told",
        told,
    )
    spread = f"{_n(found['told_most_in_a_second'])}, {_n(found['back_most_in_a_second'])}"
    yield "  most of them told, and back elsewhere, in one second", spread
    away = f"p50 {found['away_p50_s']} s, p99 {found['away_p99_s']} s"
    yield "  from hearing of it until in the room again", away
    yield "  everybody back, the process gone", f"{found['back_last_s']} s, {found['gone_s']} s"
    gifts = f"{_n(found['gifts'])}, {_n(found['gifts_sent_again'])}"
    yield "  gifts meanwhile, sent a second time for want of an answer", gifts


ROWS: dict[str, Callable[[Figures], Iterator[Row]]] = {
    "core": _core,
    "websocket": _live("WebSocket"),
    "http": _live("HTTP"),
    "history": _history,
    "fanout": _fanout,
    "latency": _latency,
    "browser": _browser,
    "drain": _drain,
}
