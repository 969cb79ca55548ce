"""Rows, batches and messages that are not what they were are found and named."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from largesse.ledger import chain
from largesse.ledger.proof import layout
from largesse.ledger.proof.rows import read_batch
from largesse.ledger.proof.verify import Report, verify_dir
from tests.ledger import exported
from tests.ledger.exported import (
    LANE,
    only_fault,
    place,
    read_lane,
    rehash,
    reseal,
    small_export,
    split,
    tamper,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path / "export")


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
