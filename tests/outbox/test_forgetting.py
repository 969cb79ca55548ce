"""Texts leave an export that was made long ago, and it is proved as before."""

import asyncio
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from largesse import cli, ledger
from largesse.outbox import forgetting
from largesse.outbox.forgetting import ForgottenTexts, forget_texts
from tests.ledger.exported import LANE, small_export
from tests.outbox.past import Past, past
from tests.outbox.test_archive_texts import SAID, spoken, text_in

__all__ = ["past", "spoken"]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


async def test_a_person_leaves_an_archive_that_was_made_with_texts(
    spoken: Past, tmp_path: Path
) -> None:
    folder = tmp_path / "01"
    await spoken.archive(folder, texts=True)
    (folder / "NOTES").write_text("of the operator")
    (folder / "signed").mkdir()
    (folder / "signed" / "head.sig").write_text("of the operator")
    (folder / "latest").symlink_to("signed")
    folder.chmod(0o751)
    before = digests(folder)
    assert forget_texts(folder, spoken.sender) == ForgottenTexts(4, 1, 0)
    assert folder.stat().st_mode & 0o777 == 0o751
    text = text_in(folder)
    assert (text.count('"hello"'), text.count(SAID)) == (4, 1)
    report = ledger.verify_dir(folder)
    assert (report.ok, report.erased) == (True, 4)
    after = digests(folder)
    assert after["manifest.json"] == before["manifest.json"], "which the database has the digest of"
    for own in ("NOTES", "signed/head.sig"):
        assert after[own] == before[own]
    assert (folder / "latest").is_symlink()
    assert forget_texts(folder, spoken.sender) == ForgottenTexts(0, 0, 0)
    assert digests(folder) == after
    assert forget_texts(folder, None) == ForgottenTexts(4, 1, 0)
    text = text_in(folder)
    assert (text.count("hello"), text.count(SAID)) == (0, 0)
    assert ledger.verify_dir(folder).ok
    assert names(tmp_path) == ["01"]


def test_a_damaged_export_is_left_as_it_is(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    data = bytearray((folder / LANE).read_bytes())
    data[200] ^= 1
    (folder / LANE).write_bytes(data)
    before = digests(folder)
    with pytest.raises(ledger.ExportDamaged):
        forget_texts(folder, None)
    assert digests(folder) == before
    assert names(tmp_path) == ["export"]


def test_an_export_stays_when_its_place_cannot_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_export(tmp_path / "export")
    before = digests(folder)

    def fails(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(forgetting, "_exchange", fails)
    with pytest.raises(OSError, match=r"^$"):
        forget_texts(folder, None)
    assert digests(folder) == before
    assert names(tmp_path) == ["export"]


async def forget(*arguments: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, ["ledger", "forget", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


async def test_the_command_says_what_it_took_out(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    said = await forget(str(folder), "--user", str(uuid4()))
    assert "Taken out: 0 gift messages, texts of 0 room events." in said
    said = await forget(str(folder))
    report = ledger.verify_dir(folder)
    assert report.ok
    assert report.erased > 0
    assert f"Taken out: {report.erased} gift messages" in said
