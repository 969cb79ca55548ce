"""Columns of a batch as PostgreSQL's binary arrays, packed here because a generic encoder is slow."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import Struct

_HEADER = Struct(">iiIii")  # dimensions, has nulls, element type, length, lower bound
_EMPTY = Struct(">iiI")
_NULL = b"\xff\xff\xff\xff"
_UUID, _BIGINT, _INTEGER, _SMALLINT, _TEXT, _BYTEA = 2950, 20, 23, 21, 25, 17
_UUID_SIZE = b"\x00\x00\x00\x10"
_BIGINT_SIZE = b"\x00\x00\x00\x08"
_INTEGER_SIZE = b"\x00\x00\x00\x04"
_SMALLINT_SIZE = b"\x00\x00\x00\x02"


def uuids(values: Sequence[bytes]) -> bytes:
    """uuid[] of raw 16-byte values."""
    return _array(_UUID, len(values), _joined(_UUID_SIZE, values))


def optional_uuids(values: Sequence[bytes | None]) -> bytes:
    """uuid[] of raw 16-byte values and nulls."""
    return _optional(_UUID, values)


def bigints(values: Sequence[int]) -> bytes:
    """bigint[] of values that are not negative."""
    return _array(_BIGINT, len(values), _joined(_BIGINT_SIZE, [v.to_bytes(8) for v in values]))


def integers(values: Sequence[int]) -> bytes:
    """integer[] of values that are not negative."""
    return _array(_INTEGER, len(values), _joined(_INTEGER_SIZE, [v.to_bytes(4) for v in values]))


def smallints(values: Sequence[int]) -> bytes:
    """smallint[] of values that are not negative."""
    return _array(_SMALLINT, len(values), _joined(_SMALLINT_SIZE, [v.to_bytes(2) for v in values]))


def optional_texts(values: Sequence[str | None]) -> bytes:
    """text[]."""
    return _optional(_TEXT, [None if value is None else value.encode() for value in values])


def optional_byteas(values: Sequence[bytes | None]) -> bytes:
    """bytea[]."""
    return _optional(_BYTEA, values)


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


def _joined(size: bytes, values: Iterable[bytes]) -> bytes:
    return size + size.join(values)
