"""Runs the benchmarks, each on a database of its own, and shows what they found."""

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from bench.machine import machine, processor_ticks, stolen_percent
from bench.server import postgres

NAMES = ("core", "websocket", "http", "history", "fanout")
RESULTS = Path(__file__).resolve().parent / "results.json"

Figures = dict[str, Any]
Row = tuple[str, str]


def figures(name: str, gifts: int | None = None) -> Figures:
    """One benchmark; `gifts` instead of as many as it takes to be exact."""
    module = importlib.import_module(f"bench.{name}")
    with postgres() as url:
        before = processor_ticks()
        found = module.measure(url, gifts=gifts or module.GIFTS)
        result: Figures = uvloop.run(found) if inspect.iscoroutine(found) else found
    return {**result, "stolen_percent": stolen_percent(before, processor_ticks())}


def run_one(name: str, *, as_json: bool, gifts: int | None) -> None:
    """One benchmark, printed."""
    found = figures(name, gifts)
    if as_json:
        print(json.dumps(found))
    else:
        _print({name: found})


def run_all(gifts: int | None = None) -> None:
    """All of them: one table, and the same in `bench/results.json`."""
    console = Console(stderr=True)
    with postgres() as url:
        results: Figures = {"machine": machine(url)}
    for name in NAMES:
        with console.status(f"bench {name}"):
            results[name] = figures(name, gifts)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    _print(results)


def _print(results: Figures) -> None:
    table = Table(
        title="Largesse", caption=_caption(results.get("machine")), caption_justify="left"
    )
    table.add_column("figure")
    table.add_column("measured", justify="right")
    for name in NAMES:
        if name in results:
            for label, value in _ROWS[name](results[name]):
                table.add_row(label, value)
            stolen = results[name]["stolen_percent"]
            table.add_row("processor time that the machine's host kept back", f"{stolen} %")
            table.add_section()
    Console().print(table)


def _caption(machine: Figures | None) -> str | None:
    if machine is None:
        return None
    return (
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB, "
        f"fsync {machine['fsync']}, {machine['fsync_ms']} ms each, PostgreSQL {machine['postgres']}, "
        f"Python {machine['python']}, {machine['commit']}, {machine['date']}"
    )


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


_ROWS = {"core": _core, "websocket": _live("WebSocket"), "http": _live("HTTP"), "history": _history}
