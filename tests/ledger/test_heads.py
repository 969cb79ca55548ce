"""A signed head makes a tail that was cut off, an old backup and another history visible."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from largesse.ledger.proof import heads
from largesse.ledger.proof.heads import Head, HeadInvalid, HeadKeyInvalid, read_head
from largesse.ledger.proof.layout import moment
from largesse.ledger.proof.rows import read_batch
from largesse.ledger.proof.verify import verify_dir
from largesse.ledger.queries.exports import LaneHead
from tests.ledger import exported
from tests.ledger.exported import joined, read_lane, reseal, small_export, split, tamper

PRIVATE, PUBLIC = heads.new_keys()
TIME = "2026-11-22T01:39:51.123456Z"


def sign(head: Head) -> bytes:
    return heads.head_json(heads.sign(head, PRIVATE)).encode()


def head_of(folder: Path) -> Head:
    """Where a sound export ends."""
    lanes = verify_dir(folder).lanes
    ends = [LaneHead(lane.lane, lane.last_no, lane.last_hash) for lane in lanes]
    return Head(TIME, 26, 60, 20, ends)


def missing(folder: Path, head: Head) -> list[str]:
    """What verification says about an export and a head."""
    report = verify_dir(folder, wanted={lane.lane: lane.no for lane in head.lanes})
    assert report.ok, report.faults
    found = heads.lanes_found(report.lanes, report.hashes)
    return [why for _, why in heads.missing_from(head, found, place="the export")]


def test_a_signed_head_is_read_back() -> None:
    head = Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32), LaneHead(7, 2, b"b" * 32)])
    found = read_head(sign(head), PUBLIC)
    assert (found.lanes, found.batches, found.time) == (head.lanes, 3, TIME)


def test_the_signed_bytes_are_these() -> None:
    head = Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32), LaneHead(7, 2, b"b" * 32)])
    assert head.signed_bytes == (
        b"largesse-head-1\ntime 2026-11-22T01:39:51.123456Z\nbatches 3 gifts 4 transfers 5\n"
        b"lane 0 1 " + b"61" * 32 + b"\nlane 7 2 " + b"62" * 32 + b"\n"
    )


def test_keys_belong_together() -> None:
    assert heads.public_key_of(PRIVATE) == PUBLIC
    assert heads.new_keys()[0] != PRIVATE


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2026-11-22T01:39:51.123457Z"},
        {"batches": 4},
        {"gifts": 5},
        {"transfers": 0},
        {"lanes": []},
        {"lanes": [{"lane": 0, "no": 2, "hash": "61" * 32}]},
        {"lanes": [{"lane": 1, "no": 1, "hash": "61" * 32}]},
        {"lanes": [{"lane": 0, "no": 1, "hash": "62" * 32}]},
        {"signature": base64.b64encode(bytes(64)).decode()},
        {"signature": ""},
        {"signature": None},
        {"signature": "?"},
        {"signature": 5},
        {"format": "largesse-head-2"},
        {"time": None},
        {"lanes": None},
        {"lanes": [{}]},
        {"batches": True},
    ],
)
def test_a_head_that_was_changed_is_refused(change: dict[str, Any]) -> None:
    data = json.loads(sign(Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32)])))
    with pytest.raises(HeadInvalid):
        read_head(json.dumps(data | change).encode(), PUBLIC)


@pytest.mark.parametrize(
    "garbage", [b"", b"{}", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"lanes":1}']
)
def test_garbage_is_no_head(garbage: bytes) -> None:
    with pytest.raises(HeadInvalid):
        read_head(garbage, PUBLIC)


def test_another_key_does_not_fit() -> None:
    _, other = heads.new_keys()
    with pytest.raises(HeadInvalid, match="does not fit the public key"):
        read_head(sign(Head(TIME, 0, 0, 0, [])), other)


@pytest.mark.parametrize("key", ["", "x", "é", "AAAA", base64.b64encode(bytes(33)).decode()])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(HeadKeyInvalid):
        read_head(sign(Head(TIME, 0, 0, 0, [])), key)
    with pytest.raises(HeadKeyInvalid):
        heads.sign(Head(TIME, 0, 0, 0, []), key)


def test_an_export_contains_its_own_head_and_older_ones(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    assert missing(folder, head) == []
    batch = read_batch(split(joined(read_lane(folder, 3)))[11][0])
    older = Head(TIME, 12, 1, 1, [LaneHead(3, 12, batch.hash)])
    assert missing(folder, older) == []


def test_an_old_backup_is_told_exactly(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    tamper(folder, 3, lambda batches: batches.__delitem__(slice(12, None)))
    reseal(folder)
    assert missing(folder, head) == [
        f"lane 3 ends at batch 12 ({moment(exported.TIME + 12)}); the head signed at {TIME} names batch 20:"
        " 8 batches are missing"
    ]


def test_one_missing_batch_is_enough(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    tamper(folder, 0, lambda batches: batches.__delitem__(-1))
    reseal(folder)
    (why,) = missing(folder, head)
    assert why.endswith("names batch 6: 1 batch is missing")


def test_a_lane_that_is_missing_is_told(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    (folder / "lane-3.jsonl.gz").unlink()
    reseal(folder)
    assert missing(folder, head) == [
        f"lane 3 is not in the export; the head signed at {TIME} names batch 20"
    ]


def test_another_history_is_told(tmp_path: Path) -> None:
    head = head_of(small_export(tmp_path / "export"))
    other = small_export(tmp_path / "other", seed=2)
    whys = missing(other, head)
    assert len(whys) == 2
    assert whys[1].startswith("batch 20 of lane 3 has the hash ")
    assert whys[1].endswith("this is another history")


def test_a_partial_export_is_held_against_the_head_where_it_can_be(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    batches = [read_batch(batch[0]) for batch in split(joined(read_lane(folder, 3)))]
    tamper(folder, 3, lambda lines: lines.__delitem__(slice(0, 8)))
    reseal(folder)
    fits = Head(TIME, 1, 1, 1, [LaneHead(3, 8, batches[7].hash)])
    assert missing(folder, fits) == []
    forged = Head(TIME, 1, 1, 1, [LaneHead(3, 8, batches[6].hash)])
    assert "this is another history" in missing(folder, forged)[0]
    early = Head(TIME, 1, 1, 1, [LaneHead(3, 5, batches[4].hash)])
    assert missing(folder, early)[0].startswith("lane 3 starts at batch 9 in the export; ")
