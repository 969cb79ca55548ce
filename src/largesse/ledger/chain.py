"""The hash chain of a lane: what a batch's hash covers, byte by byte. docs/money.md describes the same for outsiders.

All numbers are big-endian and signed. `u` is a UUID's 16 bytes; `time` is microseconds since 1970-01-01 UTC.
A row has a leaf, the SHA-256 of its encoding; the batch's hash covers the leaves, so a row can be proved to an outsider
without showing the others.

    batch     "largesse-batch-1" prev_hash(32) lane(2) no(8) time(8) gifts(4) transfers(4) leaf(32)...
    gift      "G" sender(u) id(u) recipient(u) room(u) seq(8) coins_paid(8) coins_bonus(8) spent_before(8)
              milli_diamonds(8) time(8) count(4) gift_type_no(4) share_id(2) hold_days(2) optional(streak) message
    transfer  "T" owner(u) entry(u) line(2) from(u) from_code(2) to(u) to_code(2) amount(8) time(8)
              optional(reference) text(kind) text(asset)
    optional  0x00 for null, else 0x01 and the UUID
    text      length(4) and UTF-8; length -1 for null
    message   length(4) -2 and the digest(32), which is SHA-256 of salt(16) and the UTF-8; length -1 where there is none
              (gifts from before messages could be erased: text)

Leaves: gifts by (sender, id), then transfers by (owner, entry, line), ids compared as bytes. The first batch of a
lane has a prev_hash of 32 zero bytes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct

ZERO_HASH = bytes(32)

_VERSION = b"largesse-batch-1"
_BATCH = Struct(">16s32shqqii")
_TRANSFER = Struct(">c16s16sh16sh16shqq")
_LENGTH = Struct(">i")
_DIGEST = _LENGTH.pack(-2)
_NO_STREAK_NO_MESSAGE = b"\x00" + _LENGTH.pack(-1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """A moment as the chain writes it."""
    return (moment - _EPOCH) // _MICROSECOND


def gift_leaf(
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
) -> bytes:
    """The leaf of a gift row; a message counts by its digest, so that it can be erased."""
    body = gift_body(
        seq, coins_paid, coins_bonus, spent_before, milli_diamonds, time, count, gift_type_no,
        share_id, hold_days,
    )  # fmt: skip
    head, tail = gift_head(sender, id, recipient, room), gift_tail(streak, message, digest)
    return sha256(head + body + tail).digest()


def gift_head(sender: bytes, id: bytes, recipient: bytes, room: bytes) -> bytes:
    """The ids of a gift's encoding."""
    return b"".join((b"G", sender, id, recipient, room))


gift_body = Struct(">qqqqqqiihh").pack
"""The numbers of a gift's encoding, in the order of `gift_leaf`."""


def gift_tail(streak: bytes | None, message: str | None, digest: bytes | None) -> bytes:
    """The rest of a gift's encoding."""
    if streak is None and message is None and digest is None:
        return _NO_STREAK_NO_MESSAGE
    return _optional(streak) + (_text(message) if digest is None else _DIGEST + digest)


def message_digest(salt: bytes, message: str) -> bytes:
    """What stands for a message in its gift's leaf."""
    return sha256(salt + message.encode()).digest()


def transfer_leaf(
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
) -> bytes:
    """The leaf of a transfer row."""
    head = _TRANSFER.pack(
        b"T", owner, entry, line, from_id, from_code, to_id, to_code, amount, time
    )
    return sha256(head + _optional(reference) + _text(kind) + _text(asset)).digest()


def batch_hash(
    prev_hash: bytes,
    lane: int,
    no: int,
    time: int,
    gift_leaves: Sequence[bytes],
    transfer_leaves: Sequence[bytes],
) -> bytes:
    """The hash of a batch, given its rows' leaves in canonical order."""
    head = _BATCH.pack(_VERSION, prev_hash, lane, no, time, len(gift_leaves), len(transfer_leaves))
    return sha256(head + b"".join(gift_leaves) + b"".join(transfer_leaves)).digest()


def _optional(value: bytes | None) -> bytes:
    return b"\x00" if value is None else b"\x01" + value


def _text(value: str | None) -> bytes:
    if value is None:
        return _LENGTH.pack(-1)
    data = value.encode()
    return _LENGTH.pack(len(data)) + data
