"""What a soak found: the first quarter of the time beside the last, and what grew with streams and with visits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

Sample = Mapping[str, Any]
STREAMS, VISITS = 1_000, 10_000
"""Growth is told for so many."""
_SHOWN_MAX = 25
_ALIKE_PART = 0.05
"""What is within this part of where it was has not grown."""

_PLAIN: Mapping[str, tuple[str, Callable[[Sample], float]]] = {
    "memory_mb": ("memory, MB", lambda look: look["memory_bytes"] / 1e6),
    "postgres_mb": (
        "PostgreSQL's sessions, own memory, MB",
        lambda look: look["postgres_bytes"] / 1e6,
    ),
    "connections": ("database sessions", lambda look: look["connections"]),
    "tasks": ("tasks", lambda look: look["tasks"]),
    "descriptors": ("open files and sockets", lambda look: look["descriptors"]),
    "sockets": ("viewers' and overlays' sockets", lambda look: look["sockets"]),
    "rooms": ("rooms in memory", lambda look: look["rooms"]),
    "tracked": ("objects that the collector knows", lambda look: look["tracked"]),
    "garbage": ("objects in circles that nobody holds", lambda look: look["garbage"]),
    "lag_p50_ms": ("lag of the event loop, p50, ms", lambda look: look["lag_p50_ms"]),
    "lag_p99_ms": ("lag of the event loop, p99, ms", lambda look: look["lag_p99_ms"]),
}


def figures(samples: Sequence[Sample]) -> dict[str, Any]:
    """`samples` in their order, the last of them of the process that everybody has left."""
    *busy, empty = samples
    quarter = max(1, len(busy) // 4)
    first, last = busy[:quarter], busy[-quarter:]
    streams = _mean(last, _count("streams")) - _mean(first, _count("streams"))
    visits = _mean(last, _count("visits")) - _mean(first, _count("visits"))
    done = empty["done"]
    return {
        "looks": len(samples),
        "minutes": round((empty["at_s"] - samples[0]["at_s"]) / 60, 1),
        "done": done["counts"],
        "refused": done["refused"],
        "closed": done["closed"],
        "between": {"streams": round(streams), "visits": round(visits)},
        "plain": {
            name: _row(first, last, empty, streams, visits, of) for name, (_, of) in _PLAIN.items()
        },
        "held": _rows(first, last, empty, streams, visits, "held"),
        "lost": empty["lost"],
        "kinds": _rows(first, last, empty, streams, visits, "kinds"),
    }


def _count(name: str) -> Callable[[Sample], float]:
    return lambda look: float(look["done"]["counts"].get(name, 0))


def _mean(samples: Iterable[Sample], of: Callable[[Sample], float]) -> float:
    return fmean(map(of, samples))


def _row(
    first: Sequence[Sample],
    last: Sequence[Sample],
    empty: Sample,
    streams: float,
    visits: float,
    of: Callable[[Sample], float],
) -> dict[str, float]:
    before, after = _mean(first, of), _mean(last, of)
    grown = after - before
    return {
        "first": round(before, 1),
        "last": round(after, 1),
        "empty": round(of(empty), 1),
        "per_streams": round(grown / streams * STREAMS, 1) if streams else 0.0,
        "per_visits": round(grown / visits * VISITS, 1) if visits else 0.0,
    }


def _rows(
    first: Sequence[Sample],
    last: Sequence[Sample],
    empty: Sample,
    streams: float,
    visits: float,
    where: str,
) -> dict[str, dict[str, float]]:
    """By name, what grew most before the rest; what did not grow is left out."""
    names = {name for look in (*first, *last) for name in look[where]}
    rows = {
        name: _row(
            first,
            last,
            empty,
            streams,
            visits,
            lambda look, name=name: look[where].get(name, 0),  # type: ignore[misc]
        )
        for name in names
    }
    grown = {
        name: row for name, row in rows.items() if row["last"] > row["first"] * (1 + _ALIKE_PART)
    }
    return dict(sorted(grown.items(), key=lambda row: row[1]["first"] - row[1]["last"]))


def show(found: Mapping[str, Any]) -> None:
    """Print the table."""
    done = found["done"]
    said = ", ".join(f"{count:,} {what}" for what, count in sorted(done.items()))
    table = Table(
        title=f"A process over {found['minutes']} minutes",
        caption=f"{said}. `largesse ledger check` found nothing wrong.",
        caption_justify="left",
    )
    for heading in ("figure", "first quarter", "last quarter", "all have left"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    table.add_column(f"per {STREAMS:,} streams", justify="right")
    table.add_column(f"per {VISITS:,} visits", justify="right")
    for name, (label, _) in _PLAIN.items():
        _add(table, label, found["plain"][name])
    for title, where in (("entries held in", "held"), ("objects of", "kinds")):
        table.add_section()
        for name, row in list(found[where].items())[:_SHOWN_MAX]:
            _add(table, f"{title} {name}", row)
    Console().print(table)


def _add(table: Table, label: str, row: Mapping[str, float]) -> None:
    names = ("first", "last", "empty", "per_streams", "per_visits")
    table.add_row(label, *(f"{row[name]:,}" for name in names))
