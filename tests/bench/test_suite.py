"""Each benchmark runs, in small, and gives the figures that were promised."""

import json

import pytest
from typer.testing import CliRunner

import bench.core
import bench.http
import bench.suite
import bench.websocket
from bench.machine import processor_ticks, stolen_percent
from largesse.cli import app


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.core, "ROUNDS", 1)
    monkeypatch.setattr(bench.core, "SENDERS", 20)
    monkeypatch.setattr(bench.core, "ROOMS", 2)
    monkeypatch.setattr(bench.websocket, "SOCKETS", 4)
    monkeypatch.setattr(bench.websocket, "ROOMS", 2)
    monkeypatch.setattr(bench.websocket, "IN_FLIGHT_EACH", (1, 3))
    monkeypatch.setattr(bench.http, "CONNECTIONS", (1, 3))
    monkeypatch.setattr(bench.http, "ROOMS", 2)


def run(name: str, gifts: int) -> dict[str, object]:
    """`largesse bench NAME --json --gifts N`."""
    result = CliRunner().invoke(app, ["bench", name, "--json", "--gifts", str(gifts)])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_core_gives_the_rate_the_ratio_and_the_bytes() -> None:
    found = run("core", 50)
    for name in ("gifts_per_s", "ratio_to_one_per_transaction", "bytes_per_gift"):
        value = found[name]
        assert isinstance(value, int | float), name
        assert value > 0, name
    assert found["gifts_per_s_by_batch_size"].keys() == {"1", "16", "128", "512", "1024"}  # type: ignore[attr-defined]
    assert found["gifts_per_s_by_skew"].keys() == {"uniform", "one_creator", "zipf_senders"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "connections"), [("websocket", [4, 4]), ("http", [1, 3])], ids=["websocket", "http"]
)
def test_a_real_server_acknowledges_every_gift(name: str, connections: list[int]) -> None:
    found = run(name, 30)
    levels = found["levels"]
    assert isinstance(levels, list)
    assert [level["connections"] for level in levels] == connections
    for level in levels:
        assert level["refused"] == {}
        assert level["gifts"] == 30
        assert level["gifts_per_s"] > 0
        assert 0 < level["p50_ms"] <= level["p99_ms"]


def test_an_unknown_benchmark_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["bench", "nothing"])
    assert result.exit_code == 2
    assert "websocket" in result.output


def test_all_of_them_are_one_table_and_one_file(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = {
        "gifts_per_s": 7, "p50_ms": 1.0, "p99_ms": 2.0, "connections": 1, "in_flight_each": 1,
        "server_cpu_us_per_gift": 3, "postgres_cpu_us_per_gift": 4, "load_cpu_us_per_gift": 5,
    }  # fmt: skip
    found = {
        "core": {
            "gifts_per_s": 41_000, "one_per_transaction_per_s": 5_000, "batch_size": 512,
            "ratio_to_one_per_transaction": 8.2, "bytes_per_gift": 300, "batch_p50_ms": 9.0,
            "batch_p99_ms": 12.0, "gifts_per_s_by_batch_size": {"1": 900},
            "gifts_per_s_by_skew": {"one_creator": 39_000},
        },
        "websocket": {**live, "levels": [live]},
        "http": {**live, "levels": [live]},
        "history": {"gifts": 10, "p95_ms": 6.0, "pages": {"receipt": {"p50_ms": 1, "p95_ms": 6.0}}},
    }  # fmt: skip
    shared = {name: {**figures, "stolen_percent": 13} for name, figures in found.items()}
    monkeypatch.setattr(bench.suite, "figures", lambda name, gifts: shared[name])
    monkeypatch.setattr(bench.suite, "NAMES", tuple(shared))
    monkeypatch.setattr(bench.suite, "RESULTS", tmp_path_factory.mktemp("bench") / "results.json")
    monkeypatch.setenv("COLUMNS", "120")
    bench.suite.run_all()
    printed = capsys.readouterr().out
    for text in (
        "41,000",
        "one creator",
        "over WebSocket",
        "over HTTP",
        "fsync on",
        "receipt",
        "13 %",
    ):
        assert text in printed
    results = json.loads(bench.suite.RESULTS.read_text())
    assert results["core"] == shared["core"]
    machine = results["machine"]
    assert machine["cores"] > 0
    assert machine["fsync_ms"] > 0
    assert machine["postgres"].startswith("1")


def test_stolen_is_what_was_wanted_and_not_got() -> None:
    assert stolen_percent((100, 10), (100, 10)) == 0
    assert stolen_percent((100, 10), (400, 110)) == 25
    worked, stolen = processor_ticks()
    assert worked > 0
    assert stolen >= 0
