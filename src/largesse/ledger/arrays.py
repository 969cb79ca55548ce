"""Columns of a batch as PostgreSQL's binary arrays, packed here because a generic encoder is slow."""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any, ClassVar

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = Struct(">iiIii")  # dimensions, has nulls, element type, length, lower bound
_NULL = b"\xff\xff\xff\xff"
_UUID_SIZE = b"\x00\x00\x00\x10"
_INT8_SIZE = b"\x00\x00\x00\x08"
_INT4_SIZE = b"\x00\x00\x00\x04"
_INT2_SIZE = b"\x00\x00\x00\x02"


class Column:
    """The bytes of one array parameter; each subclass is one element type."""

    __slots__ = ("data",)
    element_oid: ClassVar[int]
    array_oid: ClassVar[int]

    def __init__(self, length: int, body: bytes) -> None:
        self.data = (
            _HEADER.pack(1, 1, self.element_oid, length, 1) + body if length else _EMPTY(self)
        )


def _EMPTY(column: Column) -> bytes:
    return Struct(">iiI").pack(0, 0, column.element_oid)


class Uuids(Column):
    element_oid, array_oid = 2950, 2951


class Bigints(Column):
    element_oid, array_oid = 20, 1016


class Integers(Column):
    element_oid, array_oid = 23, 1007


class Smallints(Column):
    element_oid, array_oid = 21, 1005


class Texts(Column):
    element_oid, array_oid = 25, 1009


class Byteas(Column):
    element_oid, array_oid = 17, 1001


def uuids(values: Sequence[bytes | None]) -> Uuids:
    """uuid[] of raw 16-byte values."""
    if None in values:
        parts = (_NULL if value is None else _UUID_SIZE + value for value in values)
        return Uuids(len(values), b"".join(parts))
    return Uuids(len(values), _joined(_UUID_SIZE, values))  # type: ignore[arg-type]


def bigints(values: Sequence[int]) -> Bigints:
    """bigint[] of values that are not negative."""
    return Bigints(len(values), _joined(_INT8_SIZE, [value.to_bytes(8) for value in values]))


def integers(values: Sequence[int]) -> Integers:
    """integer[] of values that are not negative."""
    return Integers(len(values), _joined(_INT4_SIZE, [value.to_bytes(4) for value in values]))


def smallints(values: Sequence[int]) -> Smallints:
    """smallint[] of values that are not negative."""
    return Smallints(len(values), _joined(_INT2_SIZE, [value.to_bytes(2) for value in values]))


def texts(values: Sequence[str | None]) -> Texts:
    """text[]."""
    return Texts(len(values), b"".join(map(_text, values)))


def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    data = value.encode()
    return len(data).to_bytes(4) + data


def byteas(values: Sequence[bytes | None]) -> Byteas:
    """bytea[]."""
    parts = (_NULL if value is None else len(value).to_bytes(4) + value for value in values)
    return Byteas(len(values), b"".join(parts))


def _joined(size: bytes, values: Iterable[bytes]) -> bytes:
    return size + size.join(values)


def register(conn: AsyncConnection[Any]) -> None:
    """Let this connection send columns as parameters."""
    for kind in (Uuids, Bigints, Integers, Smallints, Texts, Byteas):
        conn.adapters.register_dumper(kind, _dumper(kind))


def _dumper(kind: type[Column]) -> type[Dumper]:
    class _ColumnDumper(Dumper):
        format = Format.BINARY
        oid = kind.array_oid

        def dump(self, obj: Column) -> bytes:
            return obj.data

    return _ColumnDumper
