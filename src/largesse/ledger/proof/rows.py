"""Reads the lines of an export strictly: a line is right only when it is, byte for byte, what an export writes."""

import json
import struct
from base64 import b64decode
from typing import Any, NamedTuple

from largesse.ledger import chain
from largesse.ledger.proof import layout
from largesse.ledger.proof.layout import LEAF_BYTES, Sealed

_UUID_HEX = 32
_GIFT_FIELDS = 19
_ANONYMOUS = "anonymous"
"""What the line of a gift ends with whose giver wanted to stay unnamed."""
_parse = json.JSONDecoder().raw_decode
# What broken lines make the parsers and packers raise; a deep nest of brackets ends in RecursionError.
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
    RecursionError,
)


class Unreadable(Exception):
    """A line that no export writes; the text says what is wrong with it."""


class Row(NamedTuple):
    """A row as verification needs it."""

    kind: str
    """gift or transfer."""
    key: tuple[str, int | None]
    """The id of a gift; the entry of a transfer, and its line."""
    leaf: bytes
    erased: bool = False
    """A gift whose message was erased: its digest stays."""
    trouble: str | None = None
    """The leaf is right, and yet the line is not."""

    @property
    def id(self) -> str:
        """The key as people write it."""
        text, line = self.key
        dashed = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        return dashed if line is None else f"{dashed} line {line}"


def is_batch(line: bytes) -> bool:
    """Whether a line is of a batch, also when it is damaged: inside a row's texts quotes are escaped."""
    return line.startswith(b'{"no"') or b'"leaves":"' in line


def read_batch(line: bytes) -> Sealed:
    """A batch's line; raises Unreadable."""
    try:
        text = line.decode()
        data = _parse(text)[0]
        batch = Sealed(
            no=data["no"],
            time=data["time"],
            gifts=data["gifts"],
            transfers=data["transfers"],
            prev_hash=_bytes(data["prev_hash"], 32),
            hash=_bytes(data["hash"], 32),
            leaves=b64decode(data["leaves"], validate=True),
        )
        same = layout.batch_line(batch) == text
    except _BROKEN:
        raise Unreadable("its line cannot be read") from None
    if not same or len(batch.leaves) % LEAF_BYTES:
        raise Unreadable("its line is not as an export writes it")
    counts = (batch.gifts, batch.transfers)
    if not 1 <= batch.no < 1 << 63 or not all(0 <= count < 1 << 31 for count in counts):
        raise Unreadable("its line has a number that no batch has")
    return batch


def read_row(line: bytes) -> Row:
    """A row's line; raises Unreadable."""
    try:
        text = line.decode()
        data = _parse(text)[0]
        row, canonical = _gift(data) if data[0] == "G" else _transfer(data)
    except _BROKEN:
        raise Unreadable("its line cannot be read") from None
    if canonical != text:
        raise Unreadable(f"the line of {row.kind} {row.id} is not as an export writes it")
    return row


def _gift(data: list[Any]) -> tuple[Row, str]:
    anonymous = data[-1] == _ANONYMOUS and len(data) > _GIFT_FIELDS
    if anonymous:
        data = data[:-1]
    _, sender, id, recipient, room, *numbers, streak, message, digest, salt = data
    values: list[Any] = [
        _uuid(sender), _uuid(id), _uuid(recipient), _uuid(room), *numbers,
        None if streak is None else _uuid(streak), message, None if digest is None else _bytes(digest, 32),
        None if salt is None else _bytes(salt, 16),
    ]  # fmt: skip
    if message is not None and not isinstance(message, str):
        raise TypeError
    leaf = chain.gift_leaf(*values[:-1])
    erased = digest is not None and message is None
    row = Row("gift", (id, None), leaf, erased, _message_trouble(*values[-3:]))
    return row, layout.gift_line(*[*values, anonymous])


def _message_trouble(message: str | None, digest: bytes | None, salt: bytes | None) -> str | None:
    if digest is None:
        return None if salt is None else "there is a salt without a digest"
    if (message is None) != (salt is None):
        return "of message and salt one is missing: they are erased together"
    if message is None or salt is None or chain.message_digest(salt, message) == digest:
        return None
    return "its message does not give its digest"


def _transfer(data: list[Any]) -> tuple[Row, str]:
    tag, owner, entry, line, source, source_code, target, target_code, *amount_time = data[:10]
    reference, kind, asset = data[10:]
    values: list[Any] = [
        _uuid(owner), _uuid(entry), line, _uuid(source), source_code, _uuid(target), target_code, *amount_time,
        None if reference is None else _uuid(reference), kind, asset,
    ]  # fmt: skip
    if tag != "T":
        raise ValueError
    leaf = chain.transfer_leaf(*values)
    return Row("transfer", (entry, line), leaf), layout.transfer_line(*values)


def _uuid(text: str) -> bytes:
    if len(text) != _UUID_HEX:
        raise ValueError
    return bytes.fromhex(text)


def _bytes(text: str, length: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != length:
        raise ValueError
    return found
