"""Columns of a batch as PostgreSQL's binary arrays, packed here because a generic encoder is slow."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from struct import Struct

_HEADER = Struct(">iiIii")  # dimensions, has nulls, element type, length, lower bound
_EMPTY = Struct(">iiI")
_NULL = b"\xff\xff\xff\xff"
_UUID, _BIGINT, _INTEGER, _SMALLINT, _TEXT, _BYTEA, _BOOLEAN = 2950, 20, 23, 21, 25, 17, 16
_UUID_SIZE = b"\x00\x00\x00\x10"


def uuids(values: Sequence[bytes]) -> bytes:
    """uuid[] of raw 16-byte values."""
    return _array(_UUID, len(values), _UUID_SIZE + _UUID_SIZE.join(values))


def optional_uuids(values: Sequence[bytes | None]) -> bytes:
    """uuid[] of raw 16-byte values and nulls."""
    return _optional(_UUID, values)


def bigints(values: Sequence[int]) -> bytes:
    """bigint[]."""
    return _array(_BIGINT, len(values), _numbers("q", 8, values))


def integers(values: Sequence[int]) -> bytes:
    """integer[]."""
    return _array(_INTEGER, len(values), _numbers("i", 4, values))


def smallints(values: Sequence[int]) -> bytes:
    """smallint[]."""
    return _array(_SMALLINT, len(values), _numbers("h", 2, values))


def optional_texts(values: Sequence[str | None]) -> bytes:
    """text[]."""
    return _optional(_TEXT, [None if value is None else value.encode() for value in values])


def optional_byteas(values: Sequence[bytes | None]) -> bytes:
    """bytea[]."""
    return _optional(_BYTEA, values)


def booleans(values: Sequence[bool]) -> bytes:
    """boolean[]."""
    if False not in values:
        return _trues(len(values))
    return _optional(_BOOLEAN, [b"\x01" if value else b"\x00" for value in values])


@lru_cache(maxsize=256)
def _trues(length: int) -> bytes:
    return _array(_BOOLEAN, length, b"\x00\x00\x00\x01\x01" * length)


def booleans_or_null(values: Sequence[bool]) -> bytes:
    """boolean[]: true, and null for false."""
    if True not in values:
        return _nulls(_BOOLEAN, len(values))
    return _optional(_BOOLEAN, [b"\x01" if value else None for value in values])


def booleans_at(places: Collection[int], length: int) -> bytes:
    """boolean[]: true at some places, null at the others."""
    if not places:
        return _nulls(_BOOLEAN, length)
    return booleans_or_null([place in places for place in range(length)])


def bigint(value: int) -> bytes:
    return value.to_bytes(8, signed=True)


def integer(value: int) -> bytes:
    return value.to_bytes(4, signed=True)


def smallint(value: int) -> bytes:
    return value.to_bytes(2, signed=True)


def _optional(element: int, values: Sequence[bytes | None]) -> bytes:
    if values.count(None) == len(values):
        return _nulls(element, len(values))
    parts = (_NULL if value is None else len(value).to_bytes(4) + value for value in values)
    return _array(element, len(values), b"".join(parts))


@lru_cache(maxsize=256)
def _nulls(element: int, length: int) -> bytes:
    """An array of nulls only: what streaks and messages mostly are."""
    return _array(element, length, _NULL * length)


def _array(element: int, length: int, body: bytes) -> bytes:
    if not length:
        return _EMPTY.pack(0, 0, element)
    return _HEADER.pack(1, 1, element, length, 1) + body


def _numbers(letter: str, size: int, values: Sequence[int]) -> bytes:
    """Each number after its size."""
    parts = [size] * (2 * len(values))
    parts[1::2] = values
    return _packer(letter, len(values)).pack(*parts)


@lru_cache(maxsize=256)
def _packer(letter: str, length: int) -> Struct:
    return Struct(">" + ("i" + letter) * length)
