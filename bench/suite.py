"""Runs the benchmarks, each on a database of its own, and shows what they found."""

import importlib
import inspect
import json
import os
from collections.abc import Sequence
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench import soak, soak_report
from bench.machine import machine, processor_ticks, stamp, stolen_percent
from bench.rows import ROWS, Figures
from bench.server import postgres

NAMES = ("core", "websocket", "http", "history", "fanout", "latency", "browser", "drain")
SOAK = "soak"
"""Beside them: it measures time rather than speed, and is run by its name alone."""
RESULTS = Path(__file__).resolve().parent / "results.json"


def figures(name: str, gifts: int | None = None) -> Figures:
    """One benchmark; `gifts` instead of as many as it takes to be exact."""
    module = importlib.import_module(f"bench.{name}")
    load = round(os.getloadavg()[0], 1)
    with postgres() as url:
        before = processor_ticks()
        found = module.measure(url, gifts=gifts or module.GIFTS)
        result: Figures = uvloop.run(found) if inspect.iscoroutine(found) else found
    stolen = stolen_percent(before, processor_ticks())
    return {**result, "stolen_percent": stolen, "load_before": load, "measured": stamp()}


def run_one(name: str, *, as_json: bool, gifts: int | None) -> None:
    """One benchmark, printed."""
    found = figures(name, gifts)
    if as_json:
        print(json.dumps(found))
    else:
        _print({name: found})


def run_all(names: Sequence[str] = (), gifts: int | None = None) -> None:
    """All of them, or those of these names: one table, and the same in `bench/results.json`.

    What is not measured anew stays there, each with its own date and commit.
    """
    if unknown := set(names) - set(NAMES):
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    results: Figures = json.loads(RESULTS.read_text()) if names else {}
    for kept in set(NAMES) & set(results):
        results[kept].setdefault("measured", {key: results["machine"][key] for key in stamp()})
    with postgres() as url:
        results["machine"] = machine(url)
    for name in names or NAMES:
        with console.status(f"bench {name}"):
            results[name] = figures(name, gifts)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    _print({name: results[name] for name in ("machine", *(names or NAMES))})


def run_soak(*, as_json: bool, minutes: float | None) -> None:
    """What a process holds after a long time, printed."""
    with postgres() as url:
        found = soak.measure(url, minutes=minutes)
    if as_json:
        print(json.dumps(found))
    else:
        soak_report.show(found)


def _print(results: Figures) -> None:
    table = Table(
        title="Largesse", caption=_caption(results.get("machine")), caption_justify="left"
    )
    table.add_column("figure")
    table.add_column("measured", justify="right")
    for name in NAMES:
        if name in results:
            for label, value in ROWS[name](results[name]):
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
