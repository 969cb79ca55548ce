"""Exports made without a database, and the ways to tamper with one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from largesse.ledger import chain
from largesse.ledger.proof import layout
from largesse.ledger.proof.comparing import Fault
from largesse.ledger.proof.layout import Sealed, lane_file
from largesse.ledger.proof.manifest import (
    MANIFEST,
    SUMS,
    LaneEntry,
    Manifest,
    manifest_text,
    sums_text,
)
from largesse.ledger.proof.reading import BlockReader
from largesse.ledger.proof.rows import is_batch, read_batch
from largesse.ledger.proof.verify import Report

TIME = 1_793_491_200_000_000
LANE = "lane-3.jsonl.gz"
FILES = [LANE, "lane-0.jsonl.gz", MANIFEST, SUMS]
MESSAGES = [None, None, "well played", 'quotes " and \\ and \n', "señor 🎁 \u2028 ünï"]

Blocks = list[list[bytes]]
"""The lines of a lane, block by block."""


def gift_values(random_: random.Random, at: int) -> list[Any]:
    """What a gift's line is made of."""
    message = MESSAGES[at % len(MESSAGES)]
    salt = random_.randbytes(16) if message is not None else None
    digest = (
        chain.message_digest(salt, message) if salt is not None and message is not None else None
    )
    return [
        *(random_.randbytes(16) for _ in range(4)), at, 10 + at, at % 3, at * 10, 5_000, TIME + at, 1, 7, 1, 21,
        random_.randbytes(16) if at % 4 == 0 else None, message, digest, salt,
    ]  # fmt: skip


def transfer_values(random_: random.Random, at: int) -> list[Any]:
    """What a transfer's line is made of."""
    return [
        *(random_.randbytes(16) for _ in range(2)), at % 9, bytes(16), 20, random_.randbytes(16), 1, 100 + at,
        TIME + at, random_.randbytes(16) if at % 2 else None, "top_up", "COIN",
    ]  # fmt: skip


def sealed_lines(
    lane: int, no: int, prev_hash: bytes, gifts: Sequence[list[Any]], transfers: Sequence[list[Any]]
) -> tuple[bytes, list[bytes]]:
    """The hash and the lines of a batch."""
    leaves = [chain.gift_leaf(*gift[:-1]) for gift in gifts]
    others = [chain.transfer_leaf(*transfer) for transfer in transfers]
    time = TIME + no
    hash = chain.batch_hash(prev_hash, lane, no, time, leaves, others)
    batch = Sealed(no, time, len(gifts), len(transfers), prev_hash, hash, b"".join(leaves + others))
    lines = [layout.batch_line(batch)]
    lines += [layout.gift_line(*gift) for gift in gifts]
    lines += [layout.transfer_line(*transfer) for transfer in transfers]
    return hash, [line.encode() for line in lines]


def lane_blocks(lane: int, batches: int, per_block: int, *, seed: int = 1) -> Blocks:
    """A lane with transfers (lane 0) or gifts in its batches, one to five in each."""
    random_ = random.Random(seed * 1_000 + lane)
    blocks: Blocks = []
    prev_hash = chain.ZERO_HASH
    for no in range(1, batches + 1):
        count = 1 + no % 5
        made = [(transfer_values if lane == 0 else gift_values)(random_, no + at) for at in range(count)]  # fmt: skip
        made.sort(key=lambda values: (values[0], values[1]))
        gifts, transfers = ([], made) if lane == 0 else (made, [])
        prev_hash, lines = sealed_lines(lane, no, prev_hash, gifts, transfers)
        if (no - 1) % per_block == 0:
            blocks.append([])
        blocks[-1] += lines
    return blocks


def small_export(folder: Path, *, seed: int = 1) -> Path:
    """Lane 0 with 6 batches of transfers, lane 3 with 20 batches of gifts in blocks of 4."""
    folder.mkdir()
    write_lane(folder, 0, lane_blocks(0, 6, 2, seed=seed))
    write_lane(folder, 3, lane_blocks(3, 20, 4, seed=seed))
    reseal(folder)
    return folder


