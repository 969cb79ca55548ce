"""Reads the blocks of a lane's file one by one, also of a damaged one: what one block has lost, the others have not."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from largesse.ledger.proof.layout import BLOCK_HEAD, BLOCK_TAIL, BLOCK_TEXT_BYTES_MAX

_CHUNK_BYTES = 1 << 20
_STEP_BYTES = 16


@dataclass(frozen=True, slots=True)
class Block:
    """The text of one gzip member, as far as it could be unpacked."""

    offset: int
    """Where it starts in the file."""
    text: bytes
    damage: str | None
    """What is wrong with the packing; None: nothing."""
    complete: bool = True
    """The text goes to the block's end."""


class BlockReader:
    """The blocks of a file in order; `sha256` is the file's digest once they are all read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = sha256()
        self.bytes_read = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Block]:
        for offset, piece in self._pieces():
            yield from _unpack(offset, piece)

    def _pieces(self) -> Iterator[tuple[int, bytes]]:
        """The file cut before every header, wherever one stands: no damage carries over to the next block."""
        held, offset = bytearray(), 0
        while chunk := self._read():
            searched = max(1, len(held) - len(BLOCK_HEAD) + 1)
            held += chunk
            while (cut := held.find(BLOCK_HEAD, searched)) > 0:
                yield offset, bytes(held[:cut])
                del held[:cut]
                offset, searched = offset + cut, 1
            if len(held) > BLOCK_TEXT_BYTES_MAX:  # no block of ours: hand it out, do not hold it
                yield offset, bytes(held)
                offset += len(held)
                held.clear()
        if held:
            yield offset, bytes(held)

    def _read(self) -> bytes:
        chunk = self._stream.read(_CHUNK_BYTES)
        self._digest.update(chunk)
        self.bytes_read += len(chunk)
        return chunk


def _unpack(offset: int, piece: bytes) -> Iterator[Block]:
    """The block at the start of a piece, then whatever stands behind it: perhaps one whose header is damaged."""
    while piece:
        text, used, damage = _inflate(piece[len(BLOCK_HEAD) :])
        end = len(BLOCK_HEAD) + used + BLOCK_TAIL.size
        if damage is None and piece[end - BLOCK_TAIL.size : end] != _tail(text):
            damage = "its checksum does not fit"
        if not piece.startswith(BLOCK_HEAD):
            damage = "its gzip header is damaged" + (f" and {damage}" if damage else "")
        yield Block(offset, text, damage, used > 0)
        offset, piece = offset + end, piece[end:] if used else b""


def _tail(text: bytes) -> bytes:
    return BLOCK_TAIL.pack(zlib.crc32(text), len(text))


def _inflate(data: bytes) -> tuple[bytes, int, str | None]:
    """The text as far as it can be had, the bytes it took (0: unknown), and why it ends early (None: it does not)."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(data, BLOCK_TEXT_BYTES_MAX)
    except zlib.error as error:
        return _inflate_in_steps(data), 0, f"it cannot be unpacked further ({error})"
    if unpacker.eof:
        return text, len(data) - len(unpacker.unused_data), None
    if unpacker.unconsumed_tail:
        return text, 0, "it is larger than a block can be"
    return text, 0, "it ends too early"


def _inflate_in_steps(data: bytes) -> bytes:
    """What can be unpacked before the first impossible byte; one call over all of it would answer with nothing."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    texts: list[bytes] = []
    try:
        for start in range(0, len(data), _STEP_BYTES):
            texts.append(unpacker.decompress(data[start : start + _STEP_BYTES]))
    except zlib.error:
        pass
    return b"".join(texts)
