"""Whatever happens to an export is found, and named as closely as can be; nothing makes the verifier stumble."""

import ast
import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from largesse.ledger import chain
from largesse.ledger.proof import layout
from largesse.ledger.proof.comparing import Fault
from largesse.ledger.proof.layout import BLOCK_HEAD
from largesse.ledger.proof.manifest import MANIFEST, SUMS, read_manifest
from largesse.ledger.proof.rows import is_batch, read_batch
from largesse.ledger.proof.verify import FAULTS_MAX, Report, verify_dir
from tests.ledger import exported
from tests.ledger.exported import (
    joined,
    read_lane,
    rehash,
    reseal,
    small_export,
    split,
    tamper,
    write_sums,
)

LANE = "lane-3.jsonl.gz"
FILES = [LANE, "lane-0.jsonl.gz", MANIFEST, SUMS]
SEEDS = range(60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path / "export")


def only_fault(report: Report) -> Fault:
    """The one fault besides digests."""
    faults = [fault for fault in report.faults if SUMS not in fault.detail]
    assert len(faults) == 1, [str(fault) for fault in report.faults]
    return faults[0]


def place(fault: Fault) -> tuple[int | None, int | None, int | None]:
    return fault.lane, fault.batch, fault.row


def edit(path: Path, change: Callable[[bytearray], None]) -> None:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


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
@pytest.mark.parametrize("seed", range(150))
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


ROW = b'["G",'


def changed(line: bytes, at: int, value: Any) -> bytes:
    values = json.loads(line)
    values[at] = value
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def change_coins(batches: list[list[bytes]]) -> None:
    batches[3][2] = changed(batches[3][2], 6, 999)


def remove_row(batches: list[list[bytes]]) -> None:
    del batches[3][2]


def add_row(batches: list[list[bytes]]) -> None:
    batches[3].insert(2, batches[8][1])


def repeat_row(batches: list[list[bytes]]) -> None:
    batches[3].insert(4, batches[3][2])


def swap_rows(batches: list[list[bytes]]) -> None:
    batches[3][2], batches[3][3] = batches[3][3], batches[3][2]


def garble_row(batches: list[list[bytes]]) -> None:
    batches[3][2] = b"\xff\xfe garbage\n"


def retell_row(batches: list[list[bytes]]) -> None:
    batches[3][2] = batches[3][2].replace(b'","', b'", "', 1)


def truth_for_one(batches: list[list[bytes]]) -> None:
    values = json.loads(batches[3][2])
    assert values[11] == 1
    batches[3][2] = changed(batches[3][2], 11, True)


@pytest.mark.parametrize(
    ("change", "row", "detail"),
    [
        (change_coins, 2, "it was changed: it does not give leaf 2"),
        (remove_row, 2, "it is missing"),
        (add_row, 2, "it was added: it has no leaf"),
        (repeat_row, 4, "it stands there twice, first as row 2"),
        (swap_rows, 3, "it stands in the wrong place: it is row 2"),
        (garble_row, 2, "its line cannot be read"),
        (retell_row, 2, "is not as an export writes it"),
        (truth_for_one, 2, "is not as an export writes it"),
    ],
)
def test_a_row_that_is_wrong_is_named(
    folder: Path, change: Callable[[list[list[bytes]]], None], row: int, detail: str
) -> None:
    id_before = json.loads(split(read_lane(folder, 3)[0])[3][2])[2]
    tamper(folder, 3, change)
    fault = only_fault(verify_dir(folder))
    assert (place(fault), fault.file) == ((3, 4, row), LANE)
    assert detail in fault.detail
    if change is change_coins:
        assert (fault.kind, (fault.id or "").replace("-", "")) == ("gift", id_before)
        assert str(fault).startswith(f"{LANE}: lane 3 batch 4 row 2 (gift {id_before[:8]}-")


def test_a_transfer_is_named_by_entry_and_line(folder: Path) -> None:
    def change(batches: list[list[bytes]]) -> None:
        batches[1][1] = changed(batches[1][1], 8, 1)

    tamper(folder, 0, change)
    fault = only_fault(verify_dir(folder))
    assert (place(fault), fault.kind) == ((0, 2, 1), "transfer")
    assert " line " in (fault.id or "")


def remove_batch(batches: list[list[bytes]]) -> None:
    del batches[5]


def repeat_batch(batches: list[list[bytes]]) -> None:
    batches.insert(6, batches[5])


def swap_batches(batches: list[list[bytes]]) -> None:
    batches[5], batches[6] = batches[6], batches[5]