def write_lane(folder: Path, lane: int, blocks: Blocks) -> None:
    """Pack a lane's lines."""
    data = b"".join(layout.block(b"".join(lines)) for lines in blocks)
    (folder / lane_file(lane)).write_bytes(data)


def read_lane(folder: Path, lane: int) -> Blocks:
    """The lines of a sound lane."""
    with (folder / lane_file(lane)).open("rb") as stream:
        return [block.text.splitlines(keepends=True) for block in BlockReader(stream)]


def write_sums(folder: Path) -> None:
    """Make SHA256SUMS fit whatever the files hold."""
    files = [path for path in folder.iterdir() if path.name != SUMS]
    sums = {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / SUMS).write_text(sums_text(sums))


def reseal(folder: Path) -> None:
    """Make manifest and SHA256SUMS fit the lanes, as whoever tampers with care would."""
    lanes: list[LaneEntry] = []
    for path in sorted(folder.glob(layout.LANE_FILES)):
        lane = int(path.name.split(".")[0].removeprefix("lane-"))
        lines = [line for block in read_lane(folder, lane) for line in block if is_batch(line)]
        batches = [read_batch(line) for line in lines]
        first, last = batches[0], batches[-1]
        gifts = sum(batch.gifts for batch in batches)
        transfers = sum(batch.transfers for batch in batches)
        lanes.append(
            LaneEntry(
                lane, first.no, first.prev_hash, last.no, last.hash, last.time, len(batches), gifts, transfers,
            )
        )  # fmt: skip
    write_manifest(folder, Manifest("2026-11-22T01:39:51.123456Z", "largesse 0.1.0", None, lanes))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The manifest, and SHA256SUMS that fits."""
    (folder / MANIFEST).write_text(manifest_text(manifest))
    write_sums(folder)


def tamper(folder: Path, lane: int, change: Callable[[list[list[bytes]]], None]) -> None:
    """Change a lane's batches (each a list of lines) and pack, list and sum it all anew."""
    blocks = read_lane(folder, lane)
    batches = [batch for block in blocks for batch in split(block)]
    change(batches)
    write_lane(folder, lane, [joined(batches[at : at + 4]) for at in range(0, len(batches), 4)])
    write_sums(folder)


def joined(parts: Blocks) -> list[bytes]:
    """The lines of several blocks or batches."""
    return [line for part in parts for line in part]


def split(lines: Sequence[bytes]) -> list[list[bytes]]:
    """Lines by batch."""
    batches: list[list[bytes]] = []
    for line in lines:
        if is_batch(line):
            batches.append([])
        batches[-1].append(line)
    return batches


def rehash(batch: list[bytes], lane: int, **changes: Any) -> list[bytes]:
    """A batch whose own line is changed and whose hash fits again."""
    sealed = replace(read_batch(batch[0]), **changes)
    leaves = [sealed.leaves[at : at + 32] for at in range(0, len(sealed.leaves), 32)]
    hash = chain.batch_hash(
        sealed.prev_hash, lane, sealed.no, sealed.time, leaves[: sealed.gifts], leaves[sealed.gifts :]
    )  # fmt: skip
    return [layout.batch_line(replace(sealed, hash=hash)).encode(), *batch[1:]]


def only_fault(report: Report) -> Fault:
    """The one fault besides digests."""
    faults = [fault for fault in report.faults if SUMS not in fault.detail]
    assert len(faults) == 1, [str(fault) for fault in report.faults]
    return faults[0]


def place(fault: Fault) -> tuple[int | None, int | None, int | None]:
    """Lane, batch and row of a fault."""
    return fault.lane, fault.batch, fault.row


def edit(path: Path, change: Callable[[bytearray], None]) -> None:
    """Change the bytes of a file."""
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)
