"""The format of an export, as docs/howto/proof.md describes it byte by byte: names, lines and blocks.

A folder with `manifest.json`, `SHA256SUMS` and one `lane-N.jsonl.gz` per lane. A lane's file is a row of gzip members
(blocks), each with whole batches: one line for the batch, then one for each of its rows in the order of the chain.
"""

import json
import zlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct

LANE_FILES = "lane-*.jsonl.gz"

BLOCK_HEAD = bytes.fromhex("1f8b08000000000000ff")
"""A gzip header without name and time: the same before every block, so that a reader finds the next one."""
BLOCK_TAIL = Struct("<II")
"""CRC-32 of the block's text, and its length in bytes."""
BLOCK_TEXT_BYTES_MAX = 1 << 28
LEAF_BYTES = 32
_LEVEL = 1  # ids, hashes and leaves are random: more work makes it hardly smaller

_BATCH = (
    '{"no":%d,"time":%d,"gifts":%d,"transfers":%d,"prev_hash":"%s","hash":"%s","leaves":"%s"}\n'
)
_GIFT = '["G","%s","%s","%s","%s",%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%s,%s,%s,%s]\n'
_GIFT_ANONYMOUS = _GIFT.replace("]\n", ',"anonymous"]\n')
_TRANSFER = '["T","%s","%s",%d,"%s",%d,"%s",%d,%d,%d,%s,%s,%s]\n'
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_quoted = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch as its line has it; `time` in microseconds since 1970, `leaves` of all its rows, 32 bytes each."""

    no: int
    time: int
    gifts: int
    transfers: int
    prev_hash: bytes
    hash: bytes
    leaves: bytes


def lane_file(lane: int) -> str:
    """The name of a lane's file."""
    return f"lane-{lane}.jsonl.gz"


def moment(microseconds: int) -> str:
    """A time as people read it: 2026-11-22T01:39:51.123456Z."""
    try:
        at = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} µs"
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def batch_line(batch: Sealed) -> str:
    """The line of a batch."""
    return _BATCH % (
        batch.no,
        batch.time,
        batch.gifts,
        batch.transfers,
        batch.prev_hash.hex(),
        batch.hash.hex(),
        b64encode(batch.leaves).decode(),
    )


def gift_line(
    sender: bytes,
    id: bytes,
    recipient: bytes,
    room: bytes,
    seq: int,
    coins_paid: int,
    coins_bonus: int,
    spent_before: int,
    milli_diamonds: int,
    time: int,
    count: int,
    gift_type_no: int,
    share_id: int,
    hold_days: int,
    streak: bytes | None,
    message: str | None,
    digest: bytes | None,
    salt: bytes | None,
    anonymous: bool | None = None,
) -> str:
    """The line of a gift; the parameters are those of `chain.gift_leaf`, then the salt of the digest, and whether the
    giver wanted to stay unnamed (which the chain does not cover)."""
    return (_GIFT_ANONYMOUS if anonymous else _GIFT) % (
        sender.hex(), id.hex(), recipient.hex(), room.hex(), seq, coins_paid, coins_bonus, spent_before,
        milli_diamonds, time, count, gift_type_no, share_id, hold_days,
        "null" if streak is None else f'"{streak.hex()}"',
        "null" if message is None else _quoted(message),
        "null" if digest is None else f'"{digest.hex()}"',
        "null" if salt is None else f'"{salt.hex()}"',
    )  # fmt: skip


def transfer_line(
    owner: bytes,
    entry: bytes,
    line: int,
    from_id: bytes,
    from_code: int,
    to_id: bytes,
    to_code: int,
    amount: int,
    time: int,
    reference: bytes | None,
    kind: str,
    asset: str,
) -> str:
    """The line of a transfer; the parameters are those of `chain.transfer_leaf`."""
    return _TRANSFER % (
        owner.hex(), entry.hex(), line, from_id.hex(), from_code, to_id.hex(), to_code, amount, time,
        "null" if reference is None else f'"{reference.hex()}"',
        _quoted(kind), _quoted(asset),
    )  # fmt: skip


def block(text: bytes) -> bytes:
    """Lines of whole batches as one gzip member."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(text) + packer.flush()
    return BLOCK_HEAD + body + BLOCK_TAIL.pack(zlib.crc32(text), len(text))