def garble_batch(batches: list[list[bytes]]) -> None:
    batches[5][0] = batches[5][0].replace(b'"hash":"', b'"hash":"z')


def leave_out_leaves(batches: list[list[bytes]]) -> None:
    sealed = read_batch(batches[5][0])
    batches[5][0] = layout.batch_line(replace(sealed, leaves=sealed.leaves[32:])).encode()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (remove_batch, [(7, "batches 6 to 6 before it are missing")]),
        (repeat_batch, [(6, "it stands there twice")]),
        (
            swap_batches,
            [(7, "batches 6 to 6 before it are missing"), (6, "it stands behind batch 7")],
        ),
        (
            garble_batch,
            [
                (6, "its line cannot be read"),
                (7, "batches 6 to 6 before it could not be read"),
            ],
        ),
        (leave_out_leaves, [(6, "its list of leaves is not that of its rows, which are right")]),
    ],
)
def test_a_batch_that_is_wrong_is_named(
    folder: Path,
    change: Callable[[list[list[bytes]]], None],
    expected: list[tuple[int, str]],
) -> None:
    tamper(folder, 3, change)
    faults = verify_dir(folder).faults
    assert [(fault.batch, fault.detail) for fault in faults] == expected


def test_rows_and_leaves_changed_together_do_not_give_the_hash(folder: Path) -> None:
    def change(batches: list[list[bytes]]) -> None:
        batches[3][2] = changed(batches[3][2], 6, 999)
        refit(batches[3])

    tamper(folder, 3, change)
    fault = only_fault(verify_dir(folder))
    assert (place(fault), fault.detail) == (
        (3, 4, None),
        "its rows and leaves do not give its hash",
    )


def test_hash_and_all_changed_together_break_the_link_to_the_next(folder: Path) -> None:
    def change(batches: list[list[bytes]]) -> None:
        batches[3][2] = changed(batches[3][2], 6, 999)
        refit(batches[3])
        batches[3] = rehash(batches[3], 3)

    tamper(folder, 3, change)
    fault = only_fault(verify_dir(folder))
    assert (place(fault), fault.detail) == (
        (3, 5, None),
        "its prev_hash is not the hash of batch 4",
    )


def refit(batch: list[bytes]) -> None:
    """Make the leaves of a batch those of its rows."""
    leaves = []
    for line in batch[1:]:
        values: list[Any] = [
            bytes.fromhex(value) if isinstance(value, str) and at not in (15,) else value
            for at, value in enumerate(json.loads(line)[1:])
        ]
        leaves.append(chain.gift_leaf(*values[:-1]))
    sealed = replace(read_batch(batch[0]), leaves=b"".join(leaves))
    batch[0] = layout.batch_line(sealed).encode()


def test_lanes_cannot_change_places(folder: Path) -> None:
    (folder / LANE).rename(folder / "lane-4.jsonl.gz")
    reseal(folder)
    report = verify_dir(folder)
    assert "its rows and leaves do not give its hash" in {fault.detail for fault in report.faults}


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


def with_message(folder: Path, *values: Any) -> Report:
    """An export of one gift whose message, digest and salt are these."""
    folder.mkdir()
    gift = exported.gift_values(random.Random(1), 1)
    gift[-3:] = values
    _, lines = exported.sealed_lines(1, 1, chain.ZERO_HASH, [gift], [])
    exported.write_lane(folder, 1, [lines])
    reseal(folder)
    return verify_dir(folder)


SALT = b"s" * 16
DIGEST = chain.message_digest(SALT, "hé")


@pytest.mark.parametrize(
    ("values", "erased", "detail"),
    [
        ((None, None, None), 0, None),
        (("from before digests", None, None), 0, None),
        (("hé", DIGEST, SALT), 0, None),
        ((None, DIGEST, None), 1, None),
        (("ho", DIGEST, SALT), 0, "its message does not give its digest"),
        (("hé", DIGEST, b"t" * 16), 0, "its message does not give its digest"),
        (("hé", DIGEST, None), 0, "one is missing"),
        ((None, DIGEST, SALT), 1, "one is missing"),
        (("hé", None, SALT), 0, "a salt without a digest"),
    ],
)
def test_messages_stand_in_for_their_digests(
    tmp_path: Path, values: tuple[Any, ...], erased: int, detail: str | None
) -> None:
    report = with_message(tmp_path / "export", *values)
    assert report.erased == erased
    if detail is None:
        assert report.ok, report.faults
    else:
        fault = only_fault(report)
        assert detail in fault.detail
        assert place(fault) == (1, 1, 1)


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
