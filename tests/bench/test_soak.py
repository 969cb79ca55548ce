"""A soak in small: a server lives some seconds, all leave, nothing of them stays, and the table says what grew."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

import bench.soak
from bench.soak_report import figures, show
from largesse.cli import app


def test_all_leave_and_the_table_shows_what_the_process_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench.soak, "ROOMS", 2)
    monkeypatch.setattr(bench.soak, "VISITS_PER_S", 5.0)
    monkeypatch.setattr(bench.soak, "EVERY_S", 0.5)
    monkeypatch.setattr(bench.soak, "_QUIET_S", 2.0)
    result = CliRunner().invoke(app, ["bench", "soak", "--json", "--minutes", "0.1"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["done"]["streams"] > 0
    assert found["done"]["visits"] > 0
    assert found["plain"]["rooms"]["empty"] == found["plain"]["sockets"]["empty"] == 0
    assert found["plain"]["memory_mb"]["last"] > 0
    monkeypatch.setenv("COLUMNS", "200")
    show(found)
    printed = capsys.readouterr().out
    for text in ("memory, MB", "rooms in memory", "all have left", "per 1,000 streams"):
        assert text in printed


def _look(at_s: float, streams: int, held: dict[str, int], kept: int = 0) -> dict[str, Any]:
    names = (
        "memory_bytes postgres_bytes connections tasks descriptors sockets rooms tracked garbage"
        " lag_p50_ms lag_p99_ms"
    )
    done = {"counts": {"streams": streams, "visits": 10 * streams}, "refused": {}, "closed": {}}
    looks = {**dict.fromkeys(names.split(), 7), "tasks": kept}
    return {"at_s": at_s, "done": done, "held": held, "kinds": {}, "lost": {}, **looks}


def test_growth_is_told_for_so_many_streams_and_visits() -> None:
    looks = [
        _look(60.0 * number, 10 * number, {"Desk.names": 30 * number, "Hub.rooms": 4}, number)
        for number in range(9)
    ]
    found = figures(looks)
    assert found["between"] == {"streams": 60, "visits": 600}  # from 0 and 10 to 60 and 70
    assert found["minutes"] == 8.0
    assert list(found["held"]) == ["Desk.names"]
    row = found["held"]["Desk.names"]
    assert (row["first"], row["last"], row["empty"]) == (15, 195, 240)
    assert (row["per_streams"], row["per_visits"]) == (3_000, 3_000)
    assert found["plain"]["tasks"]["per_streams"] == 100
    assert found["plain"]["rooms"]["per_streams"] == 0
