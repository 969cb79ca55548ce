"""The files of an export, where its lanes start and end, and what verification needs."""

import ast
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from largesse.ledger.proof import layout
from largesse.ledger.proof.manifest import MANIFEST, read_manifest
from largesse.ledger.proof.rows import read_batch
from largesse.ledger.proof.verify import verify_dir
from tests.ledger import exported
from tests.ledger.exported import (
    FILES,
    LANE,
    joined,
    only_fault,
    read_lane,
    reseal,
    small_export,
    split,
    tamper,
    write_sums,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path / "export")


def test_a_sound_export_is_ok(folder: Path) -> None:
    report = verify_dir(folder, wanted={3: 7})
    assert report.ok, [str(fault) for fault in report.faults]
    assert [(lane.lane, lane.first_no, lane.last_no) for lane in report.lanes] == [
        (0, 1, 6),
        (3, 1, 20),
    ]
    assert sum(lane.gifts for lane in report.lanes) == sum(1 + no % 5 for no in range(1, 21))
    assert report.hashes == {3: read_batch(split(joined(read_lane(folder, 3)))[6][0]).hash}


def test_progress_reaches_the_end(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    verify_dir(folder, on_progress=lambda done, total: told.append((done, total)))
    size = sum((folder / name).stat().st_size for name in FILES[:2])
    assert told[-1] == (size, size)


def test_lanes_cannot_change_places(folder: Path) -> None:
    (folder / LANE).rename(folder / "lane-4.jsonl.gz")
    reseal(folder)
    report = verify_dir(folder)
    assert "its rows and leaves do not give its hash" in {fault.detail for fault in report.faults}


def test_a_tail_cut_at_a_batch_is_told_by_the_manifest(folder: Path) -> None:
    tamper(folder, 3, lambda batches: batches.__delitem__(slice(17, None)))
    fault = only_fault(verify_dir(folder))
    assert fault.batch == 17
    assert fault.detail == (
        "it does not end where manifest.json says: at batch 20; 3 batches are missing at the end"
    )


def test_a_tail_cut_with_care_is_not_found_without_a_head(folder: Path) -> None:
    tamper(folder, 3, lambda batches: batches.__delitem__(slice(17, None)))
    reseal(folder)
    assert verify_dir(folder).ok


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    report = verify_dir(folder)
    assert (name, "it is missing") in [(fault.file, fault.detail) for fault in report.faults]
    assert len(report.lanes) == (1 if name.startswith("lane") else 2)


def test_a_file_too_many_is_named(folder: Path) -> None:
    (folder / "lane-7.jsonl.gz").write_bytes((folder / LANE).read_bytes())
    (folder / "lane-x.jsonl.gz").write_bytes(b"")
    write_sums(folder)
    faults = [(fault.file, fault.detail) for fault in verify_dir(folder).faults]
    assert ("lane-7.jsonl.gz", "manifest.json does not name it") in faults
    assert ("lane-x.jsonl.gz", "no export has a file of this name") in faults


@pytest.mark.parametrize(
    "key", ["first_no", "prev_hash", "last_no", "last_hash", "last_time", "gifts"]
)
def test_a_manifest_that_says_otherwise_is_found(folder: Path, key: str) -> None:
    manifest = read_manifest((folder / MANIFEST).read_bytes())
    value: Any = bytes(31) + b"x" if key.endswith("hash") else 5
    lanes = [manifest.lanes[0], replace(manifest.lanes[1], **{key: value})]
    exported.write_manifest(folder, replace(manifest, lanes=lanes))
    fault = only_fault(verify_dir(folder))
    assert (fault.file, fault.lane) == (LANE, 3)
    assert MANIFEST in fault.detail


def test_a_manifest_without_a_lane_is_found(folder: Path) -> None:
    manifest = read_manifest((folder / MANIFEST).read_bytes())
    exported.write_manifest(folder, replace(manifest, lanes=manifest.lanes[:1]))
    assert only_fault(verify_dir(folder)).detail == "manifest.json does not name it"


def test_a_start_that_is_not_batch_1_is_accepted_and_told(folder: Path) -> None:
    tamper(folder, 3, lambda batches: batches.__delitem__(slice(0, 6)))
    reseal(folder)
    report = verify_dir(folder)
    assert report.ok
    assert report.lanes[1].first_no == 7


def test_verification_needs_nothing_but_python() -> None:
    """Its files import the standard library, the chain and each other."""
    source = Path(layout.__file__).parent
    todo, seen = ["verify"], set[str]()
    while todo:
        name = todo.pop()
        seen.add(name)
        path = source.parent / "chain.py" if name == "chain" else source / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= sys.stdlib_module_names
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if module == "largesse.ledger" or module == "largesse.ledger.proof":
                    todo += [alias.name for alias in node.names if alias.name not in seen]
                elif module.startswith("largesse."):
                    package, _, own = module.rpartition(".")
                    assert package == "largesse.ledger.proof" or own == "chain", module
                    todo += [own] if own not in seen else []
                else:
                    assert module.split(".")[0] in sys.stdlib_module_names, module
    assert {"verify", "lane", "rows", "reading", "comparing", "manifest", "layout", "chain"} == seen
