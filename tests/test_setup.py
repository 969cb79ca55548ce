"""`make` sets up again what was made from something else."""

from pathlib import Path

import pytest

from scripts import setup


def test_every_goal_installs_the_project_when_its_commands_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[object] = []
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / "venv")
    monkeypatch.setattr(setup, "BIN", tmp_path / "venv")
    monkeypatch.setattr(setup, "run", lambda *command: installed.append(command[-1]))
    project, command = tmp_path / "pyproject.toml", tmp_path / "venv" / "largesse"
    project.write_text('largesse = "largesse.cli:main"')
    command.parent.mkdir()
    command.touch()
    for _ in range(2):
        setup.project()
    assert installed == [tmp_path]
    project.write_text('largesse = "largesse.entry:main"')
    for _ in range(2):
        setup.project()
    assert installed == [tmp_path] * 2
    command.unlink()
    setup.project()
    assert installed == [tmp_path] * 3
    assert all(setup.environment in goal for goal in setup.GOALS.values())
