"""The README quotes rooms as the benchmark printed them."""

import json
from pathlib import Path

from bench.rows import ROWS

ROOT = Path(__file__).resolve().parents[2]


def _cells(start: str) -> list[str]:
    """What the README's figures say from this one on, to the end of the table."""
    lines = (ROOT / "README.md").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"| {start}"))
    rows = lines[first : lines.index("", first)]
    return [line.rstrip("| ").rpartition("|")[2].strip() for line in rows]


def test_the_figures_of_rooms_are_those_that_were_printed() -> None:
    results = json.loads((ROOT / "bench" / "results.json").read_text())
    names = ("fanout", "latency", "browser")
    printed = "\n".join(value for name in names for _, value in ROWS[name](results[name]))
    cells = _cells("events delivered/s")
    assert len(cells) == 8
    for cell in cells[:-1]:
        for part in cell.replace("; ", ", ").split(", "):
            assert part in printed, part
    longest, dropped = cells[-1].split("; ")
    assert longest in printed
    assert f", {dropped}\n" in printed
