"""Whatever happens to the bytes of an export is found where it lies, and nothing makes the verifier stumble."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from largesse.ledger.proof import layout
from largesse.ledger.proof.layout import BLOCK_HEAD
from largesse.ledger.proof.rows import is_batch
from largesse.ledger.proof.verify import FAULTS_MAX, verify_dir
from tests.ledger.exported import (
    FILES,
    LANE,
    edit,
    only_fault,
    place,
    small_export,
    tamper,
    write_sums,
)

SEEDS = range(40)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path / "export")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_any_changed_byte_is_found(folder: Path, name: str, seed: int) -> None:
    random_ = random.Random(seed)
    size = (folder / name).stat().st_size
    offset = seed if seed < 12 else size - seed + 11 if seed < 24 else random_.randrange(size)
    bits = 1 << random_.randrange(8)

    def flip(data: bytearray) -> None:
        data[offset] ^= bits

    edit(folder / name, flip)
    report = verify_dir(folder)
    assert not report.ok
    if name.startswith("lane"):
        assert {fault.file for fault in report.faults} == {name}


@pytest.mark.parametrize("seed", SEEDS)
def test_damage_stays_in_its_block_and_is_placed(folder: Path, seed: int) -> None:
    path, random_ = folder / LANE, random.Random(seed)
    starts = [
        at for at in range(path.stat().st_size) if path.read_bytes().startswith(BLOCK_HEAD, at)
    ]
    assert len(starts) == 5
    block = random_.randrange(4)
    offset = random_.randrange(starts[block] + len(BLOCK_HEAD), starts[block + 1])

    def overwrite(data: bytearray) -> None:
        data[offset] ^= 0xFF

    edit(path, overwrite)
    write_sums(folder)
    report = verify_dir(folder)
    assert {fault.batch for fault in report.faults} <= set(range(block * 4 + 1, block * 4 + 6))
    assert f"the block at byte {starts[block]} is damaged" in report.faults[0].detail
    assert report.lanes[1].last_no == 20


def test_a_header_that_is_damaged_costs_nothing_else(folder: Path) -> None:
    data = (folder / LANE).read_bytes()
    second = data.index(BLOCK_HEAD, 1)
    edit(folder / LANE, lambda data: data.__setitem__(second, 0))
    fault = only_fault(verify_dir(folder))
    assert "its gzip header is damaged; its rows are right" in fault.detail


@pytest.mark.parametrize("lane", [0, 3])
@pytest.mark.parametrize("seed", range(80))
def test_a_changed_byte_of_a_line_is_found_under_sound_packing(
    folder: Path, lane: int, seed: int
) -> None:
    random_ = random.Random(seed)
    expected: list[int | None] = []

    def flip(batches: list[list[bytes]]) -> None:
        batch = random_.choice(batches)
        at = random_.randrange(len(batch))
        line = bytearray(batch[at])
        line[random_.randrange(len(line) - 1)] ^= 1 << random_.randrange(8)
        expected.extend([batches.index(batch) + 1, at])
        batch[at] = bytes(line)

    tamper(folder, lane, flip)
    report = verify_dir(folder)
    assert not report.ok
    if expected[1]:
        assert (lane, *expected) in [place(fault) for fault in report.faults]


@pytest.mark.parametrize("seed", range(40))
def test_a_truncated_file_is_found_and_placed(folder: Path, seed: int) -> None:
    size = (folder / LANE).stat().st_size
    keep = seed if seed < 12 else random.Random(seed).randrange(size)
    edit(folder / LANE, lambda data: data.__delitem__(slice(keep, None)))
    write_sums(folder)
    report = verify_dir(folder)
    assert not report.ok
    assert {fault.file for fault in report.faults} == {LANE}
    details = " ".join(fault.detail for fault in report.faults)
    assert "batches are missing at the end" in details or "there is no batch in it" in details


GARBAGE = [
    b"",
    b"\n",
    b"{}",
    b"null",
    b"[" * 200_000,
    b'{"format":"largesse-export-1"}',
    b'{"format":"largesse-export-1","months":5,"lanes":{}}',
    b'{"format":"largesse-export-1","created_at":0,"software":0,"months":null,"lanes":[{}]}',
    b'{"format":["largesse-export-9"]}',
    b"\xff" * 100,
    BLOCK_HEAD,
    BLOCK_HEAD * 5,
    BLOCK_HEAD + b"\xff" * 1000,
    layout.block(b""),
    layout.block(b"[" * 100_000 + b"\n"),
    layout.block(b'{"no":1e999,"time":{},"leaves":""}\n'),
    layout.block(b'{"no":' + b"9" * 5000 + b',"leaves":""}\n'),
    layout.block(
        b'{"no":%d,"time":%d,"gifts":%d,"transfers":0,"prev_hash":"%s","hash":"%s","leaves":""}\n'
        % (1 << 70, 1 << 70, 1 << 70, b"0" * 64, b"0" * 64)
    ),
    layout.block(b'["G"]\n["T"]\n[]\n7\n"G"\n'),
]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_a_fault_and_never_an_error(folder: Path, name: str, garbage: bytes) -> None:
    (folder / name).write_bytes(garbage)
    report = verify_dir(folder)
    assert not report.ok
    assert all(str(fault) for fault in report.faults)


@pytest.mark.parametrize("values", range(20))
def test_values_of_any_kind_are_a_fault_and_never_an_error(folder: Path, values: int) -> None:
    for lane in (0, 3):

        def change(batches: list[list[bytes]]) -> None:
            for at, value in enumerate[Any](
                (None, True, 1.5, -1, 1 << 80, "", "é", [], {}, "\ud800")
            ):
                text = json.dumps(value).encode()
                parts = batches[at % 6][1].rstrip(b"]\n").split(b",")
                parts[values % len(parts)] = text
                batches[at % 6].append(b",".join(parts) + b"]\n")

        tamper(folder, lane, change)
    assert verify_dir(folder).faults_count >= 20


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_place_of_a_file_is_a_fault(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    assert not verify_dir(folder).ok


def test_no_folder_is_a_fault(tmp_path: Path) -> None:
    assert not verify_dir(tmp_path / "nowhere").ok
    (tmp_path / "file").write_text("x")
    assert not verify_dir(tmp_path / "file").ok


def test_many_faults_are_counted_and_cut_short(folder: Path) -> None:
    def change(batches: list[list[bytes]]) -> None:
        rows = [line for batch in batches for line in batch if not is_batch(line)]
        batches[2] += rows
        for batch in batches:
            batch += [b"[]\n"] * 30

    tamper(folder, 3, change)
    report = verify_dir(folder)
    assert len(report.faults) == FAULTS_MAX < report.faults_count
