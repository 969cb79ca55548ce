"""A server that is told to go, in small: everybody hears 1001 and comes back, and no gift is lost or counted twice."""

import json

import pytest
from typer.testing import CliRunner

import bench.drain
from bench.rows import ROWS
from largesse.cli import app


def test_all_are_told_and_come_back_and_each_gift_counts_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench.drain, "SOCKETS", 30)
    monkeypatch.setattr(bench.drain, "ROOMS", 2)
    monkeypatch.setattr(bench.drain, "GIVERS", 4)
    monkeypatch.setattr(bench.drain, "_STEADY_S", 0.2)
    result = CliRunner().invoke(app, ["bench", "drain", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["codes"] == {"1001": 30}
    assert found["gifts"] > 0
    assert found["told_last_s"] <= found["back_last_s"]
    assert any("told to go" in label for label, _ in ROWS["drain"](found))
